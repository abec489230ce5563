from django.db import migrations

from subscribers.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial"), ("subscribers", "0002_append_only")]

    operations = [
        AppendOnly("tickets_ticketevent"),
        AppendOnly("tickets_clockevent"),
        AppendOnly("tickets_slapolicyversion"),
        AppendOnly("tickets_slatarget"),
        AppendOnly("tickets_slaescalation"),
        # T-1001 is the first ticket: a number that does not look like a test.
        migrations.RunSQL(
            "ALTER TABLE tickets_ticket ALTER COLUMN id RESTART WITH 1001", migrations.RunSQL.noop
        ),
    ]
