from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0005_imports")]

    operations = [
        migrations.AddIndex(
            model_name="box",
            index=models.Index(
                condition=models.Q(("delivered_at", None), models.Q(("status", "cancelled"), _negated=True)),
                fields=["expected_on"],
                name="box_undelivered_by_date",
            ),
        ),
        migrations.AddIndex(
            model_name="subscriptionevent",
            index=models.Index(
                condition=models.Q(("kind__in", ("skipped", "billing_failed"))),
                fields=["recorded_at"],
                name="subscription_event_to_hear",
            ),
        ),
    ]
