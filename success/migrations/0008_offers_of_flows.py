import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from subscribers.append_only import AppendOnly, Erasable


class Migration(migrations.Migration):
    dependencies = [
        ("subscribers", "0004_what_a_first_box_tells"),
        ("success", "0007_alerts_of_all_kinds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FlowOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("skip", "Skip the next box"),
                            ("pause", "Pause"),
                            ("frequency", "Change how often"),
                            ("swap", "Swap the product"),
                            ("discount", "Discount"),
                            ("gift", "Gift with the next box"),
                            ("contact", "Talk to us"),
                        ],
                        max_length=20,
                    ),
                ),
                ("params", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("made", "Made"),
                            ("opened", "Opened"),
                            ("accepted", "Accepted"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                        ],
                        default="made",
                        max_length=10,
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=10)),
                ("shown", models.JSONField(blank=True, default=dict)),
                ("error", models.TextField(blank=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("valid_until", models.DateTimeField()),
                (
                    "opened_at",
                    models.DateTimeField(blank=True, help_text="Its page was fetched, by whomever.", null=True),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="FlowOfferEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_state", models.CharField(blank=True, max_length=10)),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("made", "Made"),
                            ("opened", "Opened"),
                            ("accepted", "Accepted"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name="flowoffer",
            name="action",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="flow_offers",
                to="subscribers.provideraction",
            ),
        ),
        migrations.AddField(
            model_name="flowoffer",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replaced_by",
                to="success.flowoffer",
            ),
        ),
        migrations.AddField(
            model_name="flowoffer",
            name="run",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="offers",
                to="success.run",
            ),
        ),
        migrations.AddField(
            model_name="flowoffer",
            name="run_step",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="offers",
                to="success.runstep",
            ),
        ),
        migrations.AddField(
            model_name="flowoffer",
            name="store",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="flow_offers", to="subscribers.store"
            ),
        ),
        migrations.AddField(
            model_name="flowoffer",
            name="subscriber",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="flow_offers", to="subscribers.subscriber"
            ),
        ),
        migrations.AddField(
            model_name="flowoffer",
            name="subscription",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="flow_offers", to="subscribers.subscription"
            ),
        ),
        migrations.AddField(
            model_name="flowofferevent",
            name="offer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="events", to="success.flowoffer"
            ),
        ),
        migrations.AddIndex(
            model_name="flowoffer",
            index=models.Index(
                condition=models.Q(("state__in", ("made", "opened"))), fields=["valid_until"], name="flow_offer_open"
            ),
        ),
        migrations.AddIndex(
            model_name="flowoffer",
            index=models.Index(fields=["run", "-made_at"], name="flow_offer_of_run"),
        ),
        migrations.AddConstraint(
            model_name="flowoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["skip", "pause", "frequency", "swap", "discount", "gift", "contact"]),
                    ("state__in", ["made", "opened", "accepted", "done", "failed", "declined", "expired"]),
                ),
                name="flow_offer_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="flowoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", False), ("state__in", ("accepted", "done", "failed", "declined"))),
                    models.Q(
                        models.Q(("state__in", ("accepted", "done", "failed", "declined")), _negated=True),
                        ("decided_at", None),
                    ),
                    _connector="OR",
                ),
                name="flow_offer_decided_at_iff_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="flowoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__gt", models.F("made_at"))), name="flow_offer_valid_a_while"
            ),
        ),
        migrations.AddIndex(
            model_name="flowofferevent",
            index=models.Index(fields=["offer", "occurred_at", "id"], name="flow_offer_event_in_order"),
        ),
        AppendOnly("success_flowofferevent"),
        Erasable("success_flowofferevent", "text"),
    ]
