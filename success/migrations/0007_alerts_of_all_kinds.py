import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subscribers', '0004_what_a_first_box_tells'),
        ('success', '0006_flows_edited'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on_duty', models.BooleanField(default=True, verbose_name='on duty')),
                ('away_until', models.DateTimeField(blank=True, help_text='Off duty until then, whatever is said above.', null=True)),
                ('most_alerts', models.PositiveSmallIntegerField(blank=True, help_text='Is given none while they have so many to do. Empty: no limit.', null=True)),
                ('turn', models.BigIntegerField(default=0, editable=False)),
            ],
            options={
                'verbose_name_plural': 'duties',
            },
        ),
        migrations.CreateModel(
            name='HeldFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause')], max_length=30)),
                ('source_key', models.CharField(max_length=100)),
                ('why', models.CharField(choices=[('conditions', "No rule's conditions held"), ('cool_down', 'Too soon after the last alert')], max_length=20)),
                ('observed_at', models.DateTimeField()),
                ('held_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Portfolio',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='The lowest is asked first.')),
                ('conditions', models.JSONField(blank=True, default=dict)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='alertrule',
            name='alert_rule_one_per_kind',
        ),
        migrations.AddField(
            model_name='alert',
            name='about',
            field=models.CharField(blank=True, help_text="Where it is of no single subscriber: crowd:box_late, or a cause's key.", max_length=100),
        ),
        migrations.AddField(
            model_name='alert',
            name='people',
            field=models.PositiveIntegerField(default=1, help_text='How many subscribers its standing evidence is about.'),
        ),
        migrations.AddField(
            model_name='alert',
            name='rule',
            field=models.ForeignKey(blank=True, help_text='That opened it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='success.alertrule'),
        ),
        migrations.AddField(
            model_name='alert',
            name='title',
            field=models.CharField(blank=True, help_text='Of an alert about something, in words.', max_length=200),
        ),
        migrations.AddField(
            model_name='alert',
            name='to_assign',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='alertrule',
            name='assign',
            field=models.CharField(choices=[('nobody', 'Nobody: whoever takes it'), ('person', 'A person'), ('round_robin', 'In turns'), ('least_loaded', 'Whoever has the fewest'), ('portfolio', 'Whoever looks after the subscriber')], default='nobody', help_text='Who gets it.', max_length=20),
        ),
        migrations.AddField(
            model_name='alertrule',
            name='assignee',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='alertrule',
            name='conditions',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='alertrule',
            name='cool_down',
            field=models.DurationField(blank=True, help_text='For so long after an alert with such a reason was closed, another opens none for that subscriber.', null=True),
        ),
        migrations.AddField(
            model_name='alertrule',
            name='most_per_hour',
            field=models.PositiveIntegerField(blank=True, default=100, help_text='Opens at most so many alerts an hour; what is beyond gathers on one. Empty: no limit.', null=True),
        ),
        migrations.AddField(
            model_name='alertrule',
            name='name',
            field=models.CharField(blank=True, help_text='Tells rules of one kind apart.', max_length=80),
        ),
        migrations.AddField(
            model_name='alertrule',
            name='position',
            field=models.PositiveSmallIntegerField(default=100, help_text='The lowest is asked first.'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='settled',
            field=models.CharField(blank=True, help_text='How it came right; empty where it was none.', max_length=120),
        ),
        migrations.AddField(
            model_name='evidence',
            name='subscriber',
            field=models.ForeignKey(blank=True, help_text='Whom it happened to; empty for a cause.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alert_evidence', to='subscribers.subscriber'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='subscriber',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='subscribers.subscriber'),
        ),
        migrations.AlterField(
            model_name='alertevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('evidence_added', 'Reason added'), ('evidence_retracted', 'Reason taken back'), ('evidence_settled', 'Reason settled'), ('assigned', 'Assigned'), ('started', 'Work started'), ('snoozed', 'Snoozed'), ('woken', 'Back from snooze'), ('noted', 'Note added'), ('closed', 'Closed')], max_length=30),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='retracted_at',
            field=models.DateTimeField(blank=True, help_text='When it stopped to speak for the alert.', null=True),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('status__in', ('open', 'in_progress', 'snoozed')), ('to_assign', True)), fields=['store', 'priority', 'due_at'], name='alert_to_assign'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['rule', 'opened_at'], name='alert_of_rule_newest'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('status__in', ('open', 'in_progress', 'snoozed')), ('subscriber', None)), fields=['store'], name='alert_about_many'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('open', 'in_progress', 'snoozed')), models.Q(('about', ''), _negated=True)), fields=('store', 'about'), name='alert_one_live_about_it'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about', ''), ('subscriber__isnull', False)), models.Q(('subscriber', None), models.Q(('about', ''), _negated=True)), _connector='OR'), name='alert_of_subscriber_or_about'),
        ),
        migrations.AddConstraint(
            model_name='alertrule',
            constraint=models.UniqueConstraint(fields=('store', 'kind', 'name'), name='alert_rule_one_per_name', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='alertrule',
            constraint=models.CheckConstraint(condition=models.Q(('assign', 'person'), ('assignee', None), _connector='OR'), name='alert_rule_assignee_only_if_person'),
        ),
        migrations.AddField(
            model_name='duty',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duties', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='duty',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duties', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='subscriber',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='portfolio',
            name='people',
            field=models.ManyToManyField(related_name='portfolios', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='portfolio',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='portfolios', to='subscribers.store'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.UniqueConstraint(fields=('store', 'user'), name='duty_one_per_store'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(('most_alerts', None), ('most_alerts__gte', 1), _connector='OR'), name='duty_most_alerts_positive'),
        ),
        migrations.AddIndex(
            model_name='heldfact',
            index=models.Index(fields=['held_at'], name='held_fact_oldest'),
        ),
        migrations.AddConstraint(
            model_name='heldfact',
            constraint=models.UniqueConstraint(fields=('kind', 'source_key'), name='held_fact_once'),
        ),
        migrations.AddConstraint(
            model_name='portfolio',
            constraint=models.UniqueConstraint(fields=('store', 'name'), name='portfolio_name_once'),
        ),
        migrations.RunSQL(
            "UPDATE success_evidence e SET subscriber_id = a.subscriber_id FROM success_alert a WHERE a.id = e.alert_id",
            migrations.RunSQL.noop,
        ),
    ]
