from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("success", "0007_causes")]

    operations = [
        migrations.AddField(
            model_name="cause",
            name="figures",
            field=models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="Its days and what the fix avoided, as last measured.",
            ),
        ),
    ]
