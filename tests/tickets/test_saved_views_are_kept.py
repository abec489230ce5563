"""Lists that people keep: who sees and changes which, what they show, what they remember, what is gone."""

import re

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers.enums import Role
from subscribers.errors import Refused
from tests.factories.people import MembershipFactory
from tests.factories.tickets import QueueFactory
from tests.tickets.conftest import HTMX, signed_in
from tickets.columns import DEFAULT, chosen, written
from tickets.models import Draft, ListPreference, Mention, SavedView, Tag, Ticket, TicketTag
from tickets.saved_views.asking import kept
from tickets.saved_views.selectors import changeable_by, counts_of, shelf
from tickets.saved_views.services import change_view, delete_view, keep_columns, move_view, open_first, save_view
from tickets.services.conversation import add_note


@pytest.fixture
def team(desk):
    """The members of the queue `support`: Alice, and Dana."""
    dana = MembershipFactory(store=desk.store, role=Role.AGENT, user__name="Dana Reyes").user
    desk.support.members.set([desk.alice, dana])
    return dana


def names(user):
    return [view.name for view in shelf(user)]


def cells(response) -> list[str]:
    return [column.key for column in response.context["shows"]]


def test_each_sees_their_own_their_teams_and_their_stores(desk, team):
    outside = MembershipFactory(store=desk.store, role=Role.AGENT, user__name="Eve").user
    save_view(actor=desk.alice, name="Mine", audience=desk.alice, query="status=new")
    save_view(actor=desk.alice, name="Support's", audience=desk.support, query="view=due")
    save_view(actor=desk.bob, name="Everyone's", audience=desk.store, query="view=overdue")
    assert names(desk.alice) == ["Mine", "Support's", "Everyone's"]
    assert names(team) == ["Support's", "Everyone's"]
    assert names(outside) == ["Everyone's"]
    assert names(desk.bob) == ["Support's", "Everyone's"], "leads see what their teams share"
    assert names(desk.charlie) == []
    hers = SavedView.objects.get(name="Support's")
    assert signed_in(outside).get(hers.get_absolute_url()).status_code == 404
    assert signed_in(desk.charlie).get(hers.get_absolute_url()).status_code == 404
    desk.alice.memberships.all().delete()
    assert names(desk.alice) == ["Mine"], "a team of a store where one works no more"


def test_who_changes_which(desk, team):
    mine = save_view(actor=desk.alice, name="Mine", audience=desk.alice, query="")
    shared = save_view(actor=desk.alice, name="Shared", audience=desk.support, query="")
    everyone = save_view(actor=desk.bob, name="All of us", audience=desk.store, query="")
    rights = {user: {view.name for view in changeable_by(user)} for user in (desk.alice, team, desk.bob, desk.charlie)}
    assert rights == {
        desk.alice: {"Mine", "Shared"},
        team: set(),
        desk.bob: {"Shared", "All of us"},
        desk.charlie: set(),
    }
    for view in (mine, shared, everyone):
        with pytest.raises(Refused):
            delete_view(view, actor=team)
    with pytest.raises(Refused):
        save_view(actor=desk.alice, name="For all", audience=desk.store, query="")
    with pytest.raises(Refused):
        save_view(actor=team, name="Legal", audience=desk.closed, query="")
    with pytest.raises(Refused):
        save_view(actor=desk.charlie, name="For them", audience=desk.store, query="")
    dana = signed_in(team)
    for way in ("edit", "delete", "query", "move"):
        assert dana.post(f"/views/{shared.pk}/{way}/", {"name": "Stolen", "audience": "me"}).status_code == 404
    assert SavedView.objects.filter(name="Shared", queue=desk.support).exists()


