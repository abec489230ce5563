from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("success", "0005_insights")]

    operations = [
        migrations.AddField(
            model_name="flow",
            name="looked_day",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="flow",
            name="looked_box",
            field=models.BigIntegerField(default=0, editable=False),
        ),
    ]
