import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from subscribers.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("subscribers", "0006_box_batch"),
        ("success", "0006_flows_look_ahead"),
        ("tickets", "0009_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Cause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                (
                    "dimension",
                    models.CharField(
                        choices=[
                            ("all", "All boxes"),
                            ("carrier", "Carrier"),
                            ("region", "Region"),
                            ("cycle", "Box"),
                            ("product", "Product"),
                            ("batch", "Batch"),
                            ("words", "Words"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "value",
                    models.CharField(
                        help_text="Of its dimension: a product's number, a carrier, words.", max_length=120
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("found", "Found"),
                            ("investigating", "Being looked into"),
                            ("known", "Cause known"),
                            ("fixed", "Fixed"),
                            ("closed", "Closed"),
                            ("dismissed", "Dismissed"),
                        ],
                        default="found",
                        max_length=20,
                    ),
                ),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("begins_on", models.DateField(help_text="The first day of the rise: complaints count from then on.")),
                ("found_on", models.DateField(help_text="The last day that the look which found it had.")),
                ("count", models.PositiveIntegerField(help_text="Complaints in the days that it was found in.")),
                ("boxes", models.FloatField(help_text="Boxes that could cause one in those days.")),
                ("expected", models.FloatField(help_text="Complaints that were to be expected of them.")),
                ("p", models.FloatField(help_text="The probability of so many or more by chance.")),
                ("q", models.FloatField(help_text="As p, over all series of the look.")),
                (
                    "words",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Terms that stand out: term, complaints with it, of how many, times.",
                    ),
                ),
                (
                    "fixed_on",
                    models.DateField(blank=True, help_text="Boxes shipped from this day on are without it.", null=True),
                ),
                ("dismissed_because", models.CharField(blank=True, max_length=300)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="causes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="causes", to="subscribers.store"
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="causes", to="subscribers.reason"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CauseAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="Of the request: sent twice, it is one answer.", max_length=64, unique=True
                    ),
                ),
                ("text", models.TextField()),
                (
                    "resolves",
                    models.BooleanField(default=False, help_text="The tickets are resolved with it; else they wait."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "About to leave"),
                            ("sending", "Being sent"),
                            ("done", "Sent"),
                            ("taken_back", "Taken back"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("leaves_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="success.cause"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CauseAnswerItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("refused", "Refused"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("why", models.CharField(blank=True, help_text="Why it was refused or failed.", max_length=500)),
                (
                    "answer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="success.causeanswer",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="tickets.message",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.ticket"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CauseEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("found", "Found"),
                            ("moved", "State changed"),
                            ("assigned", "Assigned"),
                            ("renamed", "Renamed"),
                            ("noted", "Note added"),
                            ("linked", "Tickets linked"),
                            ("unlinked", "Ticket taken off"),
                            ("answered", "Answer to all"),
                            ("taken_back", "Answer taken back"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("agent", "Agent"),
                            ("subscriber", "Subscriber"),
                            ("rule", "Rule"),
                            ("flow", "Flow"),
                            ("provider", "Provider"),
                            ("system", "System"),
                        ],
                        max_length=20,
                    ),
                ),
                ("from_value", models.CharField(blank=True, max_length=300)),
                ("to_value", models.CharField(blank=True, max_length=300)),
                ("data", models.JSONField(blank=True, default=dict)),
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="success.cause"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CauseLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(help_text="The last day that was looked at, in the store's time zone.")),
                ("series", models.PositiveIntegerField(help_text="How many were compared.")),
                ("found", models.PositiveIntegerField()),
                ("looked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cause_looks", to="subscribers.store"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CauseTicket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: found.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "box",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="subscribers.box",
                    ),
                ),
                (
                    "cause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="success.cause"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cause_links", to="tickets.ticket"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="cause",
            index=models.Index(fields=["store", "-found_at"], name="cause_newest"),
        ),
        migrations.AddConstraint(
            model_name="cause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("found", "investigating", "known", "fixed"))),
                fields=("store", "topic", "dimension", "value"),
                name="cause_one_open_for_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="cause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dimension__in", ["all", "carrier", "region", "cycle", "product", "batch", "words"]),
                    ("state__in", ["found", "investigating", "known", "fixed", "closed", "dismissed"]),
                ),
                name="cause_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="cause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("fixed", "closed")), _negated=True),
                    ("fixed_on__isnull", False),
                    _connector="OR",
                ),
                name="cause_fixed_has_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="cause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dismissed"), models.Q(("dismissed_because", ""), _negated=True)),
                    models.Q(models.Q(("state", "dismissed"), _negated=True), ("dismissed_because", "")),
                    _connector="OR",
                ),
                name="cause_dismissed_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="causeanswer",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "sending"))), fields=["leaves_at"], name="cause_answer_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="causeanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "sending", "done", "taken_back"])),
                name="cause_answer_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="causeansweritem",
            constraint=models.UniqueConstraint(fields=("answer", "ticket"), name="cause_answer_item_once"),
        ),
        migrations.AddConstraint(
            model_name="causeansweritem",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["waiting", "sent", "refused", "failed"])),
                name="cause_answer_outcome_known",
            ),
        ),
        migrations.AddIndex(
            model_name="causeevent",
            index=models.Index(fields=["cause", "occurred_at", "id"], name="cause_event_in_order"),
        ),
        migrations.AddConstraint(
            model_name="causelook",
            constraint=models.UniqueConstraint(fields=("store", "day"), name="cause_look_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="causeticket",
            constraint=models.UniqueConstraint(fields=("cause", "ticket"), name="cause_ticket_once"),
        ),
        AppendOnly("success_causeevent"),
    ]
