from django.db import migrations

# Whatever an outcome rests on marks its subscription, in the transaction of the change.
MARKS = """
CREATE FUNCTION success_mark_subscription(subscription bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO success_measuremark (kind, subject, made_in)
    SELECT 'subscription', subscription, (pg_current_xact_id()::text)::bigint WHERE subscription IS NOT NULL
    ON CONFLICT DO NOTHING
$$;
-- Whether a subscriber is lost follows from all their subscriptions.
CREATE FUNCTION success_subscription_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO success_measuremark (kind, subject, made_in)
    SELECT 'subscription', id, (pg_current_xact_id()::text)::bigint FROM subscribers_subscription
     WHERE subscriber_id = coalesce(NEW.subscriber_id, OLD.subscriber_id) OR subscriber_id = OLD.subscriber_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION success_of_subscription_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM success_mark_subscription(OLD.subscription_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM success_mark_subscription(NEW.subscription_id); END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION success_store_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO success_measuremark (kind, subject, made_in)
    SELECT 'ticket', id, (pg_current_xact_id()::text)::bigint FROM tickets_ticket WHERE store_id = NEW.id
    UNION ALL
    SELECT 'subscription', id, (pg_current_xact_id()::text)::bigint FROM subscribers_subscription
     WHERE store_id = NEW.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER success_marks AFTER INSERT OR DELETE ON subscribers_subscription
    FOR EACH ROW EXECUTE FUNCTION success_subscription_changed();
CREATE TRIGGER success_marks_changes AFTER UPDATE ON subscribers_subscription FOR EACH ROW
    WHEN ((OLD.subscriber_id, OLD.product_id, OLD.status, OLD.started_at, OLD.ended_at) IS DISTINCT FROM
          (NEW.subscriber_id, NEW.product_id, NEW.status, NEW.started_at, NEW.ended_at))
    EXECUTE FUNCTION success_subscription_changed();
CREATE TRIGGER success_marks AFTER INSERT OR DELETE ON subscribers_cycle
    FOR EACH ROW EXECUTE FUNCTION success_of_subscription_changed();
CREATE TRIGGER success_marks_changes AFTER UPDATE ON subscribers_cycle FOR EACH ROW
    WHEN ((OLD.subscription_id, OLD.index, OLD.status, OLD.billing_expected_at) IS DISTINCT FROM
          (NEW.subscription_id, NEW.index, NEW.status, NEW.billing_expected_at))
    EXECUTE FUNCTION success_of_subscription_changed();
CREATE TRIGGER success_marks AFTER INSERT ON subscribers_subscriptionevent FOR EACH ROW
    WHEN (NEW.kind IN ('cancelled', 'expired', 'failed', 'stale', 'reactivated'))
    EXECUTE FUNCTION success_of_subscription_changed();
CREATE TRIGGER success_marks AFTER INSERT OR DELETE ON subscribers_cancellationsession
    FOR EACH ROW EXECUTE FUNCTION success_of_subscription_changed();
CREATE TRIGGER success_marks_changes AFTER UPDATE ON subscribers_cancellationsession FOR EACH ROW
    WHEN ((OLD.subscription_id, OLD.state, OLD.outcome, OLD.offered_at, OLD.ended_at) IS DISTINCT FROM
          (NEW.subscription_id, NEW.state, NEW.outcome, NEW.offered_at, NEW.ended_at))
    EXECUTE FUNCTION success_of_subscription_changed();
CREATE TRIGGER success_marks AFTER INSERT OR DELETE ON success_milestoneprogress
    FOR EACH ROW EXECUTE FUNCTION success_of_subscription_changed();
CREATE TRIGGER success_marks_changes AFTER UPDATE ON success_milestoneprogress FOR EACH ROW
    WHEN ((OLD.subscription_id, OLD.state, OLD.anchor_at, OLD.achieved_at) IS DISTINCT FROM
          (NEW.subscription_id, NEW.state, NEW.anchor_at, NEW.achieved_at))
    EXECUTE FUNCTION success_of_subscription_changed();

INSERT INTO success_measuremark (kind, subject, made_in) SELECT 'subscription', id, 0 FROM subscribers_subscription;
-- A promise that was cancelled counts no more, broken or not.
INSERT INTO success_measuremark (kind, subject, made_in)
SELECT DISTINCT 'ticket', ticket_id, 0 FROM tickets_clock WHERE state = 'cancelled' AND breached_at IS NOT NULL
ON CONFLICT DO NOTHING;
"""
DROPPED = "".join(
    f"DROP TRIGGER {name} ON {table};"
    for table in (
        "subscribers_subscription",
        "subscribers_cycle",
        "subscribers_cancellationsession",
        "success_milestoneprogress",
    )
    for name in ("success_marks", "success_marks_changes")
)
UNMARK = """
DROP TRIGGER success_marks ON subscribers_subscriptionevent;
DROP FUNCTION success_subscription_changed(); DROP FUNCTION success_of_subscription_changed();
DROP FUNCTION success_mark_subscription(bigint);
CREATE OR REPLACE FUNCTION success_store_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO success_measuremark (kind, subject, made_in)
    SELECT 'ticket', id, (pg_current_xact_id()::text)::bigint FROM tickets_ticket WHERE store_id = NEW.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
DELETE FROM success_measuremark WHERE kind = 'subscription';
DELETE FROM success_measurement WHERE subscription_id IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("subscribers", "0004_imports_and_cards"),
        ("success", "0009_studies"),
        ("tickets", "0008_drafts_and_macros"),
    ]

    operations = [migrations.RunSQL(MARKS, DROPPED + UNMARK)]