def test_names_are_taken_once_by_each(desk, team):
    save_view(actor=desk.alice, name="Late ", audience=desk.alice, query="")
    save_view(actor=team, name="Late", audience=team, query="")
    save_view(actor=team, name="Late", audience=desk.support, query="")
    other = save_view(actor=desk.alice, name="Other", audience=desk.alice, query="")
    for change in (
        lambda: save_view(actor=desk.alice, name="late", audience=desk.alice, query=""),
        lambda: change_view(other, actor=desk.alice, name="LATE", audience=desk.alice),
        lambda: change_view(other, actor=desk.alice, name="late", audience=desk.support),
        lambda: save_view(actor=desk.alice, name=" \x00 ", audience=desk.alice, query=""),
    ):
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.field == "name"
    assert SavedView.objects.count() == 4


def test_order_is_theirs(desk):
    views = [save_view(actor=desk.alice, name=name, audience=desk.alice, query="") for name in "abc"]
    move_view(views[2], actor=desk.alice, step=-1)
    assert names(desk.alice) == ["a", "c", "b"]
    move_view(views[0], actor=desk.alice, step=-1)
    signed_in(desk.alice).post(f"/views/{views[0].pk}/move/", {"step": "down"})
    assert names(desk.alice) == ["c", "a", "b"]


def test_only_what_the_list_understands_is_kept():
    asked = QueryDict("cursor=abc&status=open&status=new&q= lid &view=all&other=x&columns=due,number&tag=")
    assert kept(asked) == "view=all&q=lid&status=open,new&columns=due,number"


def test_a_view_is_made_opened_changed_and_deleted(desk, alice):
    desk.ticket(subject="One")
    page = alice.get("/tickets/?status=new&ordering=created_at&cursor=x")
    assert page.context["present"] == "status=new&ordering=created_at"
    form = alice.get("/views/new/", {"query": page.context["present"]}, headers=HTMX)
    assert re.findall(r'value="([^"]*)" id="id_query"|name="query" value="([^"]*)"', form.content.decode()) != []
    assert [choice[0] for choice in form.context["form"].fields["audience"].choices] == ["me"]
    posted = {"name": "Fresh", "audience": "me", "query": page.context["present"], "opens_first": "on"}
    made = alice.post("/views/new/", posted)
    saved = SavedView.objects.get()
    assert (saved.name, saved.owner, saved.query, made.url) == (
        "Fresh",
        desk.alice,
        "status=new&ordering=created_at",
        f"/views/{saved.pk}/",
    )
    again = alice.post("/views/new/", posted, headers=HTMX)
    assert (again.status_code, again.context["form"].errors["name"]) == (422, ["There is a view of this name already."])
    opened = alice.get(made.url)
    assert [ticket.subject for ticket in opened.context["tickets"]] == ["One"]
    assert not opened.context["is_changed"]
    assert alice.get("/tickets/").url == made.url, "it opens first"
    narrowed = alice.get(f"{made.url}?status=resolved")
    assert (list(narrowed.context["tickets"]), narrowed.context["is_changed"]) == ([], True)
    alice.post(f"{made.url}query/", {"query": narrowed.context["present"]})
    alice.post(f"{made.url}edit/", {"name": "Done", "audience": "me"})
    saved.refresh_from_db()
    assert (saved.name, saved.query) == ("Done", "status=resolved")
    assert alice.get("/tickets/").status_code == 200, "it does not open first any more"
    assert alice.get(f"{made.url}delete/").status_code == 200
    assert alice.post(f"{made.url}delete/").url == "/views/"
    assert "No views yet" in alice.get("/views/").content.decode()


def test_a_shared_view_widens_nothing(desk, team, alice):
    """It shows what its reader may see, and "me" is who reads it."""
    desk.ticket(subject="Open to all", assignee=desk.bob)
    desk.ticket(subject="Legal", queue=desk.closed, assignee=desk.bob)
    theirs = save_view(actor=desk.bob, name="His", audience=desk.store, query="assignee=me&status=new,open")
    everything = save_view(actor=desk.bob, name="All", audience=desk.store, query="status=new,open")

    def subjects(client, view):
        return sorted(ticket.subject for ticket in client.get(view.get_absolute_url()).context["tickets"])

    bob = signed_in(desk.bob)
    assert subjects(bob, theirs) == ["Legal", "Open to all"]
    assert subjects(alice, theirs) == []
    assert subjects(alice, everything) == ["Open to all"]
    assert counts_of([theirs, everything], desk.alice) == {theirs.pk: 0, everything.pk: 1}
    assert counts_of([theirs, everything], desk.bob) == {theirs.pk: 2, everything.pk: 2}


