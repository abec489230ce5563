from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0008_privacy")]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="reread_at",
            field=models.DateTimeField(blank=True, help_text="When its provider is to be asked about it.", null=True),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("reread_at__isnull", False)),
                fields=["reread_at"],
                name="subscription_reread_due",
            ),
        ),
    ]
