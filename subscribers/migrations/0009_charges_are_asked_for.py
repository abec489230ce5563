from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0008_cards")]

    operations = [
        migrations.AddField(
            model_name="charge",
            name="asked_at",
            field=models.DateTimeField(
                blank=True,
                help_text="Since when this attempt is being made; its outcome is not known yet.",
                null=True,
            ),
        ),
    ]
