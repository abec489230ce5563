import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


USUAL = {
    ("agent", "refund"): 50,
    ("agent", "replacement"): 100,
    ("agent", "gift"): 25,
    ("agent", "discount"): 25,
    ("success", "refund"): 50,
    ("success", "replacement"): 100,
    ("success", "gift"): 50,
    ("success", "discount"): 50,
}


def install(apps, schema_editor):
    limits = apps.get_model("subscribers", "ApprovalLimit").objects
    shared = set(limits.filter(store=None).values_list("role", "kind"))
    rows = [
        limits.model(store=store, role=role, kind=kind, amount=amount)
        for store in apps.get_model("subscribers", "Store").objects.all()
        for (role, kind), amount in USUAL.items()
        if (role, kind) not in shared
    ]
    limits.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('subscribers', '0003_providers_and_cancelling'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='webhookdelivery',
            name='delivery_due',
        ),
        migrations.CreateModel(
            name='CardExpiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('expires_on', models.DateField()),
                ('billing_at', models.DateTimeField(help_text='The billing that it was to pay.')),
                ('noted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('settled_at', models.DateTimeField(blank=True, help_text='When the card was replaced, or not needed.', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('subscribers', 'Subscribers'), ('subscriptions', 'Subscriptions'), ('boxes', 'Billings and boxes')], max_length=20)),
                ('provider', models.CharField(choices=[('builtin', 'Built in'), ('shopify', 'Shopify'), ('recharge', 'Recharge')], help_text='Whose numbers the file bears.', max_length=20)),
                ('name', models.CharField(help_text='As it was called.', max_length=200, verbose_name='file')),
                ('file', models.CharField(blank=True, help_text='Its name in the store of files; empty once erased.', max_length=200)),
                ('size', models.PositiveBigIntegerField(default=0, help_text='Bytes.')),
                ('digest', models.CharField(blank=True, help_text='SHA-256 of the file.', max_length=64)),
                ('format', models.CharField(blank=True, help_text='By its header.', max_length=40)),
                ('encoding', models.CharField(blank=True, max_length=20)),
                ('delimiter', models.CharField(blank=True, max_length=1)),
                ('header', models.JSONField(blank=True, default=list)),
                ('mapping', models.JSONField(blank=True, default=list, help_text='By column: what it holds, or nothing.')),
                ('samples', models.JSONField(blank=True, default=list, help_text='By column: whether it has values.')),
                ('questions', models.JSONField(blank=True, default=list, help_text='What has to be answered first.')),
                ('date_order', models.CharField(blank=True, choices=[('', "Not needed: the file's dates are clear"), ('dmy', 'Day first: 3/4/2026 is 3 April'), ('mdy', 'Month first: 3/4/2026 is 4 March')], default='', max_length=3)),
                ('decimal_mark', models.CharField(blank=True, choices=[('', "Not needed: the file's amounts are clear"), ('.', 'A point: 1,234 is a thousand and more'), (',', 'A comma: 1,234 is one and a bit')], default='', max_length=1)),
                ('as_of', models.DateTimeField(help_text='When the file was true: what is known here since then stays.')),
                ('consent_proof', models.TextField(blank=True, help_text='Where consent of this file was given, and to which words.')),
                ('state', models.CharField(choices=[('reading', 'Being read'), ('asking', 'Asks something'), ('checking', 'Being checked'), ('checked', 'Checked, to be confirmed'), ('importing', 'Being imported'), ('done', 'Done'), ('failed', 'Failed'), ('withdrawn', 'Withdrawn')], default='reading', max_length=20)),
                ('total', models.PositiveIntegerField(blank=True, null=True)),
                ('done', models.PositiveIntegerField(default=0)),
                ('cursor', models.PositiveIntegerField(default=0, help_text='The last row of the file that was worked off.')),
                ('counts', models.JSONField(blank=True, default=dict, help_text='By outcome.')),
                ('checked', models.JSONField(blank=True, default=dict, help_text='What the dry run counted, by outcome.')),
                ('error', models.TextField(blank=True)),
                ('attempts', models.PositiveIntegerField(default=0, help_text='How often a worker took it up.')),
                ('stuck', models.PositiveSmallIntegerField(default=0, help_text='Of these, since the last progress.')),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ('reading', 'checking', 'importing'))), fields=['claimed_until'], name='import_worked_on'), models.Index(condition=models.Q(('file', ''), _negated=True), fields=['requested_at'], name='import_with_file')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['subscribers', 'subscriptions', 'boxes']), ('provider__in', ['builtin', 'shopify', 'recharge']), ('state__in', ['reading', 'asking', 'checking', 'checked', 'importing', 'done', 'failed', 'withdrawn'])), name='import_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('done', 'failed', 'withdrawn'))), models.Q(models.Q(('state__in', ('done', 'failed', 'withdrawn')), _negated=True), ('finished_at', None)), _connector='OR'), name='import_finished_at_iff_finished'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('importing', 'done')), _negated=True), ('confirmed_at__isnull', False), _connector='OR'), name='import_is_confirmed')],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phase', models.CharField(choices=[('check', 'Dry run'), ('import', 'Import')], max_length=10)),
                ('number', models.PositiveIntegerField(help_text='As a spreadsheet counts: the header is row 1.')),
                ('key', models.BigIntegerField()),
                ('outcome', models.CharField(choices=[('new', 'New'), ('changed', 'Changed'), ('unchanged', 'Unchanged'), ('kept', 'Kept as it is here'), ('refused', 'Refused')], max_length=10)),
                ('object_id', models.BigIntegerField(blank=True, help_text='Subscriber, subscription or cycle, by kind.', null=True)),
                ('errors', models.JSONField(blank=True, default=list, help_text='Column and words of each.')),
                ('cells', models.TextField(blank=True)),
                ('changes', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('object_id__isnull', False)), fields=['object_id'], name='import_row_by_object')],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['new', 'changed', 'unchanged', 'kept', 'refused'])), name='import_row_outcome_known')],
            },
        ),
        migrations.CreateModel(
            name='PaymentMethod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('builtin', 'Built in'), ('shopify', 'Shopify'), ('recharge', 'Recharge')], max_length=20)),
                ('external_id', models.CharField(max_length=200)),
                ('brand', models.CharField(blank=True, max_length=40)),
                ('last4', models.CharField(blank=True, max_length=4, verbose_name='last four digits')),
                ('expires_on', models.DateField(blank=True, help_text='The last day on which it is good; empty: it stays.', null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(help_text='When it was so.')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('revoked_at', None)), fields=['expires_on'], name='payment_method_expiring')],
                'constraints': [models.CheckConstraint(condition=models.Q(('provider__in', ['builtin', 'shopify', 'recharge'])), name='payment_method_provider_known')],
            },
        ),
        migrations.AddField(
            model_name='charge',
            name='asked_at',
            field=models.DateTimeField(blank=True, help_text='Since when this attempt is being made; its outcome is not known yet.', null=True),
        ),
        migrations.AddField(
            model_name='cycle',
            name='ends_told',
            field=models.BooleanField(default=True, help_text='The end was told; else it follows from how often it is billed.'),
        ),
        migrations.AddField(
            model_name='product',
            name='guidance',
            field=models.JSONField(blank=True, default=dict, help_text='By language; told before a first box arrives.', verbose_name='how to use it'),
        ),
        migrations.AddField(
            model_name='store',
            name='delivery_days',
            field=models.PositiveSmallIntegerField(default=3, help_text='From shipping to the door, where no carrier has named a day yet.', verbose_name='usual days of delivery'),
        ),
        migrations.AddField(
            model_name='store',
            name='payment_url',
            field=models.URLField(blank=True, help_text='Where subscribers change their card; empty: the account page of the shop.', max_length=500, verbose_name='page for means of payment'),
        ),
        migrations.AddField(
            model_name='cardexpiry',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='card_expiries', to='subscribers.subscription'),
        ),
        migrations.AddField(
            model_name='import',
            name='confirmed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='import',
            name='requested_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='import',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='importrow',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='subscribers.import'),
        ),
        migrations.AddField(
            model_name='paymentmethod',
            name='store',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='payment_methods', to='subscribers.store'),
        ),
        migrations.AddField(
            model_name='paymentmethod',
            name='subscriber',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='payment_methods', to='subscribers.subscriber'),
        ),
        migrations.AddField(
            model_name='cardexpiry',
            name='method',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='expiries', to='subscribers.paymentmethod'),
        ),
        migrations.AddIndex(
            model_name='box',
            index=models.Index(condition=models.Q(('delivered_at', None), models.Q(('status', 'cancelled'), _negated=True)), fields=['expected_on'], name='box_undelivered_by_date'),
        ),
        migrations.AddIndex(
            model_name='cycle',
            index=models.Index(condition=models.Q(('external_id', ''), _negated=True), fields=['external_id'], name='cycle_by_external_id'),
        ),
        migrations.AddIndex(
            model_name='subscriptionevent',
            index=models.Index(condition=models.Q(('kind__in', ('skipped', 'billing_failed'))), fields=['recorded_at'], name='subscription_event_to_hear'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'stored')), fields=['connection', 'next_attempt_at', 'id'], name='delivery_due_of_shop'),
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(fields=['store', '-requested_at'], name='import_newest'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['source', 'phase', 'key'], name='import_row_by_key'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(condition=models.Q(('outcome', 'refused')), fields=['source', 'phase', 'number'], name='import_row_refused'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('source', 'phase', 'number'), name='import_row_once'),
        ),
        migrations.AddIndex(
            model_name='paymentmethod',
            index=models.Index(fields=['subscriber'], name='payment_method_of_subscriber'),
        ),
        migrations.AddConstraint(
            model_name='paymentmethod',
            constraint=models.UniqueConstraint(fields=('store', 'provider', 'external_id'), name='payment_method_unique_in_store'),
        ),
        migrations.AddIndex(
            model_name='cardexpiry',
            index=models.Index(condition=models.Q(('settled_at', None)), fields=['subscription'], name='card_expiry_open'),
        ),
        migrations.AddConstraint(
            model_name='cardexpiry',
            constraint=models.UniqueConstraint(fields=('subscription', 'method', 'expires_on'), name='card_expiry_told_once'),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
