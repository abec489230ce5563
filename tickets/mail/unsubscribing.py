"""Mail to the address that a List-Unsubscribe header names: it unsubscribes whom the header was made for."""

from subscribers.models import Subscriber
from subscribers.privacy.consent import unsubscribe
from subscribers.privacy.links import read_unsubscribe_tag
from tickets.mail.arrived import Arrived
from tickets.mail.routing import header_recipients, tag_of

MOST_RECIPIENTS = 50  # looked at


def unsubscribed(one: Arrived) -> str:
    """What was done, in words, where the mail came to such an address; "" for every other mail.

    Mail programs write these mails by themselves: they hold nothing that anybody said.
    """
    for address in [*one.inbound.envelope_to, *header_recipients(one.mail)][:MOST_RECIPIENTS]:
        found = read_unsubscribe_tag(tag_of(address))
        if found is None:
            continue
        pk, category = found
        people = Subscriber.objects.filter(store=one.inbound.mailbox.store_id, redacted_at=None)
        person = people.select_related("merged_into").filter(pk=pk).first()
        if person is not None:
            unsubscribe(person.merged_into or person, category, source="unsubscribe mail")
            return f"Unsubscribed from {category.label.lower()}."
    return ""
