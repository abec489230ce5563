"""Search finds tickets by all that belongs to them, however it finds them, and shows why."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.factories.tickets import ReasonFactory
from tests.tickets.conftest import signed_in
from tickets.enums import Priority, TicketStatus
from tickets.models import Message, Ticket, TicketWords, WordsDue
from tickets.search import finding
from tickets.search.finding import Part, ask, newest
from tickets.search.indexing import sweep
from tickets.search.parsing import parse
from tickets.services.conversation import add_note
from tickets.services.messages import NewAttachment, NewMessage
from tickets.services.tickets import change_status, set_priority
from tickets.services.topics import add_topic

WAYS = {
    "index": {},
    "among": {"RARE": -1},
    "walk": {"RARE": -1, "FEW": -1},
    "walk then index": {"RARE": -1, "FEW": -1, "WALKED": 1},
}


@pytest.fixture(params=WAYS)
def way(request, monkeypatch) -> str:
    """Each of the ways to find tickets, whatever the statistics say."""
    for name, value in WAYS[request.param].items():
        monkeypatch.setattr(finding, name, value)
    return request.param


def numbers(words: str, user, **part: int) -> list[int]:
    return newest(Ticket.objects.visible_to(user), ask(parse(words), user), Part(**({"limit": 9} | part)))


@pytest.mark.parametrize(
    "words",
    [
        "marmalade", "MARMALADE", "marma", "jar of marm", '"of marmalade"', "lid -honey", "größe", "T-{pk}", "{pk}",
        "spiced marmalade", "subject:spiced", "Ana marmalade", "from:ana", "from:ana@mail.example", "ana@mail.example",
        "ana@mail", "file:crushed", "photo crushed", "call* jar", "is:open priority:urgent marmalade", "to:me lid",
        "assignee:alice", "has:photo", "has:attachment", "topic:damaged", "cycle:1", "BX-1001", "order:#BX-1001",
        "queue:support marmalade", "after:2020-01-01 marmalade", "-is:resolved lid", "channel:mail marmalade",
        "is:mine -cycle:2",
    ],
)  # fmt: skip
def test_everything_about_a_ticket_finds_it(desk, words):
    ana = SubscriberFactory(store=desk.store, name="Ana Souza", email="ana@mail.example")
    cycle = CycleFactory(subscription=SubscriptionFactory(subscriber=ana))
    BoxFactory(cycle=cycle, order_number="BX-1001")
    file = NewAttachment("photo_crushed.png", "image/png", b"x")
    message = NewMessage(text="The jar of marmalade came without its lid. Größe passt.", attachments=[file])
    ticket = desk.ticket(subject="Spiced oranges", subscriber=ana, message=message, assignee=desk.alice)
    add_note(ticket, author=desk.bob, text="I called them.")
    add_topic(ticket, reason=ReasonFactory(key="damaged"), actor=desk.alice)
    set_priority(ticket, actor=desk.alice, priority=Priority.URGENT)
    Ticket.objects.filter(pk=ticket.pk).update(cycle_index=1)
    ticket.messages.first().attachments.update(picture_type="image/png")
    other = desk.ticket("The lid of the honey jar came, too.", subject="Another", name="Ben Okoye")
    change_status(other, actor=desk.bob, status=TicketStatus.RESOLVED)
    assert numbers(words.format(pk=ticket.pk), desk.alice) == [ticket.pk]


def test_newest_come_first_and_pages_go_on(desk, way):
    pks = [desk.ticket(f"A lid, number {number}").pk for number in range(5)]
    desk.ticket("A jar")
    pks.reverse()
    assert numbers("lid", desk.alice) == pks
    assert numbers("lid", desk.alice, limit=2) == pks[:2]
    assert numbers("lid", desk.alice, limit=2, below=pks[1]) == pks[2:4]
    assert numbers("lid", desk.alice, limit=2, above=pks[3]) == pks[1:3]
    assert numbers("lid jar", desk.alice) == []


def test_hidden_tickets_are_not_found(desk, way):
    hidden = desk.ticket("A secret word: rhubarb.", queue=desk.closed)
    assert numbers("rhubarb", desk.alice) == []
    assert numbers(hidden.number, desk.alice) == []
    assert numbers("rhubarb", desk.charlie) == []
    assert numbers("rhubarb", desk.bob) == [hidden.pk]


def test_what_changes_is_found_as_it_is_now(desk):
    ticket = desk.ticket("Some plums", subject="Plain")
    assert numbers("plums", desk.alice) == [ticket.pk]
    Message.objects.filter(ticket=ticket).update(text="Some pears")
    Ticket.objects.filter(pk=ticket.pk).update(subject="Fancy")
    ticket.subscriber.name = "Zoe Quill"
    ticket.subscriber.save()
    assert [numbers(words, desk.alice) for words in ("plums", "plain", "ana")] == [[], [], []]
    assert [numbers(words, desk.alice) for words in ("pears", "fancy", "zoe")] == [[ticket.pk]] * 3


def test_sweep_reads_what_is_due_and_leaves_nothing(desk):
    ticket = desk.ticket("Plums")
    assert not TicketWords.objects.exists()
    assert sweep() == 1
    assert (TicketWords.objects.get().pk, WordsDue.objects.count()) == (ticket.pk, 0)
    assert sweep() == 0


def test_wrong_values_are_told_and_find_nothing(desk, alice):
    desk.ticket("Tea")
    response = alice.get("/tickets/", {"q": "tea is:asleep"})
    assert list(response.context["tickets"]) == []
    assert response.context["problems"][0].startswith("“is:asleep” is not known; there are ")


def test_hit_is_marked_and_markup_of_customers_stays_text(desk, alice):
    desk.ticket("<b>My jar</b> \ue000was broken & leaked", subject="<i>jar</i>", name="Jar & Co")
    page = alice.get("/tickets/", {"q": "jar"}).content.decode()
    assert "<b>" not in page
    assert "<mark>jar</mark>" in page.split('class="snippet">')[1].split("</span>")[0]
    assert "was broken &amp; leaked" in page
    assert "&lt;i&gt;<mark>jar</mark>&lt;/i&gt;" in page
    assert "<mark>Jar</mark> &amp; Co" in page


def test_notes_are_searched_and_answers_taken_back_are_not(desk):
    ticket = desk.ticket("Tea")
    add_note(ticket, author=desk.bob, text="Generous voucher")
    assert numbers("voucher", desk.alice) == [ticket.pk]
    Message.objects.create(
        ticket=ticket, author_kind="agent", author=desk.bob, text="Never mind", state="withdrawn", kind="public"
    )
    assert numbers("never", desk.alice) == []


def test_rest_interface_searches_too(desk):
    lid = desk.ticket("The lid is gone", subject="Lid")
    desk.ticket("The jar is gone", subject="Jar")
    found = signed_in(desk.alice).get("/api/v1/tickets/", {"q": "lid is:open"}).json()
    assert [row["id"] for row in found["results"]] == [lid.pk]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(letters=st.text("ab é日-/@.:\U0001f600", min_size=1, max_size=40))
def test_no_text_is_too_long_to_be_read(desk, letters):
    ticket = desk.ticket("Hello", subject="Endless")
    Message.objects.filter(ticket=ticket).update(text=letters * (300_000 // len(letters)))
    assert ticket.pk in numbers("subject:endless", desk.alice)


def test_many_different_words_are_not_too_many(desk):
    text = " ".join(chr(0x4E00 + number % 20_000) + chr(0x4E00 + number // 7 % 20_000) for number in range(200_000))
    ticket = desk.ticket("Hello")
    Message.objects.filter(ticket=ticket).update(text=text)
    assert numbers(text.split()[5000], desk.alice) == [ticket.pk]
