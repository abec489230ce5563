from django.db import migrations

from subscribers.append_only import AppendOnly

REASON_KEY = """
CREATE FUNCTION refuse_new_reason_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the key of a reason never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER key_never_changes BEFORE UPDATE ON subscribers_reason FOR EACH ROW
    WHEN (OLD.key IS DISTINCT FROM NEW.key) EXECUTE FUNCTION refuse_new_reason_key();
"""


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0001_initial")]

    operations = [
        AppendOnly("subscribers_subscriptionevent"),
        AppendOnly("subscribers_boxevent"),
        migrations.RunSQL(
            REASON_KEY,
            "DROP TRIGGER key_never_changes ON subscribers_reason; DROP FUNCTION refuse_new_reason_key()",
        ),
    ]
