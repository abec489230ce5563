"""Facts about subscriptions, in the past tense.

Each is sent with `send_robust` inside the transaction that made it true, by the one service named here. A receiver
is a savepoint of its own (`@transaction.atomic`), so that its fault never undoes the fact.
"""

from django.dispatch import Signal

# cycle: Cycle. Sent by subscribers.services.subscriptions.record_billing.
cycle_billed = Signal()

# cycle: Cycle. Sent by subscribers.services.subscriptions.record_failed_billing.
billing_failed = Signal()

# cycle: Cycle, in_a_row: int (this skip counted). Sent by subscribers.services.subscriptions.record_skip.
cycle_skipped = Signal()

# box: Box. Both sent by subscribers.services.boxes.record_box_status.
box_shipped = Signal()
box_delivered = Signal()

# subscription: Subscription, event: SubscriptionEvent. Sent for every other change.
subscription_changed = Signal()

# subscription: Subscription, reason: Reason | None. Sent by subscribers.services.subscriptions.record_cancellation.
subscription_cancelled = Signal()
