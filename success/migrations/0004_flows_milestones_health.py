import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import subscribers.encryption
import success.models.contact
import success.models.flows
import success.ranking
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from subscribers.append_only import AppendOnly, Erasable


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('subscribers', '0004_imports_and_cards'),
        ('success', '0003_erasable'),
        ('tickets', '0004_satisfaction'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='alertrule',
            name='alert_rule_one_per_kind',
        ),
        migrations.RemoveConstraint(
            model_name='run',
            name='run_once_per_fact',
        ),
        migrations.RemoveIndex(
            model_name='alert',
            name='alert_queue',
        ),
        migrations.AlterField(
            model_name='alert',
            name='subscriber',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='subscribers.subscriber'),
        ),
        migrations.AlterField(
            model_name='alertevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('evidence_added', 'Reason added'), ('evidence_retracted', 'Reason taken back'), ('evidence_settled', 'Reason settled'), ('assigned', 'Assigned'), ('started', 'Work started'), ('snoozed', 'Snoozed'), ('woken', 'Back from snooze'), ('noted', 'Note added'), ('closed', 'Closed'), ('undone', 'Taken back'), ('handed_over', 'Handed over')], max_length=30),
        ),
        migrations.AlterField(
            model_name='alertrule',
            name='kind',
            field=models.CharField(choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('handed_over', 'Handed over by service')], max_length=30),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='kind',
            field=models.CharField(choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('handed_over', 'Handed over by service')], max_length=30),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='retracted_at',
            field=models.DateTimeField(blank=True, help_text='When it stopped to speak for the alert.', null=True),
        ),
        migrations.AlterField(
            model_name='flow',
            name='trigger',
            field=models.CharField(choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('handed_over', 'Handed over by service'), ('subscription_started', 'Subscription started'), ('box_upcoming', 'Box planned'), ('box_shipped', 'Box shipped'), ('box_delivered', 'Box delivered'), ('cycle_renewed', 'Renewed'), ('subscription_cancelled', 'Subscription cancelled'), ('milestone_achieved', 'Milestone achieved'), ('segment', 'In a segment'), ('by_hand', 'By hand')], default='by_hand', help_text='What starts it.', max_length=30),
        ),
        migrations.AlterField(
            model_name='run',
            name='exit_reason',
            field=models.CharField(blank=True, choices=[('goal', 'Goal reached'), ('superseded', 'A more urgent flow took over'), ('retracted', 'Its reason was taken back'), ('ineligible', 'No longer eligible'), ('opted_out', 'Opted out'), ('cancelled', 'Stopped by a person'), ('paid', 'They paid'), ('left', 'They cancelled'), ('replied', 'They wrote'), ('refunded', 'They got money back'), ('renewed', 'They renewed'), ('box_delivered', 'The box was delivered'), ('ticket_resolved', 'The ticket is resolved')], max_length=20),
        ),
        migrations.AlterField(
            model_name='run',
            name='trigger_kind',
            field=models.CharField(blank=True, choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('handed_over', 'Handed over by service'), ('subscription_started', 'Subscription started'), ('box_upcoming', 'Box planned'), ('box_shipped', 'Box shipped'), ('box_delivered', 'Box delivered'), ('cycle_renewed', 'Renewed'), ('subscription_cancelled', 'Subscription cancelled'), ('milestone_achieved', 'Milestone achieved'), ('segment', 'In a segment'), ('by_hand', 'By hand')], max_length=30),
        ),
        migrations.AlterField(
            model_name='touch',
            name='decision',
            field=models.CharField(choices=[('sent', 'Sent'), ('held_quiet', 'Held: quiet hours'), ('capped', 'Held: too many contacts'), ('suppressed', 'Held: suppressed'), ('opted_out', 'Held: opted out'), ('held_complaint', 'Held: a complaint is open'), ('held_recovery', 'Held: a recovery flow is under way'), ('held_out', 'Left alone, to compare')], max_length=20),
        ),
        migrations.CreateModel(
            name='ContactCap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(blank=True, choices=[('success', 'Success'), ('marketing', 'Marketing')], help_text='Empty: success mail and marketing together.', max_length=20)),
                ('most', models.PositiveSmallIntegerField(default=3)),
                ('hours', models.PositiveSmallIntegerField(default=168)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('hours__gte', 1)), name='contact_cap_has_hours')],
            },
        ),
        migrations.CreateModel(
            name='ContactPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quiet_from', models.TimeField(default=datetime.time(21, 0), help_text="Nothing is sent from then on, by the subscriber's clock.")),
                ('quiet_until', models.TimeField(default=datetime.time(8, 0), help_text='The same time as above: no quiet hours.')),
                ('hold_while', models.CharField(choices=[('complaint', 'A ticket with a complaint is open'), ('any_ticket', 'Any ticket is open'), ('never', 'Never')], default='complaint', help_text='An open complaint is answered before anything else is told.', max_length=20, verbose_name='outreach waits while')),
                ('hold_during_recovery', models.BooleanField(default=True, help_text='Whoever is being helped hears of that alone.', verbose_name='outreach waits during a recovery flow')),
                ('most_per_action', models.DecimalField(decimal_places=2, default=Decimal('25'), help_text="By one action, in the subscription's currency. What costs more becomes a task for a person.", max_digits=12, validators=[django.core.validators.MinValueValidator(0)], verbose_name='flows give away at most')),
                ('holdout_key', models.CharField(default=success.models.contact.new_key, editable=False, max_length=64)),
            ],
            options={
                'verbose_name_plural': 'contact policies',
            },
        ),
        migrations.CreateModel(
            name='Deed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('assign', 'Assigned'), ('snooze', 'Snoozed'), ('close', 'Closed'), ('note', 'Noted')], max_length=20)),
                ('count', models.PositiveIntegerField(help_text='So many alerts were changed.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='DeedItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(default=dict)),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DryRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('result', models.JSONField(blank=True, default=dict)),
                ('error', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('finished_at', None)), fields=['id'], name='dry_run_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('done', 'failed'))), models.Q(models.Q(('state__in', ('done', 'failed')), _negated=True), ('finished_at', None)), _connector='OR'), name='dry_run_finished_at_iff_over')],
            },
        ),
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
                'constraints': [models.CheckConstraint(condition=models.Q(('most_alerts', None), ('most_alerts__gte', 1), _connector='OR'), name='duty_most_alerts_positive')],
            },
        ),
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('use_confirmed', 'First use confirmed'), ('survey_answered', 'Survey answered'), ('rated', 'Answer rated'), ('told', 'Something else')], max_length=20)),
                ('subject', models.CharField(blank=True, help_text='Which survey, or what was told.', max_length=60)),
                ('number', models.IntegerField(blank=True, help_text='A score, where there is one.', null=True)),
                ('source', models.CharField(choices=[('link', 'Link in a mail'), ('account', 'Their own account page'), ('agent', 'Agent'), ('provider', 'Provider'), ('api', 'API'), ('ticket', 'Ticket')], max_length=10)),
                ('source_key', models.CharField(help_text="The teller's own id; makes a repeat harmless.", max_length=100)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('retracted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['use_confirmed', 'survey_answered', 'rated', 'told']), ('source__in', ['link', 'account', 'agent', 'provider', 'api', 'ticket'])), name='engagement_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('segment', models.JSONField(blank=True, default=list, help_text='As it was when it was asked for.')),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done')], default='running', max_length=10)),
                ('last_subscriber', models.BigIntegerField(default=0, help_text='Everybody up to this id was looked at.')),
                ('entered', models.PositiveIntegerField(default=0)),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('finished_at', None)), _connector='OR'), name='enrolment_finished_at_iff_done')],
            },
        ),
        migrations.CreateModel(
            name='EntryRefusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('trigger_kind', models.CharField(choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('handed_over', 'Handed over by service'), ('subscription_started', 'Subscription started'), ('box_upcoming', 'Box planned'), ('box_shipped', 'Box shipped'), ('box_delivered', 'Box delivered'), ('cycle_renewed', 'Renewed'), ('subscription_cancelled', 'Subscription cancelled'), ('milestone_achieved', 'Milestone achieved'), ('segment', 'In a segment'), ('by_hand', 'By hand')], max_length=30)),
                ('trigger_key', models.CharField(max_length=100)),
                ('reason', models.CharField(max_length=200)),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='FlowEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('created', 'Made'), ('drafted', 'Draft begun'), ('discarded', 'Draft discarded'), ('published', 'Published'), ('switched_on', 'Switched on'), ('switched_off', 'Switched off'), ('renamed', 'Renamed')], max_length=20)),
                ('text', models.CharField(blank=True, max_length=500)),
                ('version_number', models.PositiveIntegerField(blank=True, null=True)),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='FlowOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True)),
                ('kind', models.CharField(choices=[('skip', 'Skip the next box'), ('pause', 'Pause'), ('frequency', 'Change how often'), ('swap', 'Swap the product'), ('discount', 'Discount'), ('gift', 'Gift with the next box'), ('contact', 'Talk to us')], max_length=20)),
                ('params', models.JSONField(blank=True, default=dict)),
                ('state', models.CharField(choices=[('made', 'Made'), ('opened', 'Opened'), ('accepted', 'Accepted'), ('done', 'Done'), ('failed', 'Failed'), ('declined', 'Declined'), ('expired', 'Expired')], default='made', max_length=10)),
                ('language', models.CharField(blank=True, max_length=10)),
                ('shown', models.JSONField(blank=True, default=dict)),
                ('error', models.TextField(blank=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('valid_until', models.DateTimeField()),
                ('opened_at', models.DateTimeField(blank=True, help_text='Its page was fetched, by whomever.', null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ('made', 'opened'))), fields=['valid_until'], name='flow_offer_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['skip', 'pause', 'frequency', 'swap', 'discount', 'gift', 'contact']), ('state__in', ['made', 'opened', 'accepted', 'done', 'failed', 'declined', 'expired'])), name='flow_offer_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('state__in', ('accepted', 'done', 'failed', 'declined'))), models.Q(models.Q(('state__in', ('accepted', 'done', 'failed', 'declined')), _negated=True), ('decided_at', None)), _connector='OR'), name='flow_offer_decided_at_iff_decided'), models.CheckConstraint(condition=models.Q(('valid_until__gt', models.F('made_at'))), name='flow_offer_valid_a_while')],
            },
        ),
        migrations.CreateModel(
            name='FlowOfferEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_state', models.CharField(blank=True, max_length=10)),
                ('to_state', models.CharField(choices=[('made', 'Made'), ('opened', 'Opened'), ('accepted', 'Accepted'), ('done', 'Done'), ('failed', 'Failed'), ('declined', 'Declined'), ('expired', 'Expired')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Health',
            fields=[
                ('subscriber', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='health', serialize=False, to='subscribers.subscriber')),
                ('number', models.PositiveSmallIntegerField(blank=True, help_text='From 0 to 100.', null=True)),
                ('word', models.CharField(choices=[('healthy', 'Healthy'), ('watch', 'Watch'), ('at_risk', 'At risk'), ('critical', 'Critical'), ('none', 'No live subscription')], default='none', max_length=20)),
                ('success', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('service', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('signals', models.JSONField(blank=True, default=list, help_text='Every signal: kind, moment, the row that it rests on, size, points.')),
                ('computed_at', models.DateTimeField(blank=True, null=True)),
                ('changed_at', models.DateTimeField(blank=True, help_text='When the number was another one last.', null=True)),
                ('due_at', models.DateTimeField(blank=True, help_text='The next moment at which it can change by itself.', null=True)),
                ('fell_at', models.DateTimeField(blank=True, help_text='Since when it has been low after a fall.', null=True)),
                ('fell_from', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('told_key', models.CharField(blank=True, help_text='The fall that alerts know of.', max_length=60)),
                ('to_tell', models.BooleanField(default=False, help_text='Alerts have not heard of the fall, or of its end.')),
            ],
            options={
                'verbose_name_plural': 'health',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='health_due'), models.Index(condition=models.Q(('to_tell', True)), fields=['subscriber'], name='health_to_tell')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('number', None), ('word', 'none')), models.Q(models.Q(('word', 'none'), _negated=True), ('number__isnull', False), ('number__lte', 100)), _connector='OR'), name='health_number_iff_word'), models.CheckConstraint(condition=models.Q(('word__in', ['healthy', 'watch', 'at_risk', 'critical', 'none'])), name='health_word_known'), models.CheckConstraint(condition=models.Q(models.Q(('fell_at', None), ('fell_from', None)), models.Q(('fell_at__isnull', False), ('fell_from__isnull', False)), _connector='OR'), name='health_fell_from_iff_fell')],
            },
        ),
        migrations.CreateModel(
            name='HealthEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_number', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('from_word', models.CharField(blank=True, choices=[('healthy', 'Healthy'), ('watch', 'Watch'), ('at_risk', 'At risk'), ('critical', 'Critical'), ('none', 'No live subscription')], max_length=20)),
                ('number', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('word', models.CharField(choices=[('healthy', 'Healthy'), ('watch', 'Watch'), ('at_risk', 'At risk'), ('critical', 'Critical'), ('none', 'No live subscription')], max_length=20)),
                ('success', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('service', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('reasons', models.JSONField(blank=True, default=list, help_text='What counted: as in the current row.')),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='HealthScale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('base', models.PositiveSmallIntegerField(default=80, help_text='Of a subscriber of whom nothing is known yet.', validators=[django.core.validators.MaxValueValidator(100)])),
                ('healthy_from', models.PositiveSmallIntegerField(default=75, validators=[django.core.validators.MaxValueValidator(100)])),
                ('risk_until', models.PositiveSmallIntegerField(default=50, help_text='Between the two: watch.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='at risk up to')),
                ('critical_until', models.PositiveSmallIntegerField(default=25, verbose_name='critical up to')),
                ('fall_points', models.PositiveSmallIntegerField(default=25, help_text='A fall of so many points is told, …', validators=[django.core.validators.MinValueValidator(1)])),
                ('fall_days', models.PositiveSmallIntegerField(default=14, help_text='… within so many days. A fall into at risk or critical is always told.', validators=[django.core.validators.MinValueValidator(1)])),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('critical_until__lt', models.F('risk_until')), ('healthy_from__lte', 100), ('risk_until__lt', models.F('healthy_from')), ('base__lte', 100), ('fall_days__gte', 1), ('fall_points__gte', 1)), name='health_scale_in_order')],
            },
        ),
        migrations.CreateModel(
            name='HealthWeight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('milestone_achieved', 'Milestone achieved'), ('renewed', 'Renewed'), ('tenure', 'A quarter subscribed'), ('engaged', 'Told us of using it'), ('milestone_behind', 'Milestone behind'), ('milestone_stuck', 'Milestone stuck'), ('skipped', 'Skipped a box'), ('skipped_twice', 'Two skips in a row'), ('paused', 'Paused'), ('payment_failed', 'Payment failed'), ('complaint_open', 'Complaint open'), ('damaged_box', 'Damaged box'), ('sla_breached', 'SLA breached'), ('reopened', 'Ticket reopened'), ('low_satisfaction', 'Bad satisfaction score'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('slow_resolution', 'Slow resolution'), ('box_late', 'Late box'), ('cancellation_started', 'Cancellation started')], max_length=30, verbose_name='signal')),
                ('points', models.PositiveSmallIntegerField(help_text='From 0 to 100: added for what is good, taken off for the rest.', validators=[django.core.validators.MaxValueValidator(100)])),
                ('half_life_days', models.PositiveSmallIntegerField(blank=True, help_text='Days after which it says half as much; empty: it counts fully as long as it is so.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='half-life')),
                ('most', models.PositiveSmallIntegerField(default=1, help_text='So many of its kind.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='counted at most')),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('most__gte', 1), ('points__lte', 100)), name='health_weight_bounded'), models.CheckConstraint(condition=models.Q(('half_life_days', None), ('half_life_days__gte', 1), _connector='OR'), name='health_half_life_positive'), models.CheckConstraint(condition=models.Q(('kind__in', ['milestone_achieved', 'renewed', 'tenure', 'engaged', 'milestone_behind', 'milestone_stuck', 'skipped', 'skipped_twice', 'paused', 'payment_failed', 'complaint_open', 'damaged_box', 'sla_breached', 'reopened', 'low_satisfaction', 'cycle_one_ticket', 'slow_resolution', 'box_late', 'cancellation_started'])), name='health_weight_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='HeldFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('damaged_box', 'Damaged box'), ('cycle_one_ticket', 'Cycle-1 ticket'), ('sla_breached', 'SLA breached'), ('low_satisfaction', 'Bad satisfaction score'), ('skipped_twice', 'Two skips in a row'), ('payment_failed', 'Failed payment'), ('card_expiring', 'Card expiring'), ('cancellation_started', 'Cancellation started'), ('milestone_behind', 'Milestone behind'), ('box_late', 'Late box'), ('health_falling', 'Falling health'), ('recurring_cause', 'Recurring cause'), ('handed_over', 'Handed over by service')], max_length=30)),
                ('source_key', models.CharField(max_length=100)),
                ('why', models.CharField(choices=[('conditions', "No rule's conditions held"), ('cool_down', 'Too soon after the last alert')], max_length=20)),
                ('observed_at', models.DateTimeField()),
                ('held_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['held_at'], name='held_fact_oldest')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'source_key'), name='held_fact_once')],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(help_text='Short name for the API and flows; stays.', max_length=60)),
                ('label', models.CharField(max_length=120)),
                ('labels', models.JSONField(blank=True, default=dict, help_text='By language, such as {"de": "Erste Box geliefert"}.', verbose_name='translations')),
                ('predicate', models.CharField(choices=[('box_delivered', 'Box delivered (number: which one)'), ('use_confirmed', 'First use confirmed'), ('renewed', 'Renewed (number: which successful renewal)'), ('subscribed_days', 'Subscribed (number: for how many days)'), ('order_value', 'Paid altogether (number: how much, in the subscription’s currency)'), ('survey_answered', 'Survey answered (subject: its name; empty: any)'), ('fact_told', 'Something else was told (subject: its name)')], max_length=30, verbose_name='achieved when')),
                ('number', models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)])),
                ('subject', models.CharField(blank=True, help_text='Of a survey or of another fact: its name.', max_length=60)),
                ('anchor', models.CharField(choices=[('started', 'Start of the subscription'), ('first_billing', 'First payment'), ('first_box', 'First box delivered')], default='started', max_length=20, verbose_name='counted from')),
                ('target_days', models.PositiveSmallIntegerField(help_text='Expected so many days after that.')),
                ('behind_after_days', models.PositiveSmallIntegerField(default=7, help_text='Days of grace after the target until it is behind.', verbose_name='behind after')),
                ('stuck_after_days', models.PositiveSmallIntegerField(default=30, help_text='Days after the target until it is stuck.', verbose_name='stuck after')),
                ('is_value', models.BooleanField(default=False, help_text='Time-to-value is counted to the first of these.', verbose_name='proves the value')),
                ('position', models.PositiveSmallIntegerField(default=100)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='milestone_number_from_one'), models.CheckConstraint(condition=models.Q(('stuck_after_days__gte', models.F('behind_after_days'))), name='milestone_stuck_after_behind'), models.CheckConstraint(condition=models.Q(('anchor__in', ['started', 'first_billing', 'first_box']), ('predicate__in', ['box_delivered', 'use_confirmed', 'renewed', 'subscribed_days', 'order_value', 'survey_answered', 'fact_told'])), name='milestone_vocabulary_known')],
            },
        ),
        migrations.CreateModel(
            name='MilestoneEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_state', models.CharField(blank=True, choices=[('pending', 'Not begun'), ('on_track', 'On track'), ('behind', 'Behind'), ('stuck', 'Stuck'), ('achieved', 'Achieved'), ('abandoned', 'Ended before'), ('withdrawn', 'No longer asked for')], max_length=20)),
                ('to_state', models.CharField(choices=[('pending', 'Not begun'), ('on_track', 'On track'), ('behind', 'Behind'), ('stuck', 'Stuck'), ('achieved', 'Achieved'), ('abandoned', 'Ended before'), ('withdrawn', 'No longer asked for')], max_length=20)),
                ('evidence', models.CharField(blank=True, max_length=60)),
                ('occurred_at', models.DateTimeField(help_text='When it took effect.')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='MilestoneProgress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('pending', 'Not begun'), ('on_track', 'On track'), ('behind', 'Behind'), ('stuck', 'Stuck'), ('achieved', 'Achieved'), ('abandoned', 'Ended before'), ('withdrawn', 'No longer asked for')], max_length=20)),
                ('since', models.DateTimeField(help_text='When its state began.')),
                ('anchor_at', models.DateTimeField(blank=True, null=True)),
                ('target_at', models.DateTimeField(blank=True, help_text='Empty while it is not known: also in a pause.', null=True)),
                ('behind_at', models.DateTimeField(blank=True, null=True)),
                ('stuck_at', models.DateTimeField(blank=True, null=True)),
                ('achieved_at', models.DateTimeField(blank=True, null=True)),
                ('abandoned_at', models.DateTimeField(blank=True, null=True)),
                ('evidence', models.CharField(blank=True, help_text='The fact that achieved it, such as box:7.', max_length=60)),
                ('due_at', models.DateTimeField(blank=True, help_text='The next moment at which it can change by itself.', null=True)),
                ('told_state', models.CharField(blank=True, choices=[('pending', 'Not begun'), ('on_track', 'On track'), ('behind', 'Behind'), ('stuck', 'Stuck'), ('achieved', 'Achieved'), ('abandoned', 'Ended before'), ('withdrawn', 'No longer asked for')], max_length=20)),
                ('to_tell', models.BooleanField(default=False, help_text='Alerts and flows have not heard of its state.')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='milestone_due'), models.Index(condition=models.Q(('to_tell', True)), fields=['id'], name='milestone_to_tell')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'on_track', 'behind', 'stuck', 'achieved', 'abandoned', 'withdrawn'])), name='milestone_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('achieved_at__isnull', False), ('state', 'achieved')), models.Q(models.Q(('state', 'achieved'), _negated=True), ('achieved_at', None)), _connector='OR'), name='milestone_achieved_at_iff_achieved'), models.CheckConstraint(condition=models.Q(models.Q(('abandoned_at__isnull', False), ('state', 'abandoned')), models.Q(models.Q(('state', 'abandoned'), _negated=True), ('abandoned_at', None)), _connector='OR'), name='milestone_abandoned_at_iff_abandoned')],
            },
        ),
        migrations.CreateModel(
            name='Nudge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='OutgoingWebhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True)),
                ('url', models.URLField(max_length=500)),
                ('secret', models.CharField(blank=True, max_length=60, verbose_name='name of the secret')),
                ('body', models.TextField()),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Given up')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('status_code', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('error', models.TextField(blank=True, help_text='What went wrong at the last attempt.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_attempt_at'], name='outgoing_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_until'], name='outgoing_claimed')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', False), ('state__in', ('sent', 'failed'))), models.Q(models.Q(('state__in', ('sent', 'failed')), _negated=True), ('settled_at', None)), _connector='OR'), name='outgoing_settled_at_iff_settled'), models.CheckConstraint(condition=models.Q(models.Q(('claimed_until__isnull', False), ('state', 'sending')), models.Q(models.Q(('state', 'sending'), _negated=True), ('claimed_until', None)), _connector='OR'), name='outgoing_claimed_iff_sending')],
            },
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
        migrations.CreateModel(
            name='SplitNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dismissed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='Stale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='WebhookSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(max_length=60)),
                ('secret', subscribers.encryption.EncryptedTextField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
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
            model_name='alertrule',
            name='assignee',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='evidence',
            name='subscriber',
            field=models.ForeignKey(blank=True, help_text='Whom it happened to; empty for a cause.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='alert_evidence', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='flowversion',
            name='published_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='run',
            name='subscription',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='runs', to='subscribers.subscription'),
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
            model_name='alert',
            name='wakes_when',
            field=models.CharField(blank=True, choices=[('box_delivered', 'A box is delivered'), ('ticket_resolved', 'Their ticket is resolved')], help_text='Comes back at that already; empty: at its time alone.', max_length=20),
        ),
        migrations.AddField(
            model_name='alertrule',
            name='assign',
            field=models.CharField(choices=[('nobody', 'Nobody: whoever takes it'), ('person', 'A person'), ('round_robin', 'In turns'), ('least_loaded', 'Whoever has the fewest'), ('portfolio', 'Whoever looks after the subscriber')], default='nobody', help_text='Who gets it.', max_length=20),
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
            model_name='flow',
            name='entry',
            field=models.JSONField(blank=True, default=list, help_text='Conditions that must all hold when it starts, as a list.'),
        ),
        migrations.AddField(
            model_name='flow',
            name='exits',
            field=models.JSONField(blank=True, default=list, help_text='What ends it early, as a list: paid, cancelled, replied, opted_out…'),
        ),
        migrations.AddField(
            model_name='flow',
            name='holdout_steps',
            field=models.JSONField(blank=True, default=success.models.flows.outreach_steps, help_text='Kinds of steps that the held-out share is left alone with. A step may say otherwise for itself.'),
        ),
        migrations.AddField(
            model_name='flow',
            name='most_entries',
            field=models.PositiveSmallIntegerField(blank=True, help_text='At most so often for one person; empty: no limit.', null=True),
        ),
        migrations.AddField(
            model_name='flow',
            name='reenter_after',
            field=models.DurationField(blank=True, help_text='How long after the last start it may start again for a person. Empty: outreach never again, recovery for every new fact.', null=True),
        ),
        migrations.AddField(
            model_name='flow',
            name='segment',
            field=models.JSONField(blank=True, default=list, help_text='Whom a flow by segment is for: conditions on fields, as a list.'),
        ),
        migrations.AddField(
            model_name='flow',
            name='segment_continues',
            field=models.BooleanField(default=False, help_text='Whoever comes into the segment later is enrolled too, every day.', verbose_name='goes on by itself'),
        ),
        migrations.AddField(
            model_name='flowversion',
            name='flow_settings',
            field=models.JSONField(blank=True, default=dict, help_text="What the flow's own settings become when a draft is published."),
        ),
        migrations.AddField(
            model_name='run',
            name='holdout_share',
            field=models.FloatField(default=0, help_text='The share that was held out when the arm was drawn; 0: it was not drawn.'),
        ),
        migrations.AddField(
            model_name='runstep',
            name='anchor_at',
            field=models.DateTimeField(blank=True, help_text='The date that a wait is counted from, as it stood when it was looked at last.', null=True),
        ),
        migrations.AddField(
            model_name='contactpolicy',
            name='complaints',
            field=models.ManyToManyField(blank=True, help_text='Topics that are complaints. None: damage, missing, wrong, late, quality, billing, service.', related_name='+', to='subscribers.reason'),
        ),
        migrations.AddField(
            model_name='contactpolicy',
            name='store',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='contact_policy', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='contactcap',
            name='policy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='caps', to='success.contactpolicy'),
        ),
        migrations.AddField(
            model_name='deed',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deeditem',
            name='alert',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='success.alert'),
        ),
        migrations.AddField(
            model_name='deeditem',
            name='deed',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='success.deed'),
        ),
        migrations.AddField(
            model_name='dryrun',
            name='requested_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dryrun',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dry_runs', to='success.flowversion'),
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
            model_name='engagement',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='engagement',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='engagement',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='engagements', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='engagement',
            name='subscription',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='engagements', to='subscribers.subscription'),
        ),
        migrations.AddField(
            model_name='engagement',
            name='ticket',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='flow',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='success.flow'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='requested_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='entryrefusal',
            name='flow',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refusals', to='success.flow'),
        ),
        migrations.AddField(
            model_name='entryrefusal',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entry_refusals', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='flowevent',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='flowevent',
            name='flow',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='success.flow'),
        ),
        migrations.AddField(
            model_name='flowoffer',
            name='action',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='flow_offers', to='subscribers.provideraction'),
        ),
        migrations.AddField(
            model_name='flowoffer',
            name='replaces',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaced_by', to='success.flowoffer'),
        ),
        migrations.AddField(
            model_name='flowoffer',
            name='run',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offers', to='success.run'),
        ),
        migrations.AddField(
            model_name='flowoffer',
            name='run_step',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offers', to='success.runstep'),
        ),
        migrations.AddField(
            model_name='flowoffer',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flow_offers', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='flowoffer',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flow_offers', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='flowoffer',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flow_offers', to='subscribers.subscription'),
        ),
        migrations.AddField(
            model_name='flowofferevent',
            name='offer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='success.flowoffer'),
        ),
        migrations.AddField(
            model_name='health',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='healthevent',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='health_events', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='healthscale',
            name='store',
            field=models.OneToOneField(blank=True, help_text='Empty: for stores without one.', null=True, on_delete=django.db.models.deletion.CASCADE, to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='healthweight',
            name='store',
            field=models.ForeignKey(blank=True, help_text='Empty: for stores without one.', null=True, on_delete=django.db.models.deletion.CASCADE, to='subscribers.store'),
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
            model_name='milestone',
            name='products',
            field=models.ManyToManyField(blank=True, help_text='None: for subscriptions to anything.', to='subscribers.product'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='store',
            field=models.ForeignKey(blank=True, help_text='Empty: for every store without its own.', null=True, on_delete=django.db.models.deletion.CASCADE, to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='milestoneprogress',
            name='milestone',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='progress', to='success.milestone'),
        ),
        migrations.AddField(
            model_name='milestoneprogress',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestone_progress', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='milestoneprogress',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='milestoneprogress',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='subscribers.subscription'),
        ),
        migrations.AddField(
            model_name='milestoneevent',
            name='progress',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='success.milestoneprogress'),
        ),
        migrations.AddField(
            model_name='nudge',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='outgoingwebhook',
            name='run_step',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='webhooks', to='success.runstep'),
        ),
        migrations.AddField(
            model_name='outgoingwebhook',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outgoing_webhooks', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='outgoingwebhook',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outgoing_webhooks', to='subscribers.subscriber'),
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
        migrations.AddField(
            model_name='splitnote',
            name='dismissed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='splitnote',
            name='store',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='stale',
            name='subscriber',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='webhooksecret',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhook_secrets', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='alert',
            name='rank',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(success.ranking.Moment(models.F('due_at')), '-', models.Case(models.When(priority=1, then=models.Value(259200)), models.When(priority=2, then=models.Value(86400)), models.When(priority=4, then=models.Value(-86400)), default=models.Value(0), output_field=models.BigIntegerField())), '-', success.ranking.ForValue(models.F('value_at_risk'))), output_field=models.BigIntegerField()),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('status__in', ('open', 'in_progress', 'snoozed'))), fields=['rank', 'id'], name='alert_by_rank'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('status__in', ('open', 'in_progress', 'snoozed'))), fields=['due_at', 'id'], name='alert_by_due'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('status', 'closed')), fields=['-closed_at', '-id'], name='alert_closed'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['subscriber', '-opened_at'], name='alert_of_subscriber'),
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
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['flow', 'subscriber', '-started_at'], name='run_of_person_in_flow'),
        ),
        migrations.AddIndex(
            model_name='runstep',
            index=models.Index(condition=models.Q(('anchor_at__isnull', False), ('state', 'waiting')), fields=['id'], name='run_step_anchored'),
        ),
        migrations.AddIndex(
            model_name='runstep',
            index=models.Index(condition=models.Q(('finished_at__isnull', False)), fields=['step', 'finished_at'], include=('state',), name='run_step_of_picture'),
        ),
        migrations.AddIndex(
            model_name='touch',
            index=models.Index(fields=['store', '-occurred_at', '-id'], name='touch_of_store'),
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
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('wakes_when', ''), ('status', 'snoozed'), _connector='OR'), name='alert_wakes_when_only_if_snoozed'),
        ),
        migrations.AddConstraint(
            model_name='alertrule',
            constraint=models.UniqueConstraint(fields=('store', 'kind', 'name'), name='alert_rule_one_per_name', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='alertrule',
            constraint=models.CheckConstraint(condition=models.Q(('assign', 'person'), ('assignee', None), _connector='OR'), name='alert_rule_assignee_only_if_person'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.UniqueConstraint(condition=models.Q(('exit_reason__in', ('retracted', 'superseded', 'ineligible')), _negated=True), fields=('flow', 'trigger_key'), name='run_once_per_fact'),
        ),
        migrations.AddConstraint(
            model_name='contactcap',
            constraint=models.UniqueConstraint(fields=('policy', 'category', 'hours'), name='contact_cap_once'),
        ),
        migrations.AddConstraint(
            model_name='deeditem',
            constraint=models.UniqueConstraint(fields=('deed', 'alert'), name='deed_item_one_per_alert'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.UniqueConstraint(fields=('store', 'user'), name='duty_one_per_store'),
        ),
        migrations.AddIndex(
            model_name='engagement',
            index=models.Index(fields=['subscriber', 'occurred_at'], name='engagement_of_subscriber'),
        ),
        migrations.AddConstraint(
            model_name='engagement',
            constraint=models.UniqueConstraint(fields=('store', 'kind', 'source_key'), name='engagement_told_once'),
        ),
        migrations.AddConstraint(
            model_name='engagement',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'use_confirmed'), ('retracted_at', None)), fields=('subscription',), name='engagement_first_use_once'),
        ),
        migrations.AddConstraint(
            model_name='engagement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'use_confirmed'), _negated=True), ('subscription__isnull', False), _connector='OR'), name='engagement_use_of_a_subscription'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['flow', '-requested_at'], name='enrolment_newest'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('flow',), name='enrolment_one_running'),
        ),
        migrations.AddIndex(
            model_name='entryrefusal',
            index=models.Index(fields=['subscriber', '-occurred_at'], name='entry_refusal_newest'),
        ),
        migrations.AddConstraint(
            model_name='entryrefusal',
            constraint=models.UniqueConstraint(fields=('flow', 'trigger_key'), name='entry_refused_once'),
        ),
        migrations.AddIndex(
            model_name='flowevent',
            index=models.Index(fields=['flow', '-occurred_at', '-id'], name='flow_event_newest'),
        ),
        migrations.AddIndex(
            model_name='flowoffer',
            index=models.Index(fields=['run', '-made_at'], name='flow_offer_of_run'),
        ),
        migrations.AddIndex(
            model_name='flowofferevent',
            index=models.Index(fields=['offer', 'occurred_at', 'id'], name='flow_offer_event_in_order'),
        ),
        migrations.AddIndex(
            model_name='health',
            index=models.Index(fields=['store', 'word', 'number', 'subscriber'], name='health_by_word'),
        ),
        migrations.AddIndex(
            model_name='healthevent',
            index=models.Index(fields=['subscriber', '-occurred_at'], name='health_event_newest'),
        ),
        migrations.AddConstraint(
            model_name='healthscale',
            constraint=models.UniqueConstraint(condition=models.Q(('store', None)), fields=('store',), name='health_scale_one_shared', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='healthweight',
            constraint=models.UniqueConstraint(fields=('store', 'kind'), name='health_weight_one_per_kind', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.UniqueConstraint(fields=('store', 'key'), name='milestone_key_unique', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='milestoneprogress',
            index=models.Index(fields=['subscriber', 'milestone'], name='milestone_of_subscriber'),
        ),
        migrations.AddConstraint(
            model_name='milestoneprogress',
            constraint=models.UniqueConstraint(fields=('subscription', 'milestone'), name='milestone_progress_once'),
        ),
        migrations.AddIndex(
            model_name='milestoneevent',
            index=models.Index(fields=['progress', 'id'], name='milestone_event_in_order'),
        ),
        migrations.AddIndex(
            model_name='outgoingwebhook',
            index=models.Index(fields=['store', '-created_at'], name='outgoing_newest'),
        ),
        migrations.AddConstraint(
            model_name='portfolio',
            constraint=models.UniqueConstraint(fields=('store', 'name'), name='portfolio_name_once'),
        ),
        migrations.AddConstraint(
            model_name='webhooksecret',
            constraint=models.UniqueConstraint(fields=('store', 'name'), name='webhook_secret_name_unique'),
        ),
        AppendOnly("success_milestoneevent"),
        AppendOnly("success_healthevent"),
        Erasable("success_healthevent", "reasons"),
        AppendOnly("success_flowevent"),
        AppendOnly("success_flowofferevent"),
        Erasable("success_flowofferevent", "text"),
        migrations.RunSQL(
            "UPDATE success_evidence e SET subscriber_id = a.subscriber_id FROM success_alert a WHERE a.id = e.alert_id",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("UPDATE success_flow SET trigger = 'by_hand' WHERE trigger = ''", migrations.RunSQL.noop),
    ]