def test_counts_are_of_unresolved_tickets_in_one_statement(desk, alice):
    ticket = desk.ticket()
    desk.ticket()
    TicketTag.objects.create(ticket=ticket, tag=Tag.objects.create(store=desk.store, name="VIP"))
    queries = {
        "view=open&tag=vip": 1,
        "due=none": None,
        "status=new&q=box": None,
        "view=all": None,
        "status=resolved": None,
        "status=new": 2,
        "status=nonsense": None,
        "view=mine": 0,
        "view=drafts": None,
    }
    for query in queries:
        save_view(actor=desk.alice, name=query, audience=desk.alice, query=query)
    with CaptureQueriesContext(connection) as asked:
        found = counts_of(shelf(desk.alice), desk.alice)
    assert len(asked) == 2
    told = {view.name: found.get(view.pk) for view in SavedView.objects.all()}
    due = Ticket.objects.filter(next_due_at=None).count()
    assert told == queries | {"due=none": due}
    part = alice.get("/views/counts/?at=1").content.decode()
    assert part.count('class="rail-link"') == len(queries)
    assert "load" not in re.findall(r'hx-trigger="([^"]*)"', part)[0], "a part that asks for itself once it is there"


@pytest.mark.parametrize("address", ["/views/", "/views/counts/", "/tickets/?view=open", "/views/{pk}/"])
def test_pages_ask_the_same_for_one_view_and_for_three(desk, alice, address):
    def asked(number: int) -> int:
        save_view(actor=desk.alice, name=f"Own {number}", audience=desk.alice, query=f"queue=support&cycle={number}")
        queue = QueueFactory(store=desk.store)
        queue.members.add(desk.alice)
        save_view(actor=desk.alice, name=f"Team {number}", audience=queue, query="assignee=me&tag=vip")
        save_view(actor=desk.bob, name=f"All {number}", audience=desk.store, query="view=due")
        desk.ticket()
        page = address.format(pk=SavedView.objects.order_by("pk").first().pk)
        alice.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert alice.get(page).status_code == 200
        return len(queries)

    one = asked(1)
    asked(2)
    assert asked(3) == one


def test_what_is_gone_is_said(desk, alice):
    TicketTag.objects.create(ticket=desk.ticket(), tag=Tag.objects.create(store=desk.store, name="VIP"))
    query = f"queue=support,returns&tag=vip,gone&topic=lost&assignee={desk.bob.pk}"
    view = save_view(actor=desk.alice, name="Old", audience=desk.alice, query=query)
    desk.bob.is_active = False
    desk.bob.save()
    response = alice.get(view.get_absolute_url())
    assert response.context["missing"] == [
        "The queue “returns” is gone, or you do not see it.",
        "The topic “lost” is gone.",
        "There is no tag “gone” any more.",
        f"The person “{desk.bob.pk}” does not work here any more.",
    ]
    SavedView.objects.update(query="view=nowhere&status=asleep&cycle=x")
    page = alice.get(view.get_absolute_url())
    assert (page.status_code, set(page.context["errors"])) == (200, {"status", "cycle"})
    desk.support.members.add(desk.alice)
    shared = save_view(actor=desk.alice, name="Team's", audience=desk.support, query="")
    open_first(user=desk.alice, saved=shared)
    desk.support.members.clear()
    assert alice.get("/tickets/").status_code == 200, "what opens first is not hers to see any more"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", DEFAULT),
        ("nonsense", DEFAULT),
        ("subject", ("subject",)),
        ("due,number", ("subject", "due", "number")),
        ("number,due,due,x\x00", ("number", "subject", "due")),
        ("due,subject,number", ("due", "subject", "number")),
    ],
)
def test_columns_stand_in_the_order_of_the_address(text, expected):
    assert chosen(text) == expected
    assert chosen(written(expected)) == expected


