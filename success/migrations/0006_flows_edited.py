import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from subscribers.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("success", "0005_milestones_and_health"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="flowversion",
            name="published_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="flowversion",
            name="flow_settings",
            field=models.JSONField(
                blank=True, default=dict, help_text="What the flow's own settings become when a draft is published."
            ),
        ),
        migrations.CreateModel(
            name="FlowEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("created", "Made"), ("drafted", "Draft begun"), ("discarded", "Draft discarded"), ("published", "Published"), ("switched_on", "Switched on"), ("switched_off", "Switched off"), ("renamed", "Renamed")], max_length=20)),
                ("text", models.CharField(blank=True, max_length=500)),
                ("version_number", models.PositiveIntegerField(blank=True, null=True)),
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("actor", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ("flow", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="events", to="success.flow")),
            ],
            options={
                "indexes": [models.Index(fields=["flow", "-occurred_at", "-id"], name="flow_event_newest")],
            },
        ),
        migrations.CreateModel(
            name="DryRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.PositiveSmallIntegerField()),
                ("state", models.CharField(choices=[("queued", "Queued"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")], default="queued", max_length=10)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("result", models.JSONField(blank=True, default=dict)),
                ("error", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("requested_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ("version", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="dry_runs", to="success.flowversion")),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("finished_at", None)), fields=["id"], name="dry_run_open")],
                "constraints": [models.CheckConstraint(condition=models.Q(models.Q(("finished_at__isnull", False), ("state__in", ("done", "failed"))), models.Q(models.Q(("state__in", ("done", "failed")), _negated=True), ("finished_at", None)), _connector="OR"), name="dry_run_finished_at_iff_over")],
            },
        ),
        migrations.AddIndex(
            model_name="runstep",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", False)),
                fields=["step", "finished_at"],
                include=["state"],
                name="run_step_of_picture",
            ),
        ),
        AppendOnly("success_flowevent"),
    ]
