import django.db.models.deletion
import django.utils.timezone
import tickets.models.drafts
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subscribers', '0004_imports_and_cards'),
        ('tickets', '0007_assignment_and_rules'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reply', 'Reply'), ('note', 'Note')], max_length=10)),
                ('text', models.TextField(blank=True)),
                ('cc', models.CharField(blank=True, help_text='Addresses in copy, as they were typed.', max_length=2000)),
                ('copies', models.JSONField(blank=True, default=list, help_text='Addresses of people who were ticked.')),
                ('actions', models.JSONField(blank=True, default=list, help_text='What is done when it is sent.')),
                ('macros', models.JSONField(blank=True, default=list, help_text='The macros that it was made with.')),
                ('others', models.JSONField(blank=True, default=list)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL)),
                ('resumes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.message')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='tickets.ticket')),
            ],
        ),
        migrations.CreateModel(
            name='DraftFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('file', models.FileField(max_length=200, upload_to=tickets.models.drafts.upload_path)),
                ('name', models.CharField(max_length=255)),
                ('content_type', models.CharField(default='application/octet-stream', max_length=255)),
                ('size', models.PositiveBigIntegerField(help_text='Bytes.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='tickets.draft')),
            ],
        ),
        migrations.CreateModel(
            name='Macro',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('folder', models.CharField(blank=True, help_text='Macros of one folder stand together.', max_length=80)),
                ('audience', models.CharField(choices=[('everyone', 'Everyone'), ('queue', 'Who sees a queue'), ('own', 'One person')], default='everyone', max_length=10, verbose_name='who may use it')),
                ('actions', models.JSONField(blank=True, default=list, help_text='What is done when it is sent.')),
                ('shown_when', models.JSONField(blank=True, default=dict, help_text='What is true of a ticket for which it is offered.')),
                ('position', models.PositiveSmallIntegerField(default=100)),
                ('is_active', models.BooleanField(default=True)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='macros', to=settings.AUTH_USER_MODEL)),
                ('queue', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='macros', to='tickets.queue')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='macros', to='subscribers.store')),
            ],
        ),
        migrations.CreateModel(
            name='MacroText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(default='en', help_text='Such as en, de or pt-br.', max_length=10)),
                ('text', models.TextField(help_text='{{ first_name|there }}: the customer’s first name, else “there”.')),
                ('macro', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='tickets.macro')),
            ],
        ),
        migrations.CreateModel(
            name='MacroUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('times', models.PositiveIntegerField(default=0)),
                ('last_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('macro', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='tickets.macro')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='tickets.message')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='tickets.ticket')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Viewing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('writing', models.CharField(blank=True, choices=[('reply', 'Reply'), ('note', 'Note')], help_text='What they write; empty: nothing.', max_length=10)),
                ('writing_until', models.DateTimeField(blank=True, null=True)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_at', models.DateTimeField(help_text='When they are taken to be gone.')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='viewings', to='tickets.ticket')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('author', 'ticket', 'kind'), name='draft_one_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['reply', 'note'])), name='draft_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='macro',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('audience', 'everyone'), ('owner', None), ('queue', None)), models.Q(('audience', 'queue'), ('owner', None), ('queue__isnull', False)), models.Q(('audience', 'own'), ('owner__isnull', False), ('queue', None)), _connector='OR'), name='macro_audience_names_whom'),
        ),
        migrations.AddConstraint(
            model_name='macro',
            constraint=models.UniqueConstraint(condition=models.Q(('audience', 'own'), _negated=True), fields=('store', 'folder', 'name'), name='macro_name_unique_in_folder'),
        ),
        migrations.AddConstraint(
            model_name='macrotext',
            constraint=models.UniqueConstraint(fields=('macro', 'language'), name='macro_text_one_a_language'),
        ),
        migrations.AddConstraint(
            model_name='macrouse',
            constraint=models.UniqueConstraint(fields=('macro', 'user'), name='macro_use_one_a_person'),
        ),
        migrations.AddIndex(
            model_name='mention',
            index=models.Index(fields=['user', 'ticket'], name='mention_of_user'),
        ),
        migrations.AddIndex(
            model_name='mention',
            index=models.Index(condition=models.Q(('seen_at', None)), fields=['user', 'ticket'], name='mention_unseen'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.UniqueConstraint(fields=('message', 'user'), name='mention_once_a_message'),
        ),
        migrations.AddIndex(
            model_name='viewing',
            index=models.Index(fields=['due_at'], name='viewing_due'),
        ),
        migrations.AddConstraint(
            model_name='viewing',
            constraint=models.UniqueConstraint(fields=('ticket', 'user'), name='viewing_once_a_person'),
        ),
        migrations.AddConstraint(
            model_name='viewing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('writing', ''), ('writing_until', None)), models.Q(models.Q(('writing', ''), _negated=True), ('writing_until__isnull', False)), _connector='OR'), name='viewing_writing_until_iff_writing'),
        ),
    ]
