import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whatever a figure rests on marks its ticket, in the transaction of the change; tickets' own code knows nothing of it.
MARKS = """
CREATE FUNCTION success_mark_ticket(ticket bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO success_measuremark (kind, subject, made_in)
    VALUES ('ticket', ticket, (pg_current_xact_id()::text)::bigint) ON CONFLICT DO NOTHING
$$;
CREATE FUNCTION success_ticket_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM success_mark_ticket(NEW.id); RETURN NULL; END $$;
CREATE FUNCTION success_of_ticket_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM success_mark_ticket(OLD.ticket_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM success_mark_ticket(NEW.ticket_id); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION success_store_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO success_measuremark (kind, subject, made_in)
    SELECT 'ticket', id, (pg_current_xact_id()::text)::bigint FROM tickets_ticket WHERE store_id = NEW.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION success_measured() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO success_daymark (store_id, metric, day, made_in)
    SELECT DISTINCT store_id, metric, day, (pg_current_xact_id()::text)::bigint FROM changed
    UNION SELECT store_id, metric, until, (pg_current_xact_id()::text)::bigint FROM changed WHERE until IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER success_marks AFTER INSERT ON tickets_ticket
    FOR EACH ROW EXECUTE FUNCTION success_ticket_changed();
CREATE TRIGGER success_marks_changes AFTER UPDATE ON tickets_ticket FOR EACH ROW
    WHEN ((OLD.queue_id, OLD.assignee_id, OLD.subscription_id, OLD.box_id, OLD.cycle_index, OLD.channel, OLD.status,
           OLD.opened_at, OLD.resolved_at, OLD.deleted_at, OLD.merged_into_id)
          IS DISTINCT FROM
          (NEW.queue_id, NEW.assignee_id, NEW.subscription_id, NEW.box_id, NEW.cycle_index, NEW.channel, NEW.status,
           NEW.opened_at, NEW.resolved_at, NEW.deleted_at, NEW.merged_into_id))
    EXECUTE FUNCTION success_ticket_changed();
CREATE TRIGGER success_marks AFTER INSERT ON tickets_ticketevent FOR EACH ROW
    WHEN (NEW.kind IN ('status_changed', 'resolved', 'reopened'))
    EXECUTE FUNCTION success_of_ticket_changed();
CREATE TRIGGER success_marks AFTER INSERT OR DELETE ON tickets_message
    FOR EACH ROW EXECUTE FUNCTION success_of_ticket_changed();
CREATE TRIGGER success_marks_changes AFTER UPDATE ON tickets_message FOR EACH ROW
    WHEN ((OLD.ticket_id, OLD.kind, OLD.state, OLD.automatic, OLD.author_kind, OLD.author_id, OLD.created_at)
          IS DISTINCT FROM
          (NEW.ticket_id, NEW.kind, NEW.state, NEW.automatic, NEW.author_kind, NEW.author_id, NEW.created_at))
    EXECUTE FUNCTION success_of_ticket_changed();
CREATE TRIGGER success_marks AFTER INSERT OR DELETE ON tickets_tickettopic
    FOR EACH ROW EXECUTE FUNCTION success_of_ticket_changed();
CREATE TRIGGER success_marks_changes AFTER UPDATE ON tickets_tickettopic FOR EACH ROW
    WHEN ((OLD.ticket_id, OLD.reason_id, OLD.rejected_at) IS DISTINCT FROM
          (NEW.ticket_id, NEW.reason_id, NEW.rejected_at))
    EXECUTE FUNCTION success_of_ticket_changed();
CREATE TRIGGER success_marks AFTER INSERT OR DELETE ON tickets_clock
    FOR EACH ROW EXECUTE FUNCTION success_of_ticket_changed();
CREATE TRIGGER success_marks_changes AFTER UPDATE ON tickets_clock FOR EACH ROW
    WHEN ((OLD.state, OLD.due_at, OLD.met_at, OLD.breached_at, OLD.version_id) IS DISTINCT FROM
          (NEW.state, NEW.due_at, NEW.met_at, NEW.breached_at, NEW.version_id))
    EXECUTE FUNCTION success_of_ticket_changed();
CREATE TRIGGER success_marks AFTER INSERT OR UPDATE OR DELETE ON tickets_satisfactionrequest
    FOR EACH ROW EXECUTE FUNCTION success_of_ticket_changed();
CREATE TRIGGER success_marks_failures AFTER UPDATE ON tickets_outboundmail FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state AND NEW.message_id IS NOT NULL AND NEW.ticket_id IS NOT NULL
          AND 'failed' IN (OLD.state, NEW.state))
    EXECUTE FUNCTION success_of_ticket_changed();
CREATE TRIGGER success_marks_zone AFTER UPDATE ON subscribers_store FOR EACH ROW
    WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone) EXECUTE FUNCTION success_store_moved();

CREATE TRIGGER success_measured_new AFTER INSERT ON success_measurement REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION success_measured();
CREATE TRIGGER success_measured_old AFTER DELETE ON success_measurement REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION success_measured();

INSERT INTO success_measuremark (kind, subject, made_in) SELECT 'ticket', id, 0 FROM tickets_ticket;
"""
UNMARK = (
    "".join(
        f"DROP TRIGGER {name} ON {table};"
        for name, table in (
            ("success_marks", "tickets_ticket"),
            ("success_marks_changes", "tickets_ticket"),
            ("success_marks", "tickets_ticketevent"),
            ("success_marks", "tickets_message"),
            ("success_marks_changes", "tickets_message"),
            ("success_marks", "tickets_tickettopic"),
            ("success_marks_changes", "tickets_tickettopic"),
            ("success_marks", "tickets_clock"),
            ("success_marks_changes", "tickets_clock"),
            ("success_marks", "tickets_satisfactionrequest"),
            ("success_marks_failures", "tickets_outboundmail"),
            ("success_marks_zone", "subscribers_store"),
            ("success_measured_new", "success_measurement"),
            ("success_measured_old", "success_measurement"),
        )
    )
    + """
DROP FUNCTION success_ticket_changed(); DROP FUNCTION success_of_ticket_changed();
DROP FUNCTION success_store_moved(); DROP FUNCTION success_measured(); DROP FUNCTION success_mark_ticket(bigint);
"""
)


