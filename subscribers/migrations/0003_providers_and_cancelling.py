import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import subscribers.encryption
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from subscribers.append_only import AppendOnly, Erasable


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('subscribers', '0002_append_only'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='box',
            name='box_only_replacement_replaces',
        ),
        migrations.RemoveConstraint(
            model_name='cycle',
            name='cycle_index_unique',
        ),
        migrations.AlterField(
            model_name='box',
            name='kind',
            field=models.CharField(choices=[('regular', 'Regular'), ('replacement', 'Replacement'), ('gift', 'Gift')], default='regular', max_length=20),
        ),
        migrations.AlterField(
            model_name='subscription',
            name='currency',
            field=models.CharField(help_text='ISO 4217, of its price, and of amounts that name no other.', max_length=3),
        ),
        migrations.AlterField(
            model_name='subscription',
            name='price',
            field=models.DecimalField(decimal_places=2, help_text='Per billing, of all that it delivers.', max_digits=12),
        ),
        migrations.AlterField(
            model_name='subscriptionevent',
            name='kind',
            field=models.CharField(choices=[('started', 'Started'), ('billed', 'Billed'), ('billing_failed', 'Billing failed'), ('billing_recovered', 'Billing recovered'), ('billing_lost', 'Billing given up'), ('skipped', 'Skipped'), ('unskipped', 'Skip taken back'), ('paused', 'Paused'), ('resumed', 'Resumed'), ('frequency_changed', 'Frequency changed'), ('price_changed', 'Price changed'), ('product_changed', 'Product changed'), ('quantity_changed', 'Quantity changed'), ('rescheduled', 'Next billing moved'), ('discounted', 'Discount given'), ('gift_given', 'Gift given'), ('refunded', 'Refunded'), ('cancellation_scheduled', 'Cancels at the end of the period'), ('cancellation_withdrawn', 'Stays after all'), ('cancelled', 'Cancelled'), ('expired', 'Expired'), ('failed', 'Ended: payment failed'), ('stale', 'Ended: stale'), ('reactivated', 'Reactivated'), ('observed', 'Read at the provider')], max_length=30),
        ),
        migrations.CreateModel(
            name='ApprovalLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('agent', 'Support agent'), ('success', 'Success manager'), ('lead', 'CX lead'), ('admin', 'Administrator')], max_length=20)),
                ('kind', models.CharField(choices=[('skip', 'Skip'), ('unskip', 'Take a skip back'), ('pause', 'Pause'), ('resume', 'Resume'), ('set_frequency', 'Change the frequency'), ('set_next_billing', 'Move the next billing'), ('swap', 'Swap the product'), ('discount', 'Give a discount'), ('gift', 'Send a gift'), ('replacement', 'Send a replacement'), ('refund', 'Refund'), ('cancel', 'Cancel'), ('reactivate', 'Reactivate')], max_length=30)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='approval_limit_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='CancellationEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('requested', 'Asked for by mail'), ('started', 'Started'), ('reason_given', 'Reason given'), ('offers_shown', 'Offers shown'), ('no_offers', 'No offers shown'), ('offer_chosen', 'Offer chosen'), ('declared', 'Cancelled'), ('abandoned', 'Left'), ('bounced', 'Only looked'), ('dismissed', 'Not a cancellation'), ('matched', 'Matched to a subscription'), ('action_requested', 'Sent to the provider'), ('confirmed', 'Confirmed by the provider'), ('refused', 'Refused by the provider'), ('retried', 'Sent to the provider again'), ('overdue', 'Not worked off in time'), ('watch_decided', 'Watch decided'), ('reduced', 'Words removed after the retention period')], max_length=30)),
                ('from_state', models.CharField(blank=True, max_length=20)),
                ('to_state', models.CharField(blank=True, max_length=20)),
                ('actor_kind', models.CharField(choices=[('agent', 'Agent'), ('subscriber', 'Subscriber'), ('rule', 'Rule'), ('flow', 'Flow'), ('provider', 'Provider'), ('system', 'System')], default='subscriber', max_length=20)),
                ('data', models.JSONField(blank=True, default=dict)),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='CancellationNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('link', 'Link to cancel'), ('receipt', 'Receipt'), ('confirmation', 'Confirmation by the provider'), ('offer', 'What was agreed instead'), ('reminder', 'Reminder before a renewal')], max_length=20)),
                ('key', models.CharField(max_length=200, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('error', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('taken_at', None)), fields=['next_attempt_at'], name='cancellation_mail_missed')],
            },
        ),
        migrations.CreateModel(
            name='CancellationPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('country', models.CharField(blank=True, help_text='ISO 3166; EU for the Union; empty: everywhere.', max_length=2)),
                ('region', models.CharField(blank=True, help_text='ISO 3166-2 without the country, such as CA.', max_length=10)),
                ('page_form', models.CharField(choices=[('steps', 'Steps: reason, offers, done'), ('statutory', 'One page with the statutory fields and the final button')], default='steps', max_length=20)),
                ('offer_pages', models.PositiveSmallIntegerField(choices=[(0, 'None'), (1, 'One')], default=1, help_text='Never more than one.', verbose_name='pages of offers')),
                ('reason_asked', models.CharField(choices=[('before', 'Before, optional'), ('after', 'After, optional'), ('never', 'Never')], default='before', max_length=10)),
                ('entry_label', models.CharField(blank=True, help_text='Of the way in; empty: our words.', max_length=80)),
                ('final_label', models.CharField(blank=True, help_text='Of the final button; empty: our words.', max_length=80)),
                ('effect', models.CharField(choices=[('now', 'At once'), ('period_end', 'At the end of the paid period')], default='period_end', max_length=20, verbose_name='takes effect')),
                ('withdrawal_days', models.PositiveSmallIntegerField(default=0, help_text='Days in which a purchase may be undone, with a function of its own; 0: none.')),
                ('mail_suffices', models.BooleanField(default=False, help_text='A mail from the subscriber is a cancellation.')),
                ('record_years', models.PositiveSmallIntegerField(default=3, help_text='What was said is kept that long.')),
                ('reminder_days', models.PositiveSmallIntegerField(default=0, help_text='With the way to cancel; 0: none.', verbose_name='reminder before a renewal (days)')),
                ('reminder_min_months', models.PositiveSmallIntegerField(default=12, help_text='Shorter terms are not reminded.', verbose_name='reminder for terms from (months)')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name_plural': 'cancellation policies',
                'constraints': [models.CheckConstraint(condition=models.Q(('offer_pages__lte', 1)), name='cancellation_policy_one_page_of_offers'), models.CheckConstraint(condition=models.Q(models.Q(('page_form', 'statutory'), _negated=True), models.Q(('offer_pages', 0), models.Q(('reason_asked', 'before'), _negated=True)), _connector='OR'), name='cancellation_policy_statutory_is_one_page'), models.CheckConstraint(condition=models.Q(('region', ''), models.Q(('country', ''), _negated=True), _connector='OR'), name='cancellation_policy_region_in_a_country'), models.CheckConstraint(condition=models.Q(('record_years__gte', 1)), name='cancellation_policy_keeps_records')],
            },
        ),
        migrations.CreateModel(
            name='CancellationPolicyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('rules', models.JSONField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='CancellationSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(help_text='On the receipt.', max_length=16, unique=True)),
                ('key', models.CharField(blank=True, help_text="The asker's own id; makes a repeat harmless.", max_length=200)),
                ('channel', models.CharField(choices=[('portal', 'Own page'), ('agent', 'Agent'), ('mail', 'Mail'), ('api', 'API')], max_length=10)),
                ('kind', models.CharField(choices=[('ordinary', 'Cancellation'), ('extraordinary', 'Cancellation for cause'), ('withdrawal', 'Withdrawal')], default='ordinary', max_length=20)),
                ('state', models.CharField(choices=[('requested', 'Requested'), ('started', 'Started'), ('reason', 'Reason given'), ('offer', 'Offers shown'), ('accepted', 'Offer accepted'), ('abandoned', 'Left'), ('cancelled', 'Cancelled'), ('bounced', 'Only looked')], default='started', max_length=20)),
                ('flow_version', models.PositiveSmallIntegerField(help_text='Of the pages.')),
                ('arm', models.CharField(choices=[('offers', 'Offers'), ('no_offers', 'No offers')], max_length=10)),
                ('language', models.CharField(default='en', max_length=10)),
                ('source', models.CharField(blank=True, help_text='What it came from, such as T-1042.', max_length=60)),
                ('detail', models.CharField(blank=True, max_length=500)),
                ('words', models.TextField(blank=True, help_text='In their own words.')),
                ('statement', models.JSONField(blank=True, default=dict)),
                ('cycle_index', models.PositiveIntegerField(blank=True, help_text='Of the subscription, at the start.', null=True)),
                ('price', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('offer_cost', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=12)),
                ('effective_at', models.DateTimeField(blank=True, help_text='When the contract ends.', null=True)),
                ('execute_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.TextField(blank=True, help_text="Why it could not be done yet: the provider's words.")),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('refused_at', models.DateTimeField(blank=True, null=True)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reasoned_at', models.DateTimeField(blank=True, null=True)),
                ('offered_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('abandons_at', models.DateTimeField(blank=True, null=True)),
                ('due_at', models.DateTimeField(blank=True, help_text='A request by mail is worked off by then.', null=True)),
                ('warned_at', models.DateTimeField(blank=True, null=True)),
                ('watch_until', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('saved', 'Saved'), ('lost', 'Lost')], max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reduced_at', models.DateTimeField(blank=True, help_text='When the words were removed by age.', null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ('requested', 'started', 'reason', 'offer'))), fields=['abandons_at'], name='cancellation_left'), models.Index(condition=models.Q(('execute_at__isnull', False)), fields=['execute_at'], name='cancellation_to_execute'), models.Index(condition=models.Q(('due_at__isnull', False), ('state__in', ('requested', 'started', 'reason', 'offer')), ('warned_at', None)), fields=['due_at'], name='cancellation_request_due'), models.Index(condition=models.Q(('outcome', '')), fields=['watch_until'], name='cancellation_watched'), models.Index(condition=models.Q(('confirmed_at', None), ('state', 'cancelled')), fields=['ended_at'], name='cancellation_unconfirmed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['requested', 'started', 'reason', 'offer', 'accepted', 'abandoned', 'cancelled', 'bounced'])), name='cancellation_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ('requested', 'started', 'reason', 'offer'))), models.Q(models.Q(('state__in', ('requested', 'started', 'reason', 'offer')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='cancellation_ended_at_iff_ended'), models.CheckConstraint(condition=models.Q(('outcome', ''), ('decided_at__isnull', False), _connector='OR'), name='cancellation_outcome_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('channel', 'mail'), _negated=True), ('abandons_at', None), _connector='OR'), name='cancellation_by_mail_is_never_left')],
            },
        ),
        migrations.CreateModel(
            name='CancellationSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holdout_percent', models.PositiveSmallIntegerField(default=10, help_text='Chosen at random and for good, so that what offers save can be known.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='share without offers (%)')),
                ('abandoned_after_hours', models.PositiveSmallIntegerField(default=24, validators=[django.core.validators.MinValueValidator(1)])),
                ('request_due_hours', models.PositiveSmallIntegerField(default=24, validators=[django.core.validators.MinValueValidator(1)], verbose_name='mails that cancel are worked off within (hours)')),
                ('executes_mail', models.BooleanField(default=False, help_text="Where the place's policy demands it, and the sender's address is proved. Otherwise a person does.", verbose_name='mails cancel by themselves')),
            ],
            options={
                'verbose_name_plural': 'cancellation settings',
                'constraints': [models.CheckConstraint(condition=models.Q(('holdout_percent__lte', 100)), name='cancellation_holdout_is_a_share'), models.CheckConstraint(condition=models.Q(('abandoned_after_hours__gte', 1), ('request_due_hours__gte', 1)), name='cancellation_hours_positive')],
            },
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('open', 'Open'), ('paid', 'Paid'), ('refused', 'Refused, tried again'), ('lost', 'Given up'), ('void', 'Void')], default='open', max_length=20)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(help_text='When it was to be paid.')),
                ('next_attempt_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.TextField(blank=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('next_attempt_at__isnull', False)), fields=['next_attempt_at'], name='charge_due'), models.Index(condition=models.Q(('state__in', ('open', 'refused'))), fields=['due_at'], name='charge_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='charge_amount_not_negative'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'paid', 'refused', 'lost', 'void'])), name='charge_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('next_attempt_at', None), ('settled_at__isnull', False), ('state__in', ('paid', 'lost', 'void'))), models.Q(models.Q(('state__in', ('paid', 'lost', 'void')), _negated=True), ('settled_at', None)), _connector='OR'), name='charge_settled_at_iff_settled')],
            },
        ),
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('builtin', 'Built in'), ('shopify', 'Shopify'), ('recharge', 'Recharge')], max_length=20)),
                ('domain', models.CharField(help_text='As the provider knows the shop: demo.myshopify.com.', max_length=255)),
                ('webhook_secret', subscribers.encryption.EncryptedTextField(blank=True, default='')),
                ('former_webhook_secret', subscribers.encryption.EncryptedTextField(blank=True, default='')),
                ('former_secret_until', models.DateTimeField(blank=True, help_text='Until then webhooks may be signed with the former secret too.', null=True)),
                ('access_token', subscribers.encryption.EncryptedTextField(blank=True, default='')),
                ('api_version', models.CharField(blank=True, max_length=20)),
                ('api_url', models.URLField(blank=True, help_text="Only where it is not the provider's usual one.")),
                ('owns_contracts', models.BooleanField(default=False, help_text='This app made the subscription contracts, so it may read and change them.')),
                ('options', models.JSONField(blank=True, default=dict, help_text='What this provider alone needs to know.')),
                ('is_active', models.BooleanField(default=True, help_text='Off: nothing is asked of the provider.')),
                ('uninstalled_at', models.DateTimeField(blank=True, null=True)),
                ('last_reconciled_at', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('provider'), django.db.models.functions.text.Lower('domain'), name='connection_domain_unique'), models.CheckConstraint(condition=models.Q(('provider__in', ['builtin', 'shopify', 'recharge'])), name='connection_provider_known')],
            },
        ),
        migrations.CreateModel(
            name='ConsentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('mail', 'Mail'), ('web', 'Web form'), ('api', 'API'), ('agent', 'Agent')], default='mail', max_length=10)),
                ('category', models.CharField(choices=[('success', 'Help with the subscription'), ('marketing', 'Marketing')], max_length=20)),
                ('granted', models.BooleanField()),
                ('source', models.CharField(help_text="Where: the page, the mail's own button, the import.", max_length=200)),
                ('words', models.TextField(blank=True, help_text='As they were shown.')),
                ('actor_kind', models.CharField(choices=[('agent', 'Agent'), ('subscriber', 'Subscriber'), ('rule', 'Rule'), ('flow', 'Flow'), ('provider', 'Provider'), ('system', 'System')], default='subscriber', max_length=20)),
                ('asked_from', models.GenericIPAddressField(blank=True, null=True)),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('object_kind', models.CharField(help_text='subscription, cycle, box, subscriber', max_length=40)),
                ('external_id', models.CharField(max_length=200)),
                ('field', models.CharField(max_length=60)),
                ('ours', models.TextField(blank=True)),
                ('theirs', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('found', 'Found'), ('repaired', 'Repaired'), ('failed', 'Could not be repaired')], default='found', max_length=20)),
                ('error', models.TextField(blank=True)),
                ('found_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Discount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('percent', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('billings_left', models.PositiveSmallIntegerField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('amount', None), ('percent__range', (1, 100))), models.Q(('amount__gt', 0), ('percent', None)), _connector='OR'), name='discount_percent_or_amount')],
            },
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('asked', 'The person asked for it'), ('provider', 'The provider asked for it'), ('withdrawn', 'Consent was taken back'), ('age', 'Kept long enough'), ('store', 'The store has left')], max_length=20)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('expired', 'Expired')], default='queued', max_length=10)),
                ('address_hashes', models.JSONField(blank=True, default=list, help_text='HMAC-SHA256, by a key of ours.')),
                ('scope', subscribers.encryption.EncryptedTextField(blank=True, default='')),
                ('table', models.CharField(blank=True, max_length=100)),
                ('cursor', models.BigIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('error', models.TextField(blank=True)),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ('queued', 'running'))), fields=['next_attempt_at'], name='erasure_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('finished_at__isnull', False), ('scope', '')), _connector='OR'), name='erasure_done_holds_nobody')],
            },
        ),
        migrations.CreateModel(
            name='ErasureCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=100)),
                ('how', models.CharField(choices=[('redacted', 'Redacted'), ('deleted', 'Deleted'), ('files', 'Files deleted')], max_length=10)),
                ('rows', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='LinkRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254)),
                ('order_number', models.CharField(blank=True, max_length=60)),
                ('asked_from', models.GenericIPAddressField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['address', 'asked_at'], name='link_request_by_address'), models.Index(fields=['asked_from', 'asked_at'], name='link_request_by_place'), models.Index(condition=models.Q(('answered_at', None)), fields=['asked_at'], name='link_request_open')],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='For colleagues.', max_length=80)),
                ('kind', models.CharField(choices=[('skip', 'Skip the next box'), ('pause', 'Pause'), ('frequency', 'Change how often'), ('swap', 'Swap the product'), ('discount', 'Discount'), ('gift', 'Gift with the next box'), ('contact', 'Talk to us')], max_length=20)),
                ('text', models.JSONField(blank=True, default=dict, help_text='By language, such as {"en": "…"}; empty: our words.', verbose_name='words')),
                ('min_cycle', models.PositiveSmallIntegerField(blank=True, help_text='Successful billings, at least.', null=True)),
                ('max_cycle', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('min_price', models.DecimalField(blank=True, decimal_places=2, help_text='Per billing.', max_digits=12, null=True)),
                ('max_price', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('percent', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='discount (%)')),
                ('billings', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='discounted billings')),
                ('pause_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('interval', models.CharField(blank=True, choices=[('day', 'Day'), ('week', 'Week'), ('month', 'Month'), ('year', 'Year')], max_length=10)),
                ('interval_count', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('unit_cost', models.DecimalField(decimal_places=2, default=Decimal('0'), help_text="Of a gift; a discount's follows.", max_digits=12, verbose_name='cost')),
                ('cooldown_days', models.PositiveSmallIntegerField(default=100, help_text='Not shown to somebody who took any offer within so many days.')),
                ('monthly_count', models.PositiveIntegerField(blank=True, help_text='At most so many a month.', null=True)),
                ('monthly_amount', models.DecimalField(blank=True, decimal_places=2, help_text='At most so much given a month.', max_digits=12, null=True)),
                ('position', models.PositiveSmallIntegerField(default=100, help_text='The lowest comes first.')),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'discount'), _negated=True), models.Q(('billings__gte', 1), ('percent__gte', 1), ('percent__lte', 100)), _connector='OR'), name='offer_discount_has_percent_and_billings'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'pause'), _negated=True), ('pause_days__gte', 1), _connector='OR'), name='offer_pause_has_days'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'frequency'), _negated=True), models.Q(('interval_count__gte', 1), models.Q(('interval', ''), _negated=True)), _connector='OR'), name='offer_frequency_has_interval'), models.CheckConstraint(condition=models.Q(('unit_cost__gte', 0)), name='offer_cost_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='OfferShown',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('lines', models.JSONField(default=list)),
                ('shown_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='PersonExport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('expired', 'Expired')], default='queued', max_length=10)),
                ('file', models.CharField(blank=True, help_text='Its name in the store of files.', max_length=200)),
                ('size', models.PositiveBigIntegerField(default=0, help_text='Bytes.')),
                ('counts', models.JSONField(blank=True, default=dict, help_text='By table.', verbose_name='rows')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('error', models.TextField(blank=True)),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('downloaded_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ('queued', 'running'))), fields=['next_attempt_at'], name='person_export_due'), models.Index(condition=models.Q(('state', 'done')), fields=['expires_at'], name='person_export_expires')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('expires_at__isnull', False), models.Q(('file', ''), _negated=True)), _connector='OR'), name='person_export_done_has_file')],
            },
        ),
        migrations.CreateModel(
            name='PrivacyRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('export', 'Everything about a person'), ('erase', 'Erase a person'), ('erase_store', 'Erase a store')], max_length=20)),
                ('source_key', models.CharField(help_text='The webhook that brought it, or our own.', max_length=200, unique=True)),
                ('payload', models.JSONField(blank=True, default=dict)),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('refused', 'Refused'), ('failed', 'Failed')], default='open', max_length=20)),
                ('error', models.TextField(blank=True)),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['due_at'], name='privacy_request_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('due_at__gte', models.F('requested_at'))), name='privacy_request_due_later')],
            },
        ),
        migrations.CreateModel(
            name='ProviderAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('builtin', 'Built in'), ('shopify', 'Shopify'), ('recharge', 'Recharge')], max_length=20)),
                ('kind', models.CharField(choices=[('skip', 'Skip'), ('unskip', 'Take a skip back'), ('pause', 'Pause'), ('resume', 'Resume'), ('set_frequency', 'Change the frequency'), ('set_next_billing', 'Move the next billing'), ('swap', 'Swap the product'), ('discount', 'Give a discount'), ('gift', 'Send a gift'), ('replacement', 'Send a replacement'), ('refund', 'Refund'), ('cancel', 'Cancel'), ('reactivate', 'Reactivate')], max_length=30)),
                ('params', models.JSONField(blank=True, default=dict)),
                ('key', models.CharField(help_text='Made once per intent.', max_length=200, unique=True)),
                ('actor_kind', models.CharField(choices=[('agent', 'Agent'), ('subscriber', 'Subscriber'), ('rule', 'Rule'), ('flow', 'Flow'), ('provider', 'Provider'), ('system', 'System')], default='system', max_length=20)),
                ('amount', models.DecimalField(blank=True, decimal_places=2, help_text='What it costs.', max_digits=12, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('state', models.CharField(choices=[('awaiting_approval', 'Awaits approval'), ('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('refused', 'Refused by the provider'), ('failed', 'Failed'), ('cancelled', 'Withdrawn')], default='queued', max_length=20)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('error', models.TextField(blank=True, help_text="The provider's words.")),
                ('result', models.JSONField(blank=True, default=dict)),
                ('external_id', models.CharField(blank=True, max_length=200)),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'queued')), fields=['next_attempt_at'], name='action_due'), models.Index(condition=models.Q(('state', 'running')), fields=['claimed_until'], name='action_claimed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['skip', 'unskip', 'pause', 'resume', 'set_frequency', 'set_next_billing', 'swap', 'discount', 'gift', 'replacement', 'refund', 'cancel', 'reactivate']), ('provider__in', ['builtin', 'shopify', 'recharge']), ('state__in', ['awaiting_approval', 'queued', 'running', 'done', 'refused', 'failed', 'cancelled'])), name='action_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', False), ('state__in', ('done', 'refused', 'failed', 'cancelled'))), models.Q(models.Q(('state__in', ('done', 'refused', 'failed', 'cancelled')), _negated=True), ('settled_at', None)), _connector='OR'), name='action_settled_at_iff_settled'), models.CheckConstraint(condition=models.Q(models.Q(('claimed_until__isnull', False), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('claimed_until', None)), _connector='OR'), name='action_claimed_iff_running'), models.CheckConstraint(condition=models.Q(('amount', None), ('amount__gte', 0), _connector='OR'), name='action_amount_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='ProviderActionEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_state', models.CharField(blank=True, choices=[('awaiting_approval', 'Awaits approval'), ('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('refused', 'Refused by the provider'), ('failed', 'Failed'), ('cancelled', 'Withdrawn')], max_length=20)),
                ('to_state', models.CharField(choices=[('awaiting_approval', 'Awaits approval'), ('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('refused', 'Refused by the provider'), ('failed', 'Failed'), ('cancelled', 'Withdrawn')], max_length=20)),
                ('text', models.TextField(blank=True)),
                ('occurred_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='ReasonLabel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(help_text='Such as de or es.', max_length=10)),
                ('label', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='queued', max_length=20)),
                ('since', models.DateTimeField(blank=True, help_text='Only what changed since; empty: everything.', null=True)),
                ('cursor', models.TextField(blank=True, help_text="Where a killed worker's successor goes on.")),
                ('read', models.PositiveIntegerField(default=0, help_text='Objects read so far.')),
                ('expected', models.PositiveIntegerField(blank=True, help_text='Objects in all, where it is known.', null=True)),
                ('differences_found', models.PositiveIntegerField(default=0)),
                ('repaired', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('done', 'failed'))), models.Q(models.Q(('state__in', ('done', 'failed')), _negated=True), ('finished_at', None)), _connector='OR'), name='reconciliation_finished_at_iff_over')],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(help_text='As the provider names it: subscription_contracts/cancel.', max_length=100)),
                ('webhook_id', models.CharField(max_length=200)),
                ('event_id', models.CharField(blank=True, max_length=200)),
                ('triggered_at', models.DateTimeField(blank=True, help_text='When it was so, as the provider says.', null=True)),
                ('headers', models.JSONField(default=dict)),
                ('body', models.BinaryField()),
                ('state', models.CharField(choices=[('stored', 'To be processed'), ('processed', 'Processed'), ('ignored', 'Ignored'), ('quarantined', 'Quarantined')], default='stored', max_length=20)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('error', models.TextField(blank=True)),
                ('outcome', models.TextField(blank=True, help_text='What was recorded, in words.')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('processed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'stored')), fields=['next_attempt_at', 'id'], name='delivery_due'), models.Index(condition=models.Q(('state', 'quarantined')), fields=['-received_at'], name='delivery_quarantined'), models.Index(fields=['-received_at', '-id'], name='delivery_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['stored', 'processed', 'ignored', 'quarantined'])), name='delivery_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('processed_at', None), ('state', 'stored')), models.Q(models.Q(('state', 'stored'), _negated=True), ('processed_at__isnull', False)), _connector='OR'), name='delivery_processed_at_iff_settled')],
            },
        ),
        migrations.AddField(
            model_name='box',
            name='told_at',
            field=models.DateTimeField(blank=True, help_text='When its carrier and order were told last.', null=True),
        ),
        migrations.AddField(
            model_name='cycle',
            name='currency',
            field=models.CharField(blank=True, help_text="Empty: the subscription's.", max_length=3),
        ),
        migrations.AddField(
            model_name='cycle',
            name='external_id',
            field=models.CharField(blank=True, help_text="The provider's charge or billing cycle.", max_length=100),
        ),
        migrations.AddField(
            model_name='cycle',
            name='order_id',
            field=models.CharField(blank=True, max_length=100, verbose_name="provider's order"),
        ),
        migrations.AddField(
            model_name='cycle',
            name='order_number',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='cycle',
            name='refunded',
            field=models.DecimalField(decimal_places=2, default=0, max_digits=12),
        ),
        migrations.AddField(
            model_name='cycle',
            name='told_at',
            field=models.DateTimeField(blank=True, help_text='When its dates were told last.', null=True),
        ),
        migrations.AddField(
            model_name='subscription',
            name='cancels_at',
            field=models.DateTimeField(blank=True, help_text='When it ends, as was decided already.', null=True),
        ),
        migrations.AddField(
            model_name='subscription',
            name='lines',
            field=models.JSONField(blank=True, default=list, help_text='Where it has several: id, product, title, quantity, price of each.'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='paused_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='subscription',
            name='quantity',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='subscription',
            name='reread_at',
            field=models.DateTimeField(blank=True, help_text='When its provider is to be asked about it.', null=True),
        ),
        migrations.AddField(
            model_name='subscription',
            name='resumes_at',
            field=models.DateTimeField(blank=True, help_text='When a pause ends by itself.', null=True),
        ),
        migrations.AddField(
            model_name='subscription',
            name='shipping_address',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='subscriptionevent',
            name='revision',
            field=models.BigIntegerField(blank=True, help_text="The provider's, where it numbers changes.", null=True),
        ),
        migrations.AddField(
            model_name='approvallimit',
            name='store',
            field=models.ForeignKey(blank=True, help_text='Empty: every store without its own.', null=True, on_delete=django.db.models.deletion.CASCADE, to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='cancellationevent',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cancellationnotice',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='cancellationnotice',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='cancellationnotice',
            name='subscription',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='subscribers.subscription'),
        ),
        migrations.AddField(
            model_name='cancellationpolicy',
            name='store',
            field=models.ForeignKey(blank=True, help_text='Empty: shared by every store.', null=True, on_delete=django.db.models.deletion.CASCADE, to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='cancellationpolicyversion',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cancellationpolicyversion',
            name='policy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='subscribers.cancellationpolicy'),
        ),
        migrations.AddField(
            model_name='cancellationsession',
            name='actor',
            field=models.ForeignKey(blank=True, help_text='The agent, if one.', null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='cancellationsession',
            name='policy_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='subscribers.cancellationpolicyversion'),
        ),
        migrations.AddField(
            model_name='cancellationsession',
            name='reason',
            field=models.ForeignKey(blank=True, help_text='The most precise one; its parent is level 1.', null=True, on_delete=django.db.models.deletion.PROTECT, to='subscribers.reason'),
        ),
        migrations.AddField(
            model_name='cancellationsession',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cancellation_sessions', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='cancellationsession',
            name='subscriber',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cancellation_sessions', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='cancellationsession',
            name='subscription',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='cancellation_sessions', to='subscribers.subscription'),
        ),
        migrations.AddField(
            model_name='cancellationnotice',
            name='session',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='subscribers.cancellationsession'),
        ),
        migrations.AddField(
            model_name='cancellationevent',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='subscribers.cancellationsession'),
        ),
        migrations.AddField(
            model_name='cancellationsettings',
            name='store',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='cancellation_settings', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='charge',
            name='cycle',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='charge', to='subscribers.cycle'),
        ),
        migrations.AddField(
            model_name='connection',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='connections', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='consentevent',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='consentevent',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consent_events', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='difference',
            name='subscription',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='subscribers.subscription'),
        ),
        migrations.AddField(
            model_name='discount',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='discounts', to='subscribers.subscription'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='requested_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='erasure',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='erasures', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='subscriber',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='erasures', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='erasurecount',
            name='erasure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counts', to='subscribers.erasure'),
        ),
        migrations.AddField(
            model_name='linkrequest',
            name='store',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='offer',
            name='product',
            field=models.ForeignKey(blank=True, help_text='To swap to, or to give.', null=True, on_delete=django.db.models.deletion.PROTECT, to='subscribers.product'),
        ),
        migrations.AddField(
            model_name='offer',
            name='products',
            field=models.ManyToManyField(blank=True, help_text='None: every product.', related_name='+', to='subscribers.product'),
        ),
        migrations.AddField(
            model_name='offer',
            name='reasons',
            field=models.ManyToManyField(blank=True, help_text='Shown for these, and for what is below them; none: for every reason.', to='subscribers.reason'),
        ),
        migrations.AddField(
            model_name='offer',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cancellation_offers', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='cancellationsession',
            name='accepted_offer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken', to='subscribers.offer'),
        ),
        migrations.AddField(
            model_name='offershown',
            name='offer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='subscribers.offer'),
        ),
        migrations.AddField(
            model_name='offershown',
            name='session',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers_shown', to='subscribers.cancellationsession'),
        ),
        migrations.AddField(
            model_name='personexport',
            name='requested_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='personexport',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='person_exports', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='personexport',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exports', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='privacyrequest',
            name='connection',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='subscribers.connection'),
        ),
        migrations.AddField(
            model_name='privacyrequest',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='privacy_requests', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='privacyrequest',
            name='subscriber',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='personexport',
            name='request',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='subscribers.privacyrequest'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='request',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='subscribers.privacyrequest'),
        ),
        migrations.AddField(
            model_name='provideraction',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='provideraction',
            name='approved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='approved_actions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='provideraction',
            name='box',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='actions', to='subscribers.box'),
        ),
        migrations.AddField(
            model_name='provideraction',
            name='cycle',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='actions', to='subscribers.cycle'),
        ),
        migrations.AddField(
            model_name='provideraction',
            name='reason',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='subscribers.reason'),
        ),
        migrations.AddField(
            model_name='provideraction',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='actions', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='provideraction',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='actions', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='provideraction',
            name='subscription',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='actions', to='subscribers.subscription'),
        ),
        migrations.AddField(
            model_name='discount',
            name='action',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='subscribers.provideraction'),
        ),
        migrations.AddField(
            model_name='cancellationsession',
            name='cancel_action',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='cancellation_sessions', to='subscribers.provideraction'),
        ),
        migrations.AddField(
            model_name='cancellationsession',
            name='offer_action',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='subscribers.provideraction'),
        ),
        migrations.AddField(
            model_name='provideractionevent',
            name='action',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='subscribers.provideraction'),
        ),
        migrations.AddField(
            model_name='provideractionevent',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reasonlabel',
            name='reason',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='labels', to='subscribers.reason'),
        ),
        migrations.AddField(
            model_name='reconciliation',
            name='connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reconciliations', to='subscribers.connection'),
        ),
        migrations.AddField(
            model_name='reconciliation',
            name='requested_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='difference',
            name='reconciliation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='differences', to='subscribers.reconciliation'),
        ),
        migrations.AddField(
            model_name='webhookdelivery',
            name='connection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='subscribers.connection'),
        ),
        migrations.AddIndex(
            model_name='box',
            index=models.Index(condition=models.Q(('fulfillment_id', ''), _negated=True), fields=['fulfillment_id'], name='box_by_fulfillment'),
        ),
        migrations.AddIndex(
            model_name='box',
            index=models.Index(condition=models.Q(('order_id', ''), _negated=True), fields=['order_id'], name='box_by_order_id'),
        ),
        migrations.AddIndex(
            model_name='cycle',
            index=models.Index(condition=models.Q(('order_id', ''), _negated=True), fields=['order_id'], name='cycle_by_order'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(condition=models.Q(('reread_at__isnull', False)), fields=['reread_at'], name='subscription_reread_due'),
        ),
        migrations.AddConstraint(
            model_name='box',
            constraint=models.CheckConstraint(condition=models.Q(('replaces', None), ('kind', 'replacement'), _connector='OR'), name='box_only_replacement_replaces'),
        ),
        migrations.AddConstraint(
            model_name='box',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['regular', 'replacement', 'gift']), ('status__in', ['planned', 'label_purchased', 'confirmed', 'in_transit', 'out_for_delivery', 'attempted', 'delayed', 'delivered', 'failure', 'cancelled'])), name='box_status_known'),
        ),
        migrations.AddConstraint(
            model_name='box',
            constraint=models.UniqueConstraint(condition=models.Q(('fulfillment_id', ''), _negated=True), fields=('cycle', 'fulfillment_id'), name='box_fulfillment_unique_in_cycle'),
        ),
        migrations.AddConstraint(
            model_name='boxevent',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['planned', 'label_purchased', 'confirmed', 'in_transit', 'out_for_delivery', 'attempted', 'delayed', 'delivered', 'failure', 'cancelled'])), name='box_event_status_known'),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['IMMEDIATE'], fields=('subscription', 'index'), name='cycle_index_unique'),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('subscription', 'external_id'), name='cycle_external_id_unique'),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['scheduled', 'billed', 'skipped', 'failed', 'recovered', 'lost'])), name='cycle_status_known'),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount', None), ('amount__gte', 0), _connector='OR'), ('refunded__gte', 0)), name='cycle_amount_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=models.CheckConstraint(condition=models.Q(('currency', ''), ('currency__regex', '^[A-Z]{3}$'), _connector='OR'), name='cycle_currency_known'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('provider__in', ['builtin', 'shopify', 'recharge']), ('status__in', ['active', 'paused', 'cancelled', 'expired', 'failed', 'stale'])), name='subscription_status_known'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('billing_interval__in', ['day', 'week', 'month', 'year']), ('delivery_interval__in', ['day', 'week', 'month', 'year'])), name='subscription_interval_known'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='subscription_currency_known'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='subscription_quantity_positive'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='subscription_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), models.Q(('cancels_at', None), ('next_billing_at', None)), _connector='OR'), name='subscription_ended_is_not_billed'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'paused'), models.Q(('paused_at', None), ('resumes_at', None)), _connector='OR'), name='subscription_pause_only_if_paused'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('resumes_at', None), models.Q(('paused_at__isnull', False), ('resumes_at__gt', models.F('paused_at'))), _connector='OR'), name='subscription_resumes_after_pause'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('min_cycles', None), ('max_cycles', None), ('max_cycles__gte', models.F('min_cycles')), _connector='OR'), name='subscription_cycles_in_order'),
        ),
        migrations.AddConstraint(
            model_name='subscriptionevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['started', 'billed', 'billing_failed', 'billing_recovered', 'billing_lost', 'skipped', 'unskipped', 'paused', 'resumed', 'frequency_changed', 'price_changed', 'product_changed', 'quantity_changed', 'rescheduled', 'discounted', 'gift_given', 'refunded', 'cancellation_scheduled', 'cancellation_withdrawn', 'cancelled', 'expired', 'failed', 'stale', 'reactivated', 'observed'])), name='subscription_event_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='approvallimit',
            constraint=models.UniqueConstraint(fields=('store', 'role', 'kind'), name='approval_limit_one_per_role', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='cancellationpolicy',
            constraint=models.UniqueConstraint(fields=('store', 'country', 'region'), name='cancellation_policy_one_a_place', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='cancellationpolicyversion',
            constraint=models.UniqueConstraint(fields=('policy', 'number'), name='cancellation_policy_version_once'),
        ),
        migrations.AddIndex(
            model_name='cancellationevent',
            index=models.Index(fields=['session', 'occurred_at', 'id'], name='cancellation_event_in_order'),
        ),
        migrations.AddIndex(
            model_name='consentevent',
            index=models.Index(fields=['subscriber', '-occurred_at'], name='consent_event_newest'),
        ),
        migrations.AddConstraint(
            model_name='erasurecount',
            constraint=models.UniqueConstraint(fields=('erasure', 'table', 'how'), name='erasure_count_once'),
        ),
        migrations.AddIndex(
            model_name='offer',
            index=models.Index(condition=models.Q(('is_active', True)), fields=['store', 'position'], name='offer_of_store'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.UniqueConstraint(fields=('store', 'name'), name='offer_name_unique_in_store'),
        ),
        migrations.AddConstraint(
            model_name='offer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['swap', 'gift']), _negated=True), ('product__isnull', False), _connector='OR'), name='offer_swap_and_gift_have_product'),
        ),
        migrations.AddConstraint(
            model_name='offershown',
            constraint=models.UniqueConstraint(fields=('session', 'offer'), name='offer_shown_once'),
        ),
        migrations.AddConstraint(
            model_name='offershown',
            constraint=models.UniqueConstraint(fields=('session', 'position'), name='offer_shown_in_order'),
        ),
        migrations.AddConstraint(
            model_name='personexport',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('queued', 'running'))), fields=('subscriber',), name='person_export_one_open'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('queued', 'running'))), fields=('subscriber',), name='erasure_one_open'),
        ),
        migrations.AddIndex(
            model_name='provideraction',
            index=models.Index(fields=['subscriber', '-requested_at'], name='action_of_subscriber'),
        ),
        migrations.AddIndex(
            model_name='discount',
            index=models.Index(condition=models.Q(('billings_left__gt', 0)), fields=['subscription'], name='discount_left'),
        ),
        migrations.AddIndex(
            model_name='cancellationsession',
            index=models.Index(fields=['store', '-started_at', '-id'], name='cancellation_newest'),
        ),
        migrations.AddIndex(
            model_name='cancellationsession',
            index=models.Index(fields=['subscriber', '-started_at'], name='cancellation_of_subscriber'),
        ),
        migrations.AddIndex(
            model_name='cancellationsession',
            index=models.Index(condition=models.Q(('accepted_offer__isnull', False)), fields=['accepted_offer', 'ended_at'], name='cancellation_offer_taken'),
        ),
        migrations.AddConstraint(
            model_name='cancellationsession',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('requested', 'started', 'reason', 'offer'))), fields=('subscription',), name='cancellation_one_open'),
        ),
        migrations.AddConstraint(
            model_name='cancellationsession',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('store', 'key'), name='cancellation_key_once'),
        ),
        migrations.AddConstraint(
            model_name='cancellationsession',
            constraint=models.CheckConstraint(condition=models.Q(('subscription__isnull', False), ('state', 'cancelled'), _connector='OR'), name='cancellation_unmatched_is_declared'),
        ),
        migrations.AddConstraint(
            model_name='cancellationsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_offer__isnull', False), ('state', 'accepted')), models.Q(models.Q(('state', 'accepted'), _negated=True), ('accepted_offer', None)), _connector='OR'), name='cancellation_offer_iff_accepted'),
        ),
        migrations.AddConstraint(
            model_name='cancellationsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('actor__isnull', False), ('channel', 'agent')), models.Q(('channel', 'agent'), _negated=True), _connector='OR'), name='cancellation_agent_is_named'),
        ),
        migrations.AddIndex(
            model_name='provideractionevent',
            index=models.Index(fields=['action', 'occurred_at'], name='action_event_in_order'),
        ),
        migrations.AddConstraint(
            model_name='reasonlabel',
            constraint=models.UniqueConstraint(fields=('reason', 'language'), name='reason_label_once'),
        ),
        migrations.AddConstraint(
            model_name='reconciliation',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('queued', 'running'))), fields=('connection',), name='reconciliation_one_live'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.UniqueConstraint(fields=('reconciliation', 'object_kind', 'external_id', 'field'), name='difference_told_once'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('connection', 'webhook_id'), name='delivery_taken_once'),
        ),
        AppendOnly("subscribers_provideractionevent"),
        AppendOnly("subscribers_cancellationevent"),
        AppendOnly("subscribers_cancellationpolicyversion"),
        AppendOnly("subscribers_offershown"),
        AppendOnly("subscribers_consentevent"),
        Erasable("subscribers_consentevent", "source", "words", "asked_from"),
        Erasable("subscribers_subscriptionevent", "data", "source_key"),
        Erasable("subscribers_boxevent", "data", "source_key"),
        Erasable("subscribers_provideractionevent", "text"),
        Erasable("subscribers_cancellationevent", "data"),
        Erasable("subscribers_offershown", "lines", "title"),
    ]
