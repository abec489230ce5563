"""Facts about subscriptions, in the past tense.

Each is sent with `send_robust` inside the transaction that made it true, by the one service named here. A receiver
is a savepoint of its own (`@transaction.atomic`), so that its fault never undoes the fact.
"""

from django.dispatch import Signal

# cycle: Cycle. Sent by subscribers.services.cycles.record_billing.
cycle_billed = Signal()

# cycle: Cycle. Sent by subscribers.services.cycles.record_failed_billing.
billing_failed = Signal()

# cycle: Cycle, in_a_row: int (this skip counted). Sent by subscribers.services.cycles.record_skip.
cycle_skipped = Signal()

# box: Box. Both sent by subscribers.services.boxes.record_box_status.
box_shipped = Signal()
box_delivered = Signal()

# expiry: CardExpiry. Both sent by subscribers.services.cards: a card will have expired when it is to pay (once a card
# and date); it was replaced, or is not needed any more.
card_expiring = Signal()
card_replaced = Signal()

# subscription: Subscription, event: SubscriptionEvent. Sent for every other change.
subscription_changed = Signal()

# subscription: Subscription, reason: Reason | None. Sent by subscribers.services.subscriptions.record_cancellation.
subscription_cancelled = Signal()

# former, subscriber: Subscriber. Two were one person: `former` goes on as `subscriber`, who has its subscriptions by
# then. Sent by subscribers.services.people.
subscribers_merged = Signal()

# action: ProviderAction, done, refused, failed or withdrawn. Sent by subscribers.services.actions.
action_settled = Signal()

# session: CancellationSession. All sent by subscribers.cancellation.sessions and .declarations. `declared`: somebody
# cancelled, matched or not (subscription None), whatever the provider said; `ended`: cancelled, offer taken, or left.
cancellation_started = Signal()
cancellation_declared = Signal()
cancellation_ended = Signal()

# session: CancellationSession. Sent by subscribers.cancellation.execution: the provider did what was declared; it said
# no for good (a person has to act).
cancellation_confirmed = Signal()
cancellation_refused = Signal()

# session: CancellationSession, asked for by mail, that nobody worked off in time. Sent once, by
# subscribers.cancellation.sweeps.
cancellation_overdue = Signal()

# notice: CancellationNotice, a mail that must leave. Sent by subscribers.cancellation.notices; whoever sends mail takes
# it over and calls `taken`.
mail_wanted = Signal()

# changed: set of (kind, number), such as ("subscriber", 7) or ("ticket", 1042). Sent by subscribers.live.announce for
# whatever changes, whoever wrote it: once for all that one block of `gathered` did.
announced = Signal()
