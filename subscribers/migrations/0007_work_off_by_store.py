from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0006_facts_to_hear")]

    operations = [
        migrations.AddField(
            model_name="cycle",
            name="ends_told",
            field=models.BooleanField(
                default=True, help_text="The end was told; else it follows from how often it is billed."
            ),
        ),
        migrations.AddIndex(
            model_name="cycle",
            index=models.Index(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=["external_id"],
                name="cycle_by_external_id",
            ),
        ),
        migrations.RemoveIndex(model_name="webhookdelivery", name="delivery_due"),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "stored")),
                fields=["connection", "next_attempt_at", "id"],
                name="delivery_due_of_shop",
            ),
        ),
    ]
