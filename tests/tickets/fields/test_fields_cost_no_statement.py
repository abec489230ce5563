"""However many fields there are, pages and lists ask what they asked without."""

from tests.factories.tickets import TicketFieldFactory
from tests.tickets.test_pages_queries import asked
from tickets.fields.setting import set_field


def test_the_ticket_page_asks_the_same_without_fields_and_with_three(desk, alice):
    ticket = desk.ticket()
    address = ticket.get_absolute_url()
    without = asked(lambda: alice.get(address))
    for number in range(3):
        TicketFieldFactory(store=desk.store, key=f"own-{number}")
        set_field(ticket, actor=desk.alice, key=f"own-{number}", raw="x")
    assert len(alice.get(address).context["fields"]) == 3
    assert len(asked(lambda: alice.get(address))) == len(without)
