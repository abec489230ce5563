import datetime
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from subscribers.append_only import AppendOnly, Erasable


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('subscribers', '0004_imports_and_cards'),
        ('tickets', '0003_mail_both_ways'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='automatic',
            field=models.CharField(blank=True, choices=[('auto_reply', 'Automatic reply'), ('bounce', 'Bounce'), ('feedback_report', 'Feedback report'), ('list', 'List'), ('question', 'Question of satisfaction')], max_length=20),
        ),
        migrations.AlterField(
            model_name='ticketevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('message_received', 'Message received'), ('replied', 'Replied'), ('noted', 'Note added'), ('status_changed', 'Status changed'), ('resolved', 'Resolved'), ('reopened', 'Reopened'), ('assigned', 'Assigned'), ('priority_changed', 'Priority changed'), ('queue_changed', 'Queue changed'), ('topic_added', 'Topic added'), ('topic_rejected', 'Topic rejected'), ('box_set', 'Box set'), ('sla_warned', 'SLA warning'), ('sla_breached', 'SLA breached'), ('escalated', 'Escalated'), ('send_failed', 'Sending failed'), ('sent_again', 'Sent again'), ('reply_scheduled', 'Answer scheduled'), ('reply_held', 'Scheduled answer held'), ('reply_withdrawn', 'Answer taken back'), ('mail_works_again', 'Mail works again'), ('asked', 'Asked for a rating'), ('rated', 'Rated')], max_length=30),
        ),
        migrations.CreateModel(
            name='SatisfactionRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField(choices=[(1, 'Very bad'), (2, 'Bad'), (3, 'Okay'), (4, 'Good'), (5, 'Very good')])),
                ('comment', models.TextField(blank=True)),
                ('rated_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('score__in', [1, 2, 3, 4, 5])), name='satisfaction_rating_score_known')],
            },
        ),
        migrations.CreateModel(
            name='SatisfactionRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('due', 'To be asked'), ('asked', 'Asked'), ('rated', 'Answered'), ('withdrawn', 'Withdrawn'), ('skipped', 'Not asked')], default='due', max_length=20)),
                ('why_not', models.CharField(blank=True, choices=[('reopened', 'The ticket was opened again'), ('off', 'The queue does not ask'), ('deleted', 'The ticket was deleted'), ('merged', 'The ticket was merged into another'), ('automatic', 'A machine opened it'), ('unanswered', 'Nobody had answered'), ('channel', 'Tickets that came this way are left out'), ('topic', 'Tickets about this are left out'), ('gone', 'The person is not there any more'), ('undeliverable', 'Mail to them does not arrive'), ('opted_out', 'They want no such mail'), ('asked_lately', 'They were asked lately'), ('other_open', 'Another ticket of theirs is open'), ('held', 'Mail to them is held'), ('hours', 'Outside of sending hours'), ('too_late', 'It was too late to ask'), ('no_mailbox', 'There is no mailbox to send from'), ('failed', 'It failed too often')], max_length=20)),
                ('resolved_at', models.DateTimeField(help_text='Of the resolution that it is about.')),
                ('due_at', models.DateTimeField(help_text='When it is tried to ask next.')),
                ('wait_reason', models.CharField(blank=True, choices=[('reopened', 'The ticket was opened again'), ('off', 'The queue does not ask'), ('deleted', 'The ticket was deleted'), ('merged', 'The ticket was merged into another'), ('automatic', 'A machine opened it'), ('unanswered', 'Nobody had answered'), ('channel', 'Tickets that came this way are left out'), ('topic', 'Tickets about this are left out'), ('gone', 'The person is not there any more'), ('undeliverable', 'Mail to them does not arrive'), ('opted_out', 'They want no such mail'), ('asked_lately', 'They were asked lately'), ('other_open', 'Another ticket of theirs is open'), ('held', 'Mail to them is held'), ('hours', 'Outside of sending hours'), ('too_late', 'It was too late to ask'), ('no_mailbox', 'There is no mailbox to send from'), ('failed', 'It failed too often')], help_text='Why it was put off.', max_length=20)),
                ('attempts', models.PositiveSmallIntegerField(default=0, help_text='Faults so far; each puts it off.')),
                ('error', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('answer_until', models.DateTimeField(blank=True, null=True)),
                ('change_days', models.PositiveSmallIntegerField(default=0)),
                ('score', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Very bad'), (2, 'Bad'), (3, 'Okay'), (4, 'Good'), (5, 'Very good')], null=True)),
                ('comment', models.TextField(blank=True)),
                ('rated_at', models.DateTimeField(blank=True, help_text='The first answer.', null=True)),
                ('changed_at', models.DateTimeField(blank=True, help_text='The latest answer, where it differs.', null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['due_at'], name='satisfaction_due'), models.Index(condition=models.Q(('state', 'rated')), fields=['-rated_at'], name='satisfaction_by_answer'), models.Index(fields=['-created_at', '-id'], name='satisfaction_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['due', 'asked', 'rated', 'withdrawn', 'skipped'])), name='satisfaction_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('answer_until__isnull', False), ('asked_at__isnull', False), ('state__in', ('asked', 'rated'))), models.Q(models.Q(('state__in', ('asked', 'rated')), _negated=True), ('asked_at', None)), _connector='OR'), name='satisfaction_asked_iff_asked'), models.CheckConstraint(condition=models.Q(models.Q(('rated_at__isnull', False), ('score__in', [1, 2, 3, 4, 5]), ('state', 'rated')), models.Q(models.Q(('state', 'rated'), _negated=True), ('comment', ''), ('rated_at', None), ('score', None)), _connector='OR'), name='satisfaction_rated_iff_score'), models.CheckConstraint(condition=models.Q(('state__in', ('skipped', 'withdrawn')), ('why_not', ''), _connector='OR'), name='satisfaction_why_not_only_if_not')],
            },
        ),
        migrations.CreateModel(
            name='SatisfactionSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on', models.BooleanField(default=True, help_text='Off: nobody is asked, whoever waits to be included.', verbose_name='ask')),
                ('delay_hours', models.PositiveSmallIntegerField(default=24, help_text='Hours after the ticket was resolved. Opened again before, nobody is asked.', validators=[django.core.validators.MaxValueValidator(720)], verbose_name='asked after')),
                ('send_from', models.TimeField(default=datetime.time(9, 0), help_text='By the customer’s clock.', verbose_name='not before')),
                ('send_until', models.TimeField(default=datetime.time(20, 0), help_text='By the customer’s clock; the same as above: at any time.', verbose_name='not after')),
                ('rest_days', models.PositiveSmallIntegerField(default=30, help_text='Days, each customer, over all queues of the store; 0: no limit.', verbose_name='asked at most once in')),
                ('answer_days', models.PositiveSmallIntegerField(default=30, help_text='Days in which an answer is taken.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='link good for')),
                ('change_days', models.PositiveSmallIntegerField(default=7, help_text='Days after the first answer in which it can be changed; 0: never.', verbose_name='may change for')),
                ('waits_for_others', models.BooleanField(default=True, help_text='Not while another ticket of theirs is open; after a week nobody is asked any more.', verbose_name='wait for other tickets')),
                ('only_answered', models.BooleanField(default=True, help_text='Not where nobody wrote to the customer.', verbose_name='only where somebody answered')),
                ('skips_channels', models.JSONField(blank=True, default=list, help_text='Of tickets that came this way.', verbose_name='channels left out')),
            ],
            options={
                'verbose_name': 'satisfaction settings',
                'verbose_name_plural': 'satisfaction settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('answer_days__gte', 1), ('answer_days__lte', 365), ('delay_hours__lte', 720)), name='satisfaction_lengths_sensible')],
            },
        ),
        migrations.AddField(
            model_name='satisfactionrequest',
            name='agent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='satisfactionrequest',
            name='message',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='satisfaction_request', to='tickets.message'),
        ),
        migrations.AddField(
            model_name='satisfactionrequest',
            name='queue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.queue'),
        ),
        migrations.AddField(
            model_name='satisfactionrequest',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='satisfactionrequest',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='satisfaction_requests', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='satisfactionrequest',
            name='ticket',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='satisfaction_requests', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='satisfactionrating',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='tickets.satisfactionrequest'),
        ),
        migrations.AddField(
            model_name='satisfactionsettings',
            name='queue',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='satisfaction', to='tickets.queue'),
        ),
        migrations.AddField(
            model_name='satisfactionsettings',
            name='skips_topics',
            field=models.ManyToManyField(blank=True, help_text='Of tickets with one of these topics.', related_name='+', to='subscribers.reason', verbose_name='topics left out'),
        ),
        migrations.AddIndex(
            model_name='clock',
            index=models.Index(condition=models.Q(('breached_at__isnull', False)), fields=['breached_at'], name='clock_breached'),
        ),
        migrations.AddIndex(
            model_name='satisfactionrequest',
            index=models.Index(condition=models.Q(('state', 'rated')), fields=['score', 'ticket'], name='satisfaction_by_score'),
        ),
        migrations.AddIndex(
            model_name='satisfactionrequest',
            index=models.Index(condition=models.Q(('asked_at__isnull', False)), fields=['subscriber', '-asked_at'], name='satisfaction_asked_person'),
        ),
        migrations.AddConstraint(
            model_name='satisfactionrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('due', 'asked', 'rated'))), fields=('ticket',), name='satisfaction_one_live_a_ticket'),
        ),
        migrations.AddIndex(
            model_name='satisfactionrating',
            index=models.Index(fields=['request', 'rated_at', 'id'], name='satisfaction_rating_in_order'),
        ),
        AppendOnly("tickets_satisfactionrating"),
        Erasable("tickets_satisfactionrating", "comment"),
    ]
