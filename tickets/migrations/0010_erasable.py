from django.db import migrations

from subscribers.append_only import Erasable


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_thread_references_own"), ("subscribers", "0008_privacy")]

    operations = [
        Erasable("tickets_ticketevent", "data", "from_value", "to_value"),
        Erasable("tickets_clockevent", "data"),
        Erasable("tickets_outboundevent", "detail", "event_id"),
    ]