def test_columns_are_remembered_for_each_list(desk, alice):
    desk.ticket()
    kept_view = save_view(actor=desk.alice, name="Own", audience=desk.alice, query="view=due&columns=due,subject")
    answer = alice.post(
        "/tickets/columns/", {"query": "view=open&cursor=x", "column": ["queue", "subject", "due"], "move": "due:up"}
    )
    assert answer.url == "/tickets/?view=open&columns=queue,due,subject"
    assert cells(alice.get("/tickets/")) == ["queue", "due", "subject"]
    page = alice.get("/tickets/").content.decode()
    assert re.findall(r'<th scope="col" class="[^"]*">(?:<span[^>]*>)?([^<]+)', page) == ["Queue", "Due", "Subject"]
    assert cells(alice.get("/tickets/?view=all")) == list(DEFAULT)
    assert cells(signed_in(desk.bob).get("/tickets/")) == list(DEFAULT)
    address = kept_view.get_absolute_url()
    assert cells(alice.get(address)) == ["due", "subject"]
    posted = {"saved": str(kept_view.pk), "query": "view=due&columns=due,subject", "column": ["subject", "opened"]}
    assert alice.post("/tickets/columns/", posted).url == address
    assert cells(alice.get(address)) == ["subject", "opened"]
    assert alice.post("/tickets/columns/", {**posted, "usual": "1"}).url == address
    assert cells(alice.get(address)) == ["due", "subject"]
    alice.post("/tickets/columns/", {"query": "view=open", "usual": "1"})
    assert cells(alice.get("/tickets/?view=open")) == list(DEFAULT)
    assert ListPreference.objects.filter(user=desk.alice).exclude(columns="").count() == 0
    keep_columns(user=desk.alice, view="open", columns="due,nonsense")
    assert ListPreference.objects.get(view="open").columns == "subject,due"


def test_snoozed_mentions_and_drafts_are_lists(desk, alice):
    asleep, named, begun = (desk.ticket(subject=subject) for subject in ("Asleep", "Named", "Begun"))
    hidden = desk.ticket(subject="Hidden", queue=desk.closed)
    Ticket.objects.filter(pk=asleep.pk).update(snoozed_until=timezone.now() + timezone.timedelta(days=1))
    for ticket in (named, hidden):
        message = add_note(ticket, author=desk.bob, text="Look, please.")
        Mention.objects.get_or_create(message=message, ticket=ticket, user=desk.alice)
    for ticket in (begun, hidden):
        Draft.objects.create(ticket=ticket, author=desk.alice, kind="reply", text="Dear")
    Draft.objects.create(ticket=named, author=desk.bob, kind="reply", text="Dear")

    def shown(view):
        return [ticket.subject for ticket in alice.get(f"/tickets/?view={view}").context["tickets"]]

    def count(view):
        return {one.key: number for one, number, _ in alice.get("/tickets/").context["views"]}[view]

    assert [shown(view) for view in ("snoozed", "mentions", "drafts")] == [["Asleep"], ["Named"], ["Begun"]]
    assert [count(view) for view in ("snoozed", "mentions", "drafts")] == [1, 1, 1]
    Mention.objects.update(seen_at=timezone.now())
    assert (shown("mentions"), count("mentions")) == (["Named"], 0)
    Mention.objects.update(created_at=timezone.now() - timezone.timedelta(days=31))
    assert shown("mentions") == []
    Mention.objects.update(seen_at=None)
    assert (shown("mentions"), count("mentions")) == (["Named"], 1)
