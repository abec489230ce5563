from datetime import timedelta

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def add_rule(apps, schema_editor):
    """An installation that has the shared rules gets the one of the new kind; new ones install them all."""
    rules = apps.get_model("success", "AlertRule").objects.filter(store=None)
    if rules.exists() and not rules.filter(kind="flow_harms").exists():
        rules.create(store=None, kind="flow_harms", weight=60, due_within=timedelta(days=1))


class Migration(migrations.Migration):

    dependencies = [
        ('subscribers', '0006_box_batch'),
        ('success', '0008_cause_figures'),
    ]

    operations = [
        migrations.AlterField(
            model_name='alertrule',
            name='kind',
            field=models.CharField(choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('flow_harms', 'Harmful flow'), ('handed_over', 'Handed over by service')], max_length=30),
        ),
        migrations.AlterField(
            model_name='entryrefusal',
            name='trigger_kind',
            field=models.CharField(choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('flow_harms', 'Harmful flow'), ('handed_over', 'Handed over by service'), ('subscription_started', 'Subscription started'), ('box_upcoming', 'Box planned'), ('box_shipped', 'Box shipped'), ('box_delivered', 'Box delivered'), ('cycle_renewed', 'Renewed'), ('subscription_cancelled', 'Subscription cancelled'), ('milestone_achieved', 'Milestone achieved'), ('segment', 'In a segment'), ('by_hand', 'By hand')], max_length=30),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='kind',
            field=models.CharField(choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('flow_harms', 'Harmful flow'), ('handed_over', 'Handed over by service')], max_length=30),
        ),
        migrations.AlterField(
            model_name='flow',
            name='trigger',
            field=models.CharField(choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('flow_harms', 'Harmful flow'), ('handed_over', 'Handed over by service'), ('subscription_started', 'Subscription started'), ('box_upcoming', 'Box planned'), ('box_shipped', 'Box shipped'), ('box_delivered', 'Box delivered'), ('cycle_renewed', 'Renewed'), ('subscription_cancelled', 'Subscription cancelled'), ('milestone_achieved', 'Milestone achieved'), ('segment', 'In a segment'), ('by_hand', 'By hand')], default='by_hand', help_text='What starts it.', max_length=30),
        ),
        migrations.AlterField(
            model_name='heldfact',
            name='kind',
            field=models.CharField(choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('flow_harms', 'Harmful flow'), ('handed_over', 'Handed over by service')], max_length=30),
        ),
        migrations.AlterField(
            model_name='run',
            name='trigger_kind',
            field=models.CharField(blank=True, choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('flow_harms', 'Harmful flow'), ('handed_over', 'Handed over by service'), ('subscription_started', 'Subscription started'), ('box_upcoming', 'Box planned'), ('box_shipped', 'Box shipped'), ('box_delivered', 'Box delivered'), ('cycle_renewed', 'Renewed'), ('subscription_cancelled', 'Subscription cancelled'), ('milestone_achieved', 'Milestone achieved'), ('segment', 'In a segment'), ('by_hand', 'By hand')], max_length=30),
        ),
        migrations.CreateModel(
            name='Study',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('service', 'Does service predict churn?'), ('flow', 'Does the flow work?')], max_length=10)),
                ('method', models.CharField(help_text='The version of the way it is estimated.', max_length=20)),
                ('data_until', models.DateTimeField(help_text='Facts until then were read.')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('found', models.JSONField()),
                ('flow', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='studies', to='success.flow')),
                ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subscribers.store')),
            ],
            options={
                'indexes': [models.Index(fields=['store', 'kind', 'flow', '-made_at', '-id'], name='study_latest')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('flow', None), ('kind', 'service')), models.Q(('flow__isnull', False), ('kind', 'flow')), _connector='OR'), name='study_of_flow_iff_flow')],
            },
        ),
        migrations.CreateModel(
            name='StudyPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('attempts', models.PositiveSmallIntegerField(default=0, help_text='Faults in a row; each puts it off.')),
                ('error', models.TextField(blank=True)),
                ('store', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='study_plan', to='subscribers.store')),
            ],
            options={
                'indexes': [models.Index(fields=['due_at'], name='study_plan_due')],
            },
        ),
        migrations.RunPython(add_rule, migrations.RunPython.noop),
    ]
