from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_mail_both_ways")]

    operations = [
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("breached_at__isnull", False)), fields=["breached_at"], name="clock_breached"
            ),
        ),
    ]
