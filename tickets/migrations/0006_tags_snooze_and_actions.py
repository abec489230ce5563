import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subscribers', '0004_imports_and_cards'),
        ('tickets', '0005_help_requests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='ticket',
            name='deleted_as',
            field=models.CharField(blank=True, choices=[('deleted', 'Deleted'), ('spam', 'Spam'), ('merged', 'Merged')], max_length=10),
        ),
        migrations.AddField(
            model_name='ticket',
            name='snoozed_box',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='subscribers.box'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='snoozed_for',
            field=models.CharField(blank=True, choices=[('delivery', 'Until the box is delivered')], max_length=10),
        ),
        migrations.AddField(
            model_name='ticket',
            name='snoozed_until',
            field=models.DateTimeField(blank=True, help_text='Empty: awake.', null=True),
        ),
        migrations.AlterField(
            model_name='ticketevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('message_received', 'Message received'), ('replied', 'Replied'), ('noted', 'Note added'), ('status_changed', 'Status changed'), ('resolved', 'Resolved'), ('reopened', 'Reopened'), ('assigned', 'Assigned'), ('priority_changed', 'Priority changed'), ('queue_changed', 'Queue changed'), ('topic_added', 'Topic added'), ('topic_rejected', 'Topic rejected'), ('box_set', 'Box set'), ('sla_warned', 'SLA warning'), ('sla_breached', 'SLA breached'), ('escalated', 'Escalated'), ('send_failed', 'Sending failed'), ('sent_again', 'Sent again'), ('reply_scheduled', 'Answer scheduled'), ('reply_held', 'Scheduled answer held'), ('reply_withdrawn', 'Answer taken back'), ('mail_works_again', 'Mail works again'), ('asked', 'Asked for a rating'), ('rated', 'Rated'), ('tag_added', 'Tag added'), ('tag_removed', 'Tag removed'), ('snoozed', 'Snoozed'), ('woken', 'Woken'), ('followed', 'Followed'), ('unfollowed', 'No longer followed'), ('field_changed', 'Field changed'), ('linked', 'Linked'), ('unlinked', 'Link removed'), ('merged', 'Merged'), ('merged_in', 'Another ticket merged in'), ('unmerged', 'Merge undone'), ('split_off', 'Split'), ('split_from', 'Split from another ticket'), ('deleted', 'Deleted'), ('marked_spam', 'Marked as spam'), ('restored', 'Restored'), ('rule_applied', 'Rule applied')], max_length=30),
        ),
        # Before the constraint: whatever was deleted until now was deleted by hand.
        migrations.RunSQL(
            "UPDATE tickets_ticket SET deleted_as = 'deleted' WHERE deleted_at IS NOT NULL", migrations.RunSQL.noop
        ),
        migrations.CreateModel(
            name='BlockedSender',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(help_text='In lower case.', max_length=320)),
                ('blocked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('blocked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocked_senders', to='subscribers.store')),
            ],
        ),
        migrations.CreateModel(
            name='BulkJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='Of the request: sent twice, it is one job.', max_length=64, unique=True)),
                ('actions', models.JSONField(blank=True, default=list)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done')], default='queued', max_length=10)),
                ('total', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bulk_jobs', to=settings.AUTH_USER_MODEL)),
                ('undoes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='undone_by', to='tickets.bulkjob')),
            ],
        ),
        migrations.CreateModel(
            name='BulkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('unchanged', 'Nothing to do'), ('refused', 'Refused'), ('failed', 'Failed'), ('left', 'Left alone')], default='waiting', max_length=10)),
                ('why', models.CharField(blank=True, help_text='Why it was refused, failed or was left alone.', max_length=500)),
                ('inverse', models.JSONField(blank=True, default=list)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
                ('job', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='tickets.bulkjob')),
            ],
        ),
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='tickets.ticket')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='following', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='subscribers.store')),
            ],
        ),
        migrations.CreateModel(
            name='TicketField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(help_text='Short name for addresses and the API; stays.', max_length=60)),
                ('label', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('number', 'Number'), ('choice', 'One of several'), ('date', 'Date'), ('checkbox', 'Yes or no')], default='text', max_length=10)),
                ('choices', models.JSONField(blank=True, default=list, help_text='What can be chosen, where it is one of several.')),
                ('is_required', models.BooleanField(default=False, verbose_name='needed to resolve')),
                ('is_active', models.BooleanField(default=True, help_text='No longer asked where not; what was said stays.')),
                ('position', models.PositiveSmallIntegerField(default=100)),
                ('queues', models.ManyToManyField(blank=True, help_text='Where it is asked; none: in every queue.', related_name='ticket_fields', to='tickets.queue')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticket_fields', to='subscribers.store')),
            ],
        ),
        migrations.CreateModel(
            name='FieldValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(max_length=500)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='field_values', to='tickets.ticket')),
                ('field', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='values', to='tickets.ticketfield')),
            ],
        ),
        migrations.CreateModel(
            name='TicketLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('related', 'Related'), ('duplicate', 'Duplicate of'), ('caused', 'Caused by')], default='related', max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links_here', to='tickets.ticket')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='tickets.ticket')),
            ],
        ),
        migrations.CreateModel(
            name='TicketMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merged_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('moved', models.JSONField(blank=True, default=dict, help_text='Ids of the rows that went over, by kind.')),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('merged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges', to='tickets.ticket')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='merges_here', to='tickets.ticket')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='TicketTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ticket_tags', to='tickets.tag')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticket_tags', to='tickets.ticket')),
            ],
        ),
        migrations.AddField(
            model_name='ticket',
            name='tags',
            field=models.ManyToManyField(related_name='tickets', through='tickets.TicketTag', to='tickets.tag'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('snoozed_until__isnull', False)), fields=['snoozed_until'], name='ticket_snoozed_until'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('snoozed_box__isnull', False)), fields=['snoozed_box'], name='ticket_snoozed_for_box'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_as', '-deleted_at', '-id'], name='ticket_discarded'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deleted_as', ''), ('deleted_at', None)), models.Q(('deleted_as__in', ('deleted', 'spam')), ('deleted_at__isnull', False)), models.Q(('deleted_as', 'merged'), ('deleted_at__isnull', False), ('merged_into__isnull', False)), _connector='OR'), name='ticket_deleted_as_iff_deleted'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('snoozed_box', None), ('snoozed_for', '')), models.Q(('snoozed_for__in', ['delivery']), ('snoozed_until__isnull', False)), _connector='OR'), name='ticket_snoozed_for_until'),
        ),
        migrations.AddConstraint(
            model_name='blockedsender',
            constraint=models.UniqueConstraint(fields=('store', 'address'), name='blocked_sender_once'),
        ),
        migrations.AddIndex(
            model_name='bulkjob',
            index=models.Index(condition=models.Q(('state', 'done'), _negated=True), fields=['id'], name='bulk_job_to_do'),
        ),
        migrations.AddConstraint(
            model_name='bulkjob',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state', 'done')), models.Q(('state__in', ('queued', 'running')), ('finished_at', None)), _connector='OR'), name='bulk_job_finished_iff_done'),
        ),
        migrations.AddIndex(
            model_name='bulkitem',
            index=models.Index(condition=models.Q(('outcome', 'waiting')), fields=['job', 'id'], name='bulk_item_waiting'),
        ),
        migrations.AddIndex(
            model_name='bulkitem',
            index=models.Index(fields=['job', 'outcome', 'id'], name='bulk_item_by_outcome'),
        ),
        migrations.AddConstraint(
            model_name='bulkitem',
            constraint=models.UniqueConstraint(fields=('job', 'ticket'), name='bulk_item_once'),
        ),
        migrations.AddConstraint(
            model_name='follower',
            constraint=models.UniqueConstraint(fields=('ticket', 'user'), name='follower_once'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.UniqueConstraint(models.F('store'), django.db.models.functions.text.Lower('name'), name='tag_once', violation_error_message='There is such a tag already.'),
        ),
        migrations.AddConstraint(
            model_name='ticketfield',
            constraint=models.UniqueConstraint(fields=('store', 'key'), name='ticket_field_key_unique_in_store'),
        ),
        migrations.AddConstraint(
            model_name='ticketfield',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['text', 'number', 'choice', 'date', 'checkbox'])), name='ticket_field_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='ticketfield',
            constraint=models.CheckConstraint(condition=models.Q(('choices', []), ('kind', 'choice'), _negated=True), name='ticket_field_choices_to_choose_from'),
        ),
        migrations.AddIndex(
            model_name='fieldvalue',
            index=models.Index(fields=['field', 'value', '-ticket'], name='field_value_of_tickets'),
        ),
        migrations.AddConstraint(
            model_name='fieldvalue',
            constraint=models.UniqueConstraint(fields=('ticket', 'field'), name='field_value_once'),
        ),
        migrations.AddConstraint(
            model_name='fieldvalue',
            constraint=models.CheckConstraint(condition=models.Q(('value', ''), _negated=True), name='field_value_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='ticketlink',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Least('ticket', 'other'), django.db.models.functions.comparison.Greatest('ticket', 'other'), name='ticket_link_once'),
        ),
        migrations.AddConstraint(
            model_name='ticketlink',
            constraint=models.CheckConstraint(condition=models.Q(('ticket', models.F('other')), _negated=True), name='ticket_link_not_to_itself'),
        ),
        migrations.AddConstraint(
            model_name='ticketlink',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['related', 'duplicate', 'caused'])), name='ticket_link_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='ticketmerge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('source',), name='ticket_merge_one_standing'),
        ),
        migrations.AddConstraint(
            model_name='ticketmerge',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='ticket_merge_not_into_itself'),
        ),
        migrations.AddIndex(
            model_name='tickettag',
            index=models.Index(fields=['tag', '-ticket'], name='ticket_by_tag'),
        ),
        migrations.AddConstraint(
            model_name='tickettag',
            constraint=models.UniqueConstraint(fields=('ticket', 'tag'), name='ticket_tag_once'),
        ),
    ]