class Migration(migrations.Migration):
    dependencies = [
        ("subscribers", "0004_imports_and_cards"),
        ("success", "0004_flows_milestones_health"),
        ("tickets", "0008_drafts_and_macros"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MeasureMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("ticket", "Ticket"), ("subscription", "Subscription")], max_length=12),
                ),
                ("subject", models.BigIntegerField()),
                ("made_in", models.BigIntegerField(help_text="The transaction: many changes in one leave one mark.")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "subject", "made_in"), name="measure_mark_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("metric", models.CharField(max_length=30)),
                ("day", models.DateField()),
                ("dimension", models.CharField(blank=True, max_length=10)),
                ("value", models.BigIntegerField(default=0, help_text="Id or number; 0: none.")),
                ("number", models.IntegerField()),
                ("hits", models.IntegerField()),
                (
                    "seconds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "business_seconds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.queue",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subscribers.store",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store", "metric", "dimension", "day", "queue", "value"),
                        name="daily_figure_once",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("metric", models.CharField(max_length=30)),
                ("day", models.DateField()),
                ("made_in", models.BigIntegerField()),
                (
                    "store",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subscribers.store",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("store", "metric", "day", "made_in"), name="day_mark_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Measurement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("metric", models.CharField(max_length=30)),
                ("day", models.DateField(help_text="In the store's time zone.")),
                ("at", models.DateTimeField()),
                (
                    "until",
                    models.DateField(
                        blank=True, help_text="Of what lasts: the first day on which it was over.", null=True
                    ),
                ),
                ("cycle_index", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("hit", models.BooleanField(blank=True, null=True)),
                ("seconds", models.BigIntegerField(blank=True, null=True)),
                ("business_seconds", models.BigIntegerField(blank=True, null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="subscribers.product",
                    ),
                ),
                (
                    "queue",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.queue",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="subscribers.store"
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="subscribers.subscription",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["store", "metric", "day"], name="measurement_of_day"),
                    models.Index(
                        condition=models.Q(("until__isnull", False)),
                        fields=["store", "metric", "until"],
                        name="measurement_over_on",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subscription__isnull", False), ("ticket", None)),
                            models.Q(("subscription", None), ("ticket__isnull", False)),
                            _connector="OR",
                        ),
                        name="measurement_of_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("day")), _connector="OR"),
                        name="measurement_lasts_no_less_than_nothing",
                    ),
                ],
            },
        ),
        migrations.RunSQL(MARKS, UNMARK),
    ]
