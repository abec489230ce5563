from django.db import migrations

from subscribers.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("success", "0001_initial"), ("subscribers", "0002_append_only")]

    operations = [
        AppendOnly("success_alertevent"),
        AppendOnly("success_runevent"),
    ]
