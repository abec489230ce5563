import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from subscribers.append_only import AppendOnly, Erasable


class Migration(migrations.Migration):
    dependencies = [
        ("helpdesk", "0003_user_language"),
        ("subscribers", "0004_imports_and_cards"),
        ("tickets", "0006_tags_snooze_and_actions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="presence",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("away_since", models.DateTimeField(blank=True, null=True)),
                ("away_until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RuleFiring",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("fired_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("because", models.JSONField(default=list, help_text="Each condition with what was found.")),
                ("done", models.JSONField(default=list)),
                ("refused", models.JSONField(default=list, help_text="What could not be done, and why.")),
            ],
        ),
        migrations.CreateModel(
            name="RuleTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("failed_at", models.DateTimeField(blank=True, help_text="Given up then.", null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Taker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "most_open",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Is given none of this queue while they have so many. Empty: as the queue says; 0: none at all.",
                        null=True,
                        verbose_name="most open tickets",
                    ),
                ),
                ("turn", models.BigIntegerField(default=0, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="TicketRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("opened", "A ticket is opened"),
                            ("customer_replied", "The customer writes again"),
                            ("agent_replied", "An agent answers"),
                            ("status_changed", "The status changes"),
                            ("resolved", "A ticket is resolved"),
                            ("sla_warned", "A promise is due soon"),
                            ("sla_breached", "A promise is overdue"),
                            ("rated", "The customer rates our help"),
                            ("topic_added", "A topic is recognised"),
                            ("in_status", "A ticket was in a status for a while"),
                        ],
                        max_length=20,
                        verbose_name="when",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "New"),
                            ("open", "Open"),
                            ("pending", "Pending"),
                            ("on_hold", "On hold"),
                            ("resolved", "Resolved"),
                        ],
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("hours", models.PositiveIntegerField(blank=True, null=True, verbose_name="for so many hours")),
                ("conditions", models.JSONField(blank=True, default=dict)),
                ("actions", models.JSONField(blank=True, default=list)),
                ("reply", models.TextField(blank=True, max_length=10000, verbose_name="answer to the customer")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100, help_text="The lowest comes first.", verbose_name="position"
                    ),
                ),
                (
                    "stops",
                    models.BooleanField(
                        default=False,
                        help_text="No later rule is asked about what happened then.",
                        verbose_name="stop after this one",
                    ),
                ),
                (
                    "most_a_day",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="So many times on one ticket within 24 hours.",
                        verbose_name="at most a day",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "ticket rule",
                "verbose_name_plural": "ticket rules",
            },
        ),
        migrations.CreateModel(
            name="TicketRuleVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("said", models.JSONField(help_text="The rule's columns.")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name="queue",
            name="assign_by",
            field=models.CharField(
                choices=[
                    ("hand", "By hand: people take them"),
                    ("round_robin", "In turns"),
                    ("least_loaded", "Whoever has the fewest"),
                ],
                default="hand",
                max_length=20,
                verbose_name="who gets a ticket",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="give_back_minutes",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Minutes. Tickets whose customer waits, of a person who has been away or offline for so long, go to somebody else. Empty: they keep them.",
                null=True,
                verbose_name="give back after",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="most_open",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Nobody is given another while they have so many open ones, in all queues. Empty: no limit.",
                null=True,
                verbose_name="most open tickets",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("assign_by__in", ["hand", "round_robin", "least_loaded"])),
                name="queue_assign_by_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_open", None), ("most_open__gte", 1), _connector="OR"),
                name="queue_most_open_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=models.Q(("give_back_minutes", None), ("give_back_minutes__gte", 1), _connector="OR"),
                name="queue_give_back_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("away_until", None),
                    models.Q(("away_since__isnull", False), ("away_until__gt", models.F("away_since"))),
                    _connector="OR",
                ),
                name="presence_away_until_after_since",
            ),
        ),
        migrations.AddField(
            model_name="rulefiring",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rule_firings", to="tickets.ticketevent"
            ),
        ),
        migrations.AddField(
            model_name="rulefiring",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rule_firings", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="ruletask",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rule_tasks", to="tickets.ticketevent"
            ),
        ),
        migrations.AddField(
            model_name="ruletask",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rule_tasks", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="taker",
            name="queue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="takers", to="tickets.queue"
            ),
        ),
        migrations.AddField(
            model_name="taker",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="takers", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ticketrule",
            name="store",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="ticket_rules", to="subscribers.store"
            ),
        ),
        migrations.AddField(
            model_name="ruletask",
            name="rule",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tasks",
                to="tickets.ticketrule",
            ),
        ),
        migrations.AddField(
            model_name="rulefiring",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="firings", to="tickets.ticketrule"
            ),
        ),
        migrations.AddField(
            model_name="ticketruleversion",
            name="actor",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ticketruleversion",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="tickets.ticketrule"
            ),
        ),
        migrations.AddConstraint(
            model_name="taker",
            constraint=models.UniqueConstraint(fields=("queue", "user"), name="taker_one_per_queue"),
        ),
        migrations.AddIndex(
            model_name="ticketrule",
            index=models.Index(
                condition=models.Q(("is_active", True)), fields=["store", "event"], name="ticket_rule_active"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketrule",
            constraint=models.UniqueConstraint(fields=("store", "name"), name="ticket_rule_name_unique"),
        ),
        migrations.AddConstraint(
            model_name="ticketrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "event__in",
                        [
                            "opened",
                            "customer_replied",
                            "agent_replied",
                            "status_changed",
                            "resolved",
                            "sla_warned",
                            "sla_breached",
                            "rated",
                            "topic_added",
                            "in_status",
                        ],
                    )
                ),
                name="ticket_rule_event_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("event", "in_status"), ("hours__gte", 1), models.Q(("status", ""), _negated=True)),
                    models.Q(models.Q(("event", "in_status"), _negated=True), ("hours", None), ("status", "")),
                    _connector="OR",
                ),
                name="ticket_rule_waits_iff_in_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_a_day__gte", 1)), name="ticket_rule_most_a_day_positive"
            ),
        ),
        migrations.AddIndex(
            model_name="ruletask",
            index=models.Index(condition=models.Q(("failed_at", None)), fields=["due_at", "id"], name="rule_task_due"),
        ),
        migrations.AddConstraint(
            model_name="ruletask",
            constraint=models.UniqueConstraint(
                fields=("event", "rule"), name="rule_task_once_an_event", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="rulefiring",
            index=models.Index(fields=["ticket", "-fired_at"], name="rule_firing_of_ticket"),
        ),
        migrations.AddIndex(
            model_name="rulefiring",
            index=models.Index(fields=["rule", "-fired_at"], name="rule_firing_of_rule"),
        ),
        migrations.AddConstraint(
            model_name="rulefiring",
            constraint=models.UniqueConstraint(fields=("rule", "event"), name="rule_firing_once_an_event"),
        ),
        migrations.AddConstraint(
            model_name="ticketruleversion",
            constraint=models.UniqueConstraint(fields=("rule", "number"), name="ticket_rule_version_number_unique"),
        ),
        AppendOnly("tickets_ticketruleversion"),
        AppendOnly("tickets_rulefiring"),
        Erasable("tickets_rulefiring", "because", "done", "refused"),
    ]
