import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import subscribers.encryption
import tickets.models.messages
from django.conf import settings
from django.db import migrations, models

from subscribers.append_only import AppendOnly, Erasable

# Those who are known by now: whose ticket it is.
REQUESTERS = """
INSERT INTO tickets_participant (ticket_id, address, name, subscriber_id, role, is_verified, added_at)
SELECT ticket.id, lower(person.email), person.name, person.id, 'requester', true, ticket.opened_at
FROM tickets_ticket ticket JOIN subscribers_subscriber person ON person.id = ticket.subscriber_id
ON CONFLICT DO NOTHING
"""
# Raw mail goes in and out as it is: trying to compress it takes longer than writing it, and parts of it can be read.
STORAGE = "ALTER TABLE tickets_inboundmail ALTER COLUMN raw SET STORAGE {}"
# Of mail that left before: its ticket, and whether a machine wrote it.
TICKETS_AND_MACHINES = """
SET CONSTRAINTS ALL IMMEDIATE;
UPDATE tickets_outboundmail AS mail SET
    ticket_id = (SELECT ticket_id FROM tickets_message WHERE id = mail.message_id),
    is_automatic = jsonb_exists(headers, 'Auto-Submitted');
SET CONSTRAINTS ALL DEFERRED
"""
OWN = """
UPDATE tickets_threadreference AS reference SET is_own = true
FROM tickets_message message WHERE message.id = reference.message_id AND message.rfc822_id = reference.reference
"""


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('subscribers', '0003_providers_and_cancelling'),
        ('tickets', '0002_append_only'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='threadreference',
            name='thread_reference_lookup',
        ),
        migrations.AlterField(
            model_name='outboundmail',
            name='rfc822_id',
            field=models.CharField(help_text='Without angle brackets.', max_length=255, verbose_name='Message-ID'),
        ),
        migrations.AlterField(
            model_name='outboundmail',
            name='state',
            field=models.CharField(choices=[('planned', 'Planned'), ('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=20),
        ),
        migrations.AlterField(
            model_name='ticketevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('message_received', 'Message received'), ('replied', 'Replied'), ('noted', 'Note added'), ('status_changed', 'Status changed'), ('resolved', 'Resolved'), ('reopened', 'Reopened'), ('assigned', 'Assigned'), ('priority_changed', 'Priority changed'), ('queue_changed', 'Queue changed'), ('topic_added', 'Topic added'), ('topic_rejected', 'Topic rejected'), ('box_set', 'Box set'), ('sla_warned', 'SLA warning'), ('sla_breached', 'SLA breached'), ('escalated', 'Escalated'), ('send_failed', 'Sending failed'), ('sent_again', 'Sent again'), ('reply_scheduled', 'Answer scheduled'), ('reply_held', 'Scheduled answer held'), ('reply_withdrawn', 'Answer taken back'), ('mail_works_again', 'Mail works again')], max_length=30),
        ),
        migrations.CreateModel(
            name='AutomaticAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('acknowledgement', 'We have your message'), ('limits', 'Files that we could not take')], default='acknowledgement', max_length=20)),
                ('language', models.CharField(help_text='Such as en or pt-br; the customer’s, else the store’s.', max_length=10)),
                ('subject', models.CharField(blank=True, help_text='Empty: an answer to the customer’s subject.', max_length=200)),
                ('text', models.TextField(help_text='{{ name }}, {{ number }}, {{ subject }}, {{ store }}; in the one about files also {{ files }}.')),
                ('is_active', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='MailAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('imap', 'IMAP'), ('webhook', 'Mail service')], max_length=20)),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('host', models.CharField(blank=True, help_text='Such as imap.example.com.', max_length=253, verbose_name='server')),
                ('port', models.PositiveIntegerField(default=993)),
                ('security', models.CharField(choices=[('tls', 'TLS (port 993)'), ('starttls', 'STARTTLS (port 143)'), ('none', 'None: passwords and mails can be read on the way')], default='tls', max_length=20, verbose_name='encryption')),
                ('username', models.CharField(blank=True, help_text='Often the address itself.', max_length=254, verbose_name='log-in')),
                ('password', subscribers.encryption.EncryptedTextField(blank=True, help_text='With Gmail and others that ask for a second factor: an app password.')),
                ('folder', models.CharField(blank=True, default='INBOX', max_length=200)),
                ('begin', models.CharField(choices=[('now', 'From now on'), ('all', 'Everything in the folder')], default='now', help_text='From now on: what lies in the folder at the first connection stays as it is, and gets no ticket. Everything: each old mail opens a ticket, and its writer may be sent an acknowledgement.', max_length=10)),
                ('certificate', models.TextField(blank=True, help_text='Only for a server whose certificate no public authority signed: the PEM of its own, or of who did.', verbose_name='trusted certificate')),
                ('uid_validity', models.PositiveBigIntegerField(editable=False, null=True)),
                ('first_uid', models.PositiveBigIntegerField(default=1, editable=False, help_text='Before it, mails are not ours.')),
                ('last_uid', models.PositiveBigIntegerField(default=0, editable=False, help_text='Up to it, mails were taken.')),
                ('since_date', models.DateField(editable=False, help_text='After UIDVALIDITY changed: older mails lay there before we began.', null=True)),
                ('began_at', models.DateTimeField(editable=False, null=True)),
                ('counted_at', models.DateTimeField(editable=False, help_text='When server and store were compared.', null=True)),
                ('server_count', models.PositiveIntegerField(default=0, editable=False, help_text='Mails there that are ours.')),
                ('stored_count', models.PositiveIntegerField(default=0, editable=False, help_text='Of them, mails that we have.')),
                ('has_idle', models.BooleanField(editable=False, help_text='Whether the server says when mail comes.', null=True)),
                ('service', models.CharField(blank=True, choices=[('amazon_ses', 'Amazon SES'), ('brevo', 'Brevo'), ('mailersend', 'MailerSend'), ('mailgun', 'Mailgun'), ('mailjet', 'Mailjet'), ('mandrill', 'Mailchimp Transactional (Mandrill)'), ('postal', 'Postal'), ('postmark', 'Postmark'), ('sendgrid', 'SendGrid'), ('sparkpost', 'SparkPost')], max_length=20)),
                ('token', subscribers.encryption.EncryptedTextField(blank=True, editable=False, help_text='The secret part of the address.')),
                ('token_hash', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('signing_key', subscribers.encryption.EncryptedTextField(blank=True, help_text='With which the service signs what it sends, where it signs.')),
                ('events_key', subscribers.encryption.EncryptedTextField(blank=True, help_text='Where events are signed with another key than mails.', verbose_name='signing key of events')),
                ('api_key', subscribers.encryption.EncryptedTextField(blank=True, help_text='Brevo: attachments are fetched with it.', verbose_name='API key')),
                ('last_success_at', models.DateTimeField(editable=False, null=True)),
                ('last_mail_at', models.DateTimeField(editable=False, null=True)),
                ('failing_since', models.DateTimeField(editable=False, null=True)),
                ('failures', models.PositiveIntegerField(default=0, editable=False, help_text='In a row.')),
                ('last_error', models.TextField(blank=True, editable=False)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('claimed_by', models.UUIDField(editable=False, null=True)),
                ('claimed_until', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_active', True), ('kind', 'imap')), fields=['next_attempt_at'], name='mail_account_due')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('host'), models.F('username'), models.F('folder'), condition=models.Q(('kind', 'imap')), name='mail_account_folder_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'imap'), models.Q(('host', ''), _negated=True), models.Q(('folder', ''), _negated=True)), models.Q(('kind', 'webhook'), ('token_hash__isnull', False), models.Q(('service', ''), _negated=True)), _connector='OR'), name='mail_account_has_what_its_kind_needs')],
            },
        ),
        migrations.CreateModel(
            name='MailIncident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('fetching', 'Mail cannot be fetched'), ('silent', 'No mail arrives'), ('unread', 'Mail waits to be read'), ('quarantined', 'Mail in quarantine'), ('sending', 'Mail cannot be sent')], max_length=20)),
                ('since', models.DateTimeField(help_text='When it began, which is before anybody could know.')),
                ('detail', models.TextField(blank=True, help_text='In words, with figures; kept true while it lasts.')),
                ('told_at', models.DateTimeField(blank=True, help_text='When mails to the administrators were written.', null=True)),
                ('cleared_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['fetching', 'silent', 'unread', 'quarantined', 'sending'])), name='mail_incident_kind_known'), models.CheckConstraint(condition=models.Q(('cleared_at', None), ('cleared_at__gte', models.F('since')), _connector='OR'), name='mail_incident_ends_after')],
            },
        ),
        migrations.CreateModel(
            name='OutboundEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('attempted', 'Attempted'), ('cut_short', 'Cut short'), ('sent', 'Taken by a server'), ('put_off', 'Put off'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('sent_again', 'Sent again'), ('deferred', 'Delayed'), ('delivered', 'Delivered'), ('bounced', 'Returned'), ('rejected', 'Rejected by the mail service'), ('complained', 'Marked as spam'), ('unsubscribed', 'Unsubscribed'), ('other', 'Other')], max_length=20)),
                ('source', models.CharField(help_text='The worker, a bounce, or the mail service that told it.', max_length=40)),
                ('event_id', models.CharField(blank=True, help_text="The mail service's: told again, it is one.", max_length=255)),
                ('detail', models.TextField(blank=True)),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('event_id', ''), _negated=True), fields=('source', 'event_id'), name='outbound_event_told_once')],
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(help_text='In lower case.', max_length=254)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('role', models.CharField(choices=[('requester', 'Requester'), ('cc', 'In copy'), ('writer', 'Writer')], max_length=10)),
                ('is_verified', models.BooleanField(default=False)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['requester', 'cc', 'writer'])), name='participant_role_known')],
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(help_text='In lower case.', max_length=320)),
                ('kind', models.CharField(choices=[('bounced', 'Mail is returned'), ('complained', 'Marked our mail as spam')], max_length=20)),
                ('detail', models.TextField(blank=True, help_text='What the server said.')),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='TicketCancellation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name='attachment',
            name='height',
            field=models.PositiveIntegerField(blank=True, help_text='Pixels, of a picture.', null=True),
        ),
        migrations.AddField(
            model_name='attachment',
            name='picture_type',
            field=models.CharField(blank=True, help_text='Such as image/jpeg.', max_length=20),
        ),
        migrations.AddField(
            model_name='attachment',
            name='width',
            field=models.PositiveIntegerField(blank=True, help_text='Pixels, of a picture.', null=True),
        ),
        migrations.AddField(
            model_name='inboundmail',
            name='fingerprint',
            field=models.CharField(blank=True, help_text='What tells a copy of a mail from another one with the same Message-ID.', max_length=64),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='authserv_ids',
            field=models.CharField(blank=True, help_text="Names, separated by commas, under which the servers that receive this address's mail write Authentication-Results. Empty: those of the setting MAIL_AUTHSERV_IDS.", max_length=500, verbose_name='trusted receivers'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='quotes_history',
            field=models.BooleanField(default=False, help_text='Answers carry the message that they answer.', verbose_name='quote the customer'),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='signature',
            field=models.TextField(blank=True, help_text='Below every answer. {{ agent }}: the person’s own signature, else their name. {{ store }}.'),
        ),
        migrations.AddField(
            model_name='message',
            name='authentication',
            field=models.CharField(choices=[('pass', 'Authenticated'), ('fail', 'Not authenticated'), ('none', 'Not checked')], default='none', help_text="Of a mail's sender.", max_length=10),
        ),
        migrations.AddField(
            model_name='outboundmail',
            name='ticket',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='outbound_mails', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='message',
            name='state',
            field=models.CharField(choices=[('said', 'Said'), ('leaving', 'Leaving'), ('scheduled', 'Scheduled'), ('held', 'Held'), ('withdrawn', 'Taken back')], default='said', max_length=10),
        ),
        migrations.AddField(
            model_name='message',
            name='then',
            field=models.CharField(blank=True, choices=[('new', 'New'), ('open', 'Open'), ('pending', 'Pending'), ('on_hold', 'On hold'), ('resolved', 'Resolved')], help_text='What the ticket becomes once this answer has left.', max_length=20),
        ),
        migrations.AddField(
            model_name='outboundmail',
            name='cc_header',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='outboundmail',
            name='is_automatic',
            field=models.BooleanField(default=False, help_text='No person wrote it: it is held back where one may.'),
        ),
        migrations.AddField(
            model_name='outboundmail',
            name='not_before',
            field=models.DateTimeField(blank=True, help_text='While planned: when it leaves by itself.', null=True),
        ),
        migrations.AddField(
            model_name='outboundmail',
            name='outcome',
            field=models.CharField(blank=True, choices=[('deferred', 'Delayed'), ('delivered', 'Delivered'), ('bounced', 'Returned'), ('complained', 'Marked as spam')], help_text='What was heard after.', max_length=20),
        ),
        migrations.AddField(
            model_name='outboundmail',
            name='outcome_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='outboundmail',
            name='provider_id',
            field=models.CharField(blank=True, help_text='What the mail service calls it.', max_length=255),
        ),
        migrations.AddField(
            model_name='outboundmail',
            name='role',
            field=models.CharField(choices=[('to', 'To'), ('cc', 'Cc')], default='to', max_length=5),
        ),
        migrations.AddField(
            model_name='outboundmail',
            name='to_header',
            field=models.TextField(blank=True, help_text='As every recipient sees it; empty: the recipient alone.'),
        ),
        migrations.AddField(
            model_name='threadreference',
            name='is_own',
            field=models.BooleanField(default=False, help_text='The message bears this id itself.'),
        ),
        migrations.AddField(
            model_name='automaticanswer',
            name='queue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='automatic_answers', to='tickets.queue'),
        ),
        migrations.AddField(
            model_name='mailaccount',
            name='mailbox',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='accounts', to='tickets.mailbox'),
        ),
        migrations.AddField(
            model_name='mailincident',
            name='mailbox',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='incidents', to='tickets.mailbox'),
        ),
        migrations.AddField(
            model_name='outboundevent',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outboundevent',
            name='outbound',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='tickets.outboundmail'),
        ),
        migrations.AddField(
            model_name='participant',
            name='subscriber',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='participations', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='participant',
            name='ticket',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='lifted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='suppression',
            name='outbound',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='tickets.outboundmail'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='ticketcancellation',
            name='session',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='ticket_link', to='subscribers.cancellationsession'),
        ),
        migrations.AddField(
            model_name='ticketcancellation',
            name='ticket',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cancellations', to='tickets.ticket'),
        ),
        migrations.AddField(
            model_name='message',
            name='search',
            field=tickets.models.messages.ComputedColumn(db_persist=True, expression=django.contrib.postgres.search.SearchVector(django.db.models.functions.text.Left('text', 50000), config='simple'), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name='message',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='message_search'),
        ),
        migrations.AddIndex(
            model_name='outboundmail',
            index=models.Index(condition=models.Q(('state', 'planned')), fields=['not_before'], name='outbound_mail_planned'),
        ),
        migrations.AddIndex(
            model_name='outboundmail',
            index=models.Index(fields=['-created_at'], name='outbound_mail_newest'),
        ),
        migrations.AddIndex(
            model_name='outboundmail',
            index=models.Index(condition=models.Q(('state__in', ('failed', 'cancelled'))), fields=['-created_at'], name='outbound_mail_not_sent'),
        ),
        migrations.AddIndex(
            model_name='outboundmail',
            index=models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['provider_id'], name='outbound_mail_by_provider'),
        ),
        migrations.AddIndex(
            model_name='outboundmail',
            index=models.Index(django.db.models.functions.text.Lower('recipient'), models.F('created_at'), condition=models.Q(('is_automatic', True)), name='outbound_mail_automatic_to'),
        ),
        migrations.AddIndex(
            model_name='threadreference',
            index=models.Index(fields=['store', 'reference', 'is_own', 'id'], name='thread_reference_lookup'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'said'), models.Q(('author_kind', 'agent'), ('kind', 'public'), ('state__in', ['said', 'leaving', 'scheduled', 'held', 'withdrawn'])), _connector='OR'), name='message_unsaid_only_answers'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('authentication__in', ['pass', 'fail', 'none'])), name='message_authentication_known'),
        ),
        migrations.AddConstraint(
            model_name='outboundmail',
            constraint=models.UniqueConstraint(models.F('rfc822_id'), django.db.models.functions.text.Lower('recipient'), name='outbound_mail_once_a_recipient'),
        ),
        migrations.AddConstraint(
            model_name='outboundmail',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'queued', 'sending', 'sent', 'failed', 'cancelled'])), name='outbound_mail_state_known'),
        ),
        migrations.AddConstraint(
            model_name='outboundmail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('outcome_at', None)), models.Q(models.Q(('outcome', ''), _negated=True), ('outcome_at__isnull', False)), _connector='OR'), name='outbound_mail_outcome_has_time'),
        ),
        migrations.AddConstraint(
            model_name='outboundmail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'planned'), _negated=True), ('not_before__isnull', False), _connector='OR'), name='outbound_mail_planned_has_time'),
        ),
        migrations.AddConstraint(
            model_name='automaticanswer',
            constraint=models.UniqueConstraint(fields=('queue', 'kind', 'language'), name='automatic_answer_one_a_language'),
        ),
        migrations.AddConstraint(
            model_name='mailincident',
            constraint=models.UniqueConstraint(condition=models.Q(('cleared_at', None)), fields=('mailbox', 'kind'), name='mail_incident_one_open'),
        ),
        migrations.AddIndex(
            model_name='outboundevent',
            index=models.Index(fields=['outbound', 'occurred_at', 'id'], name='outbound_event_in_order'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(models.F('ticket'), django.db.models.functions.text.Lower('address'), name='participant_once'),
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('store', 'address'), name='suppression_one_standing'),
        ),
        migrations.RunSQL(REQUESTERS, migrations.RunSQL.noop),
        migrations.RunSQL(STORAGE.format("EXTERNAL"), STORAGE.format("EXTENDED")),
        migrations.RunSQL(TICKETS_AND_MACHINES, migrations.RunSQL.noop),
        migrations.RunSQL(OWN, migrations.RunSQL.noop),
        AppendOnly("tickets_outboundevent"),
        Erasable("tickets_ticketevent", "data", "from_value", "to_value"),
        Erasable("tickets_clockevent", "data"),
        Erasable("tickets_outboundevent", "detail", "event_id"),
    ]
