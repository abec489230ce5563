"""What a ticket said speaks while it is there: not of spam, on another ticket once it is a part of that, and again."""

import pytest

from success.enums import LIVE_RUN, AlertStatus, FactKind
from success.models import Alert, Evidence, Run
from success.services.handing_over import to_success
from tests.factories.tickets import make_ticket
from tickets import signals
from tickets.enums import DeletedAs
from tickets.models import Ticket
from tickets.services.discarding import mark_spam, restore

pytestmark = pytest.mark.django_db

BOTH = [FactKind.CYCLE_ONE_TICKET, FactKind.DAMAGED_BOX]


def standing(ticket: Ticket) -> list[str]:
    rows = Evidence.objects.filter(ticket=ticket, retracted_at=None)
    return sorted(rows.values_list("kind", flat=True))


def test_spam_says_nothing_and_speaks_again_when_it_is_back(newcomer, box, agent):
    ticket = make_ticket("My box arrived damaged, everything was crushed.", subscriber=newcomer)
    assert standing(ticket) == BOTH
    assert Run.objects.filter(ticket=ticket, status__in=LIVE_RUN).count() == 1
    mark_spam(ticket, actor=agent)
    assert standing(ticket) == []
    assert not Run.objects.filter(status__in=LIVE_RUN).exists()
    assert Alert.objects.get().status == AlertStatus.CLOSED
    restore(ticket, actor=agent)
    assert standing(ticket) == BOTH
    assert Alert.objects.live().count() == 1
    assert Run.objects.filter(ticket=ticket, status__in=LIVE_RUN).count() == 1
    mark_spam(ticket, actor=agent)
    restore(ticket, actor=agent)
    assert (standing(ticket), Alert.objects.live().count()) == (BOTH, 1)


def test_what_was_taken_back_by_hand_stays_so_and_what_was_said_by_hand_comes_back(regular, agent):
    ticket = make_ticket("Hello", subscriber=regular)
    to_success(ticket, actor=agent, note="They want to talk to somebody.")
    mark_spam(ticket, actor=agent)
    assert standing(ticket) == []
    restore(ticket, actor=agent)
    assert standing(ticket) == [FactKind.HANDED_OVER]


def test_merged_ticket_speaks_on_the_other_one_and_parts_with_it(newcomer, box, agent):
    ticket = make_ticket("My box arrived damaged, everything was crushed.", subscriber=newcomer)
    other = make_ticket("One more thing", subscriber=newcomer)
    signals.ticket_discarded.send(sender=Ticket, ticket=ticket, kind=DeletedAs.MERGED, actor=agent, into=other)
    assert (standing(ticket), FactKind.DAMAGED_BOX in standing(other)) == ([], True)
    assert Run.objects.get(status__in=LIVE_RUN).ticket == other
    signals.ticket_restored.send(sender=Ticket, ticket=ticket, kind=DeletedAs.MERGED, actor=agent)
    assert (standing(ticket), FactKind.DAMAGED_BOX in standing(other)) == (BOTH, False)
    assert Run.objects.get(status__in=LIVE_RUN).ticket == ticket
