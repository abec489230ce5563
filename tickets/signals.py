"""Facts about tickets, in the past tense.

Each is sent with `send_robust` inside the transaction that made it true, by the one service named here. A receiver is
a savepoint of its own (`@transaction.atomic`), so that its fault never costs a customer's ticket; sweeps find what it
missed. Who listens is not this app's concern.
"""

from django.dispatch import Signal

# ticket: Ticket, its cycle, topics and first message known. Sent by tickets.services.opening.open_all.
ticket_opened = Signal()

# ticket: Ticket, topic: TicketTopic with its evidence, box: Box | None. Sent by tickets.services.topics, when damage
# is recognised, stated in a form, or set by an agent.
box_reported_damaged = Signal()

# ticket: Ticket, topic: TicketTopic with its message. Sent by tickets.services.topics, when a wish to cancel is
# recognised, or set by an agent.
cancellation_requested = Signal()

# ticket: Ticket, topic: TicketTopic, actor: User. Sent by tickets.services.topics.reject_topic: an agent said that
# the ticket is not about that.
topic_rejected = Signal()

# ticket: Ticket, message: Message. Sent by tickets.services.receiving.receive_all; never for automatic mail, nor for a
# mere thanks after we asked how content they are.
customer_replied = Signal()

# ticket: Ticket, message: Message. Sent by tickets.services.conversation.reply.
agent_replied = Signal()

# ticket: Ticket, actor: User | None. Both sent by tickets.services.tickets.change_status.
ticket_resolved = Signal()
ticket_reopened = Signal()

# clock: Clock, ticket: Ticket. Sent by tickets.sla.notices.tell_breaches, once for each clock, by the sweep or by the
# change of the ticket that found it overdue first.
sla_breached = Signal()

# ticket: Ticket, score: int from 1 to 5, comment: str. Sent by tickets.satisfaction.rating.rate, for a customer's first
# answer and for each changed one.
satisfaction_rated = Signal()

# ticket: Ticket, kind: DeletedAs, actor: User | None, into: Ticket | None. A ticket was deleted, was spam, or became a
# part of `into` (which has its messages by then). Sent by tickets.services.discarding and tickets.services.merging,
# once, however often it changes from one list of what is gone to the other.
ticket_discarded = Signal()

# ticket: Ticket, kind: DeletedAs that it was, actor: User | None. It is back. Sent by the same services.
ticket_restored = Signal()
