from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0005_requests_to_decide")]

    operations = [
        migrations.AddField(
            model_name="box",
            name="batch",
            field=models.CharField(
                blank=True, help_text="Whoever packs calls it: lot, production run, week.", max_length=60
            ),
        ),
    ]
