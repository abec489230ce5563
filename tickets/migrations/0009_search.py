import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# What changes the words of a ticket notes it. Files and people come and go with a message, in its transaction.
TRIGGERS = """
CREATE FUNCTION tickets_words_due_of_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'tickets_ticket' THEN
        INSERT INTO tickets_wordsdue (ticket_id) SELECT id FROM fresh;
    ELSE
        INSERT INTO tickets_wordsdue (ticket_id) SELECT DISTINCT ticket_id FROM fresh;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION tickets_words_due_of_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_wordsdue (ticket_id) VALUES (OLD.ticket_id);
    IF TG_OP = 'UPDATE' AND NEW.ticket_id <> OLD.ticket_id THEN
        INSERT INTO tickets_wordsdue (ticket_id) VALUES (NEW.ticket_id);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION tickets_words_due_of_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_wordsdue (ticket_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION tickets_words_due_of_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tickets_wordsdue (ticket_id) SELECT id FROM tickets_ticket WHERE subscriber_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER words_due AFTER INSERT ON tickets_ticket
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION tickets_words_due_of_rows();
CREATE TRIGGER words_due_said AFTER INSERT ON tickets_message
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION tickets_words_due_of_rows();
CREATE TRIGGER words_due_changed AFTER UPDATE ON tickets_message FOR EACH ROW
    WHEN (OLD.state <> NEW.state OR OLD.ticket_id <> NEW.ticket_id OR OLD.text <> NEW.text)
    EXECUTE FUNCTION tickets_words_due_of_message();
CREATE TRIGGER words_due_gone AFTER DELETE ON tickets_message FOR EACH ROW
    EXECUTE FUNCTION tickets_words_due_of_message();
CREATE TRIGGER words_due_changed AFTER UPDATE OF subject, subscriber_id ON tickets_ticket FOR EACH ROW
    WHEN (OLD.subject <> NEW.subject OR OLD.subscriber_id <> NEW.subscriber_id)
    EXECUTE FUNCTION tickets_words_due_of_ticket();
CREATE TRIGGER words_due_of_tickets AFTER UPDATE OF name, email ON subscribers_subscriber FOR EACH ROW
    WHEN (OLD.name <> NEW.name OR OLD.email <> NEW.email)
    EXECUTE FUNCTION tickets_words_due_of_person();
-- Long lists of words lie beside their row's other column, not in a table of their own: search reads many in a row.
ALTER TABLE tickets_ticketwords SET (toast_tuple_target = 8160);
ALTER TABLE tickets_ticketwords ALTER COLUMN vector SET STATISTICS 1000;
INSERT INTO tickets_wordsdue (ticket_id) SELECT id FROM tickets_ticket;
"""
NO_TRIGGERS = """
DROP TRIGGER words_due_of_tickets ON subscribers_subscriber;
DROP TRIGGER words_due_changed ON tickets_ticket;
DROP TRIGGER words_due_gone ON tickets_message;
DROP TRIGGER words_due_changed ON tickets_message;
DROP TRIGGER words_due_said ON tickets_message;
DROP TRIGGER words_due ON tickets_ticket;
DROP FUNCTION tickets_words_due_of_person();
DROP FUNCTION tickets_words_due_of_ticket();
DROP FUNCTION tickets_words_due_of_message();
DROP FUNCTION tickets_words_due_of_rows();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('subscribers', '0004_imports_and_cards'),
        ('tickets', '0008_drafts_and_macros'),
    ]

    operations = [
        migrations.CreateModel(
            name='WordsDue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticket_id', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='TicketWords',
            fields=[
                ('ticket', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='words', serialize=False, to='tickets.ticket')),
                ('vector', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=True, fields=['vector'], gin_pending_list_limit=256, name='ticket_words')],
            },
        ),
        migrations.RemoveIndex(model_name='message', name='message_search'),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
