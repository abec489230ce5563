import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tickets', '0004_satisfaction'),
    ]

    operations = [
        migrations.CreateModel(
            name='HelpRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_from', models.GenericIPAddressField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ticket', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='help_request', to='tickets.ticket')),
            ],
            options={
                'indexes': [models.Index(fields=['asked_from', 'asked_at'], name='help_request_by_place')],
            },
        ),
    ]
