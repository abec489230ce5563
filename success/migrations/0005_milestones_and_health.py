import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from subscribers.append_only import AppendOnly, Erasable


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("subscribers", "0003_providers_and_cancelling"),
        ("success", "0004_flows_by_trigger"),
        ("tickets", "0003_mail_both_ways"),
    ]

    operations = [
        migrations.CreateModel(
            name="Engagement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("use_confirmed", "First use confirmed"),
                            ("survey_answered", "Survey answered"),
                            ("rated", "Answer rated"),
                            ("told", "Something else"),
                        ],
                        max_length=20,
                    ),
                ),
                ("subject", models.CharField(blank=True, help_text="Which survey, or what was told.", max_length=60)),
                ("number", models.IntegerField(blank=True, help_text="A score, where there is one.", null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("link", "Link in a mail"),
                            ("account", "Their own account page"),
                            ("agent", "Agent"),
                            ("provider", "Provider"),
                            ("api", "API"),
                            ("ticket", "Ticket"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "source_key",
                    models.CharField(help_text="The teller's own id; makes a repeat harmless.", max_length=100),
                ),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("retracted_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Health",
            fields=[
                (
                    "subscriber",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="health",
                        serialize=False,
                        to="subscribers.subscriber",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(blank=True, help_text="From 0 to 100.", null=True)),
                (
                    "word",
                    models.CharField(
                        choices=[
                            ("healthy", "Healthy"),
                            ("watch", "Watch"),
                            ("at_risk", "At risk"),
                            ("critical", "Critical"),
                            ("none", "No live subscription"),
                        ],
                        default="none",
                        max_length=20,
                    ),
                ),
                ("success", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("service", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "signals",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Every signal: kind, moment, the row that it rests on, size, points.",
                    ),
                ),
                ("computed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changed_at",
                    models.DateTimeField(blank=True, help_text="When the number was another one last.", null=True),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True, help_text="The next moment at which it can change by itself.", null=True
                    ),
                ),
                (
                    "fell_at",
                    models.DateTimeField(blank=True, help_text="Since when it has been low after a fall.", null=True),
                ),
                ("fell_from", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("told_key", models.CharField(blank=True, help_text="The fall that alerts know of.", max_length=60)),
                (
                    "to_tell",
                    models.BooleanField(default=False, help_text="Alerts have not heard of the fall, or of its end."),
                ),
            ],
            options={
                "verbose_name_plural": "health",
            },
        ),
        migrations.CreateModel(
            name="HealthEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "from_word",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("healthy", "Healthy"),
                            ("watch", "Watch"),
                            ("at_risk", "At risk"),
                            ("critical", "Critical"),
                            ("none", "No live subscription"),
                        ],
                        max_length=20,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "word",
                    models.CharField(
                        choices=[
                            ("healthy", "Healthy"),
                            ("watch", "Watch"),
                            ("at_risk", "At risk"),
                            ("critical", "Critical"),
                            ("none", "No live subscription"),
                        ],
                        max_length=20,
                    ),
                ),
                ("success", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("service", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "reasons",
                    models.JSONField(blank=True, default=list, help_text="What counted: as in the current row."),
                ),
                ("occurred_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="HealthScale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "base",
                    models.PositiveSmallIntegerField(
                        default=80,
                        help_text="Of a subscriber of whom nothing is known yet.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                    ),
                ),
                (
                    "healthy_from",
                    models.PositiveSmallIntegerField(
                        default=75, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                (
                    "risk_until",
                    models.PositiveSmallIntegerField(
                        default=50,
                        help_text="Between the two: watch.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="at risk up to",
                    ),
                ),
                ("critical_until", models.PositiveSmallIntegerField(default=25, verbose_name="critical up to")),
                (
                    "fall_points",
                    models.PositiveSmallIntegerField(
                        default=25,
                        help_text="A fall of so many points is told, …",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "fall_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="… within so many days. A fall into at risk or critical is always told.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="HealthWeight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("milestone_achieved", "Milestone achieved"),
                            ("renewed", "Renewed"),
                            ("tenure", "A quarter subscribed"),
                            ("engaged", "Told us of using it"),
                            ("milestone_behind", "Milestone behind"),
                            ("milestone_stuck", "Milestone stuck"),
                            ("skipped", "Skipped a box"),
                            ("skipped_twice", "Two skips in a row"),
                            ("paused", "Paused"),
                            ("payment_failed", "Payment failed"),
                            ("complaint_open", "Complaint open"),
                            ("damaged_box", "Damaged box"),
                            ("sla_breached", "SLA breached"),
                            ("reopened", "Ticket reopened"),
                            ("low_satisfaction", "Bad satisfaction score"),
                            ("cycle_one_ticket", "Cycle-1 ticket"),
                            ("slow_resolution", "Slow resolution"),
                            ("box_late", "Late box"),
                            ("cancellation_started", "Cancellation started"),
                        ],
                        max_length=30,
                        verbose_name="signal",
                    ),
                ),
                (
                    "points",
                    models.PositiveSmallIntegerField(
                        help_text="From 0 to 100: added for what is good, taken off for the rest.",
                        validators=[django.core.validators.MaxValueValidator(100)],
                    ),
                ),
                (
                    "half_life_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Days after which it says half as much; empty: it counts fully as long as it is so.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="half-life",
                    ),
                ),
                (
                    "most",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="So many of its kind.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="counted at most",
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(help_text="Short name for the API and flows; stays.", max_length=60)),
                ("label", models.CharField(max_length=120)),
                (
                    "labels",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='By language, such as {"de": "Erste Box geliefert"}.',
                        verbose_name="translations",
                    ),
                ),
                (
                    "predicate",
                    models.CharField(
                        choices=[
                            ("box_delivered", "Box delivered (number: which one)"),
                            ("use_confirmed", "First use confirmed"),
                            ("renewed", "Renewed (number: which successful renewal)"),
                            ("subscribed_days", "Subscribed (number: for how many days)"),
                            ("order_value", "Paid altogether (number: how much, in the subscription’s currency)"),
                            ("survey_answered", "Survey answered (subject: its name; empty: any)"),
                            ("fact_told", "Something else was told (subject: its name)"),
                        ],
                        max_length=30,
                        verbose_name="achieved when",
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)]),
                ),
                (
                    "subject",
                    models.CharField(blank=True, help_text="Of a survey or of another fact: its name.", max_length=60),
                ),
                (
                    "anchor",
                    models.CharField(
                        choices=[
                            ("started", "Start of the subscription"),
                            ("first_billing", "First payment"),
                            ("first_box", "First box delivered"),
                        ],
                        default="started",
                        max_length=20,
                        verbose_name="counted from",
                    ),
                ),
                ("target_days", models.PositiveSmallIntegerField(help_text="Expected so many days after that.")),
                (
                    "behind_after_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="Days of grace after the target until it is behind.",
                        verbose_name="behind after",
                    ),
                ),
                (
                    "stuck_after_days",
                    models.PositiveSmallIntegerField(
                        default=30, help_text="Days after the target until it is stuck.", verbose_name="stuck after"
                    ),
                ),
                (
                    "is_value",
                    models.BooleanField(
                        default=False,
                        help_text="Time-to-value is counted to the first of these.",
                        verbose_name="proves the value",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100)),
                ("is_active", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="MilestoneEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pending", "Not begun"),
                            ("on_track", "On track"),
                            ("behind", "Behind"),
                            ("stuck", "Stuck"),
                            ("achieved", "Achieved"),
                            ("abandoned", "Ended before"),
                            ("withdrawn", "No longer asked for"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("pending", "Not begun"),
                            ("on_track", "On track"),
                            ("behind", "Behind"),
                            ("stuck", "Stuck"),
                            ("achieved", "Achieved"),
                            ("abandoned", "Ended before"),
                            ("withdrawn", "No longer asked for"),
                        ],
                        max_length=20,
                    ),
                ),
                ("evidence", models.CharField(blank=True, max_length=60)),
                ("occurred_at", models.DateTimeField(help_text="When it took effect.")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="MilestoneProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Not begun"),
                            ("on_track", "On track"),
                            ("behind", "Behind"),
                            ("stuck", "Stuck"),
                            ("achieved", "Achieved"),
                            ("abandoned", "Ended before"),
                            ("withdrawn", "No longer asked for"),
                        ],
                        max_length=20,
                    ),
                ),
                ("since", models.DateTimeField(help_text="When its state began.")),
                ("anchor_at", models.DateTimeField(blank=True, null=True)),
                (
                    "target_at",
                    models.DateTimeField(
                        blank=True, help_text="Empty while it is not known: also in a pause.", null=True
                    ),
                ),
                ("behind_at", models.DateTimeField(blank=True, null=True)),
                ("stuck_at", models.DateTimeField(blank=True, null=True)),
                ("achieved_at", models.DateTimeField(blank=True, null=True)),
                ("abandoned_at", models.DateTimeField(blank=True, null=True)),
                (
                    "evidence",
                    models.CharField(blank=True, help_text="The fact that achieved it, such as box:7.", max_length=60),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True, help_text="The next moment at which it can change by itself.", null=True
                    ),
                ),
                (
                    "told_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pending", "Not begun"),
                            ("on_track", "On track"),
                            ("behind", "Behind"),
                            ("stuck", "Stuck"),
                            ("achieved", "Achieved"),
                            ("abandoned", "Ended before"),
                            ("withdrawn", "No longer asked for"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "to_tell",
                    models.BooleanField(default=False, help_text="Alerts and flows have not heard of its state."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Stale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.AddField(
            model_name="engagement",
            name="actor",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="engagement",
            name="store",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="subscribers.store"
            ),
        ),
        migrations.AddField(
            model_name="engagement",
            name="subscriber",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="engagements", to="subscribers.subscriber"
            ),
        ),
        migrations.AddField(
            model_name="engagement",
            name="subscription",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="engagements",
                to="subscribers.subscription",
            ),
        ),
        migrations.AddField(
            model_name="engagement",
            name="ticket",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="health",
            name="store",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="subscribers.store"
            ),
        ),
        migrations.AddField(
            model_name="healthevent",
            name="subscriber",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="health_events", to="subscribers.subscriber"
            ),
        ),
        migrations.AddField(
            model_name="healthscale",
            name="store",
            field=models.OneToOneField(
                blank=True,
                help_text="Empty: for stores without one.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="subscribers.store",
            ),
        ),
        migrations.AddField(
            model_name="healthweight",
            name="store",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: for stores without one.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="subscribers.store",
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="products",
            field=models.ManyToManyField(
                blank=True, help_text="None: for subscriptions to anything.", to="subscribers.product"
            ),
        ),
        migrations.AddField(
            model_name="milestone",
            name="store",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: for every store without its own.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="subscribers.store",
            ),
        ),
        migrations.AddField(
            model_name="milestoneprogress",
            name="milestone",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="progress", to="success.milestone"
            ),
        ),
        migrations.AddField(
            model_name="milestoneprogress",
            name="store",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="milestone_progress", to="subscribers.store"
            ),
        ),
        migrations.AddField(
            model_name="milestoneprogress",
            name="subscriber",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="milestones", to="subscribers.subscriber"
            ),
        ),
        migrations.AddField(
            model_name="milestoneprogress",
            name="subscription",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="milestones", to="subscribers.subscription"
            ),
        ),
        migrations.AddField(
            model_name="milestoneevent",
            name="progress",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="events", to="success.milestoneprogress"
            ),
        ),
        migrations.AddField(
            model_name="stale",
            name="subscriber",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="subscribers.subscriber",
            ),
        ),
        migrations.AddIndex(
            model_name="engagement",
            index=models.Index(fields=["subscriber", "occurred_at"], name="engagement_of_subscriber"),
        ),
        migrations.AddConstraint(
            model_name="engagement",
            constraint=models.UniqueConstraint(fields=("store", "kind", "source_key"), name="engagement_told_once"),
        ),
        migrations.AddConstraint(
            model_name="engagement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "use_confirmed"), ("retracted_at", None)),
                fields=("subscription",),
                name="engagement_first_use_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="engagement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "use_confirmed"), _negated=True), ("subscription__isnull", False), _connector="OR"
                ),
                name="engagement_use_of_a_subscription",
            ),
        ),
        migrations.AddConstraint(
            model_name="engagement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["use_confirmed", "survey_answered", "rated", "told"]),
                    ("source__in", ["link", "account", "agent", "provider", "api", "ticket"]),
                ),
                name="engagement_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="health",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="health_due"),
        ),
        migrations.AddIndex(
            model_name="health",
            index=models.Index(condition=models.Q(("to_tell", True)), fields=["subscriber"], name="health_to_tell"),
        ),
        migrations.AddIndex(
            model_name="health",
            index=models.Index(fields=["store", "word", "number", "subscriber"], name="health_by_word"),
        ),
        migrations.AddConstraint(
            model_name="health",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number", None), ("word", "none")),
                    models.Q(
                        models.Q(("word", "none"), _negated=True), ("number__isnull", False), ("number__lte", 100)
                    ),
                    _connector="OR",
                ),
                name="health_number_iff_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="health",
            constraint=models.CheckConstraint(
                condition=models.Q(("word__in", ["healthy", "watch", "at_risk", "critical", "none"])),
                name="health_word_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="health",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fell_at", None), ("fell_from", None)),
                    models.Q(("fell_at__isnull", False), ("fell_from__isnull", False)),
                    _connector="OR",
                ),
                name="health_fell_from_iff_fell",
            ),
        ),
        migrations.AddIndex(
            model_name="healthevent",
            index=models.Index(fields=["subscriber", "-occurred_at"], name="health_event_newest"),
        ),
        migrations.AddConstraint(
            model_name="healthscale",
            constraint=models.UniqueConstraint(
                condition=models.Q(("store", None)),
                fields=("store",),
                name="health_scale_one_shared",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="healthscale",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("critical_until__lt", models.F("risk_until")),
                    ("healthy_from__lte", 100),
                    ("risk_until__lt", models.F("healthy_from")),
                    ("base__lte", 100),
                    ("fall_days__gte", 1),
                    ("fall_points__gte", 1),
                ),
                name="health_scale_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="healthweight",
            constraint=models.UniqueConstraint(
                fields=("store", "kind"), name="health_weight_one_per_kind", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="healthweight",
            constraint=models.CheckConstraint(
                condition=models.Q(("most__gte", 1), ("points__lte", 100)), name="health_weight_bounded"
            ),
        ),
        migrations.AddConstraint(
            model_name="healthweight",
            constraint=models.CheckConstraint(
                condition=models.Q(("half_life_days", None), ("half_life_days__gte", 1), _connector="OR"),
                name="health_half_life_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="healthweight",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "milestone_achieved",
                            "renewed",
                            "tenure",
                            "engaged",
                            "milestone_behind",
                            "milestone_stuck",
                            "skipped",
                            "skipped_twice",
                            "paused",
                            "payment_failed",
                            "complaint_open",
                            "damaged_box",
                            "sla_breached",
                            "reopened",
                            "low_satisfaction",
                            "cycle_one_ticket",
                            "slow_resolution",
                            "box_late",
                            "cancellation_started",
                        ],
                    )
                ),
                name="health_weight_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.UniqueConstraint(
                fields=("store", "key"), name="milestone_key_unique", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="milestone_number_from_one"),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(("stuck_after_days__gte", models.F("behind_after_days"))),
                name="milestone_stuck_after_behind",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("anchor__in", ["started", "first_billing", "first_box"]),
                    (
                        "predicate__in",
                        [
                            "box_delivered",
                            "use_confirmed",
                            "renewed",
                            "subscribed_days",
                            "order_value",
                            "survey_answered",
                            "fact_told",
                        ],
                    ),
                ),
                name="milestone_vocabulary_known",
            ),
        ),
        migrations.AddIndex(
            model_name="milestoneprogress",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="milestone_due"),
        ),
        migrations.AddIndex(
            model_name="milestoneprogress",
            index=models.Index(condition=models.Q(("to_tell", True)), fields=["id"], name="milestone_to_tell"),
        ),
        migrations.AddIndex(
            model_name="milestoneprogress",
            index=models.Index(fields=["subscriber", "milestone"], name="milestone_of_subscriber"),
        ),
        migrations.AddConstraint(
            model_name="milestoneprogress",
            constraint=models.UniqueConstraint(fields=("subscription", "milestone"), name="milestone_progress_once"),
        ),
        migrations.AddConstraint(
            model_name="milestoneprogress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["pending", "on_track", "behind", "stuck", "achieved", "abandoned", "withdrawn"])
                ),
                name="milestone_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestoneprogress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("achieved_at__isnull", False), ("state", "achieved")),
                    models.Q(models.Q(("state", "achieved"), _negated=True), ("achieved_at", None)),
                    _connector="OR",
                ),
                name="milestone_achieved_at_iff_achieved",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestoneprogress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("abandoned_at__isnull", False), ("state", "abandoned")),
                    models.Q(models.Q(("state", "abandoned"), _negated=True), ("abandoned_at", None)),
                    _connector="OR",
                ),
                name="milestone_abandoned_at_iff_abandoned",
            ),
        ),
        migrations.AddIndex(
            model_name="milestoneevent",
            index=models.Index(fields=["progress", "id"], name="milestone_event_in_order"),
        ),
        AppendOnly("success_milestoneevent"),
        AppendOnly("success_healthevent"),
        Erasable("success_healthevent", "reasons"),
    ]
