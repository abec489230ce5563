from django.db import migrations

from subscribers.append_only import Erasable


class Migration(migrations.Migration):
    dependencies = [("success", "0002_append_only"), ("subscribers", "0003_providers_and_cancelling")]

    operations = [
        Erasable("success_alertevent", "data", "from_value", "to_value"),
        Erasable("success_runevent", "text", "data"),
    ]
