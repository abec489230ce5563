"""The fixed vocabularies of customer service."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class TicketStatus(TextChoices):
    """Whose turn it is: ours (`new`, `open`), the customer's (`pending`), a third party's (`on_hold`)."""

    NEW = "new", _("New")
    OPEN = "open", _("Open")
    PENDING = "pending", _("Pending")
    ON_HOLD = "on_hold", _("On hold")
    RESOLVED = "resolved", _("Resolved")


UNRESOLVED = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ON_HOLD)


class Priority(IntegerChoices):
    """A number, so that the most urgent sorts first."""

    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class TicketEventKind(TextChoices):
    OPENED = "opened", _("Opened")
    MESSAGE_RECEIVED = "message_received", _("Message received")
    REPLIED = "replied", _("Replied")
    NOTED = "noted", _("Note added")
    STATUS_CHANGED = "status_changed", _("Status changed")
    RESOLVED = "resolved", _("Resolved")
    REOPENED = "reopened", _("Reopened")
    ASSIGNED = "assigned", _("Assigned")
    PRIORITY_CHANGED = "priority_changed", _("Priority changed")
    QUEUE_CHANGED = "queue_changed", _("Queue changed")
    TOPIC_ADDED = "topic_added", _("Topic added")
    TOPIC_REJECTED = "topic_rejected", _("Topic rejected")
    BOX_SET = "box_set", _("Box set")
    SLA_WARNED = "sla_warned", _("SLA warning")
    SLA_BREACHED = "sla_breached", _("SLA breached")
    ESCALATED = "escalated", _("Escalated")
    SEND_FAILED = "send_failed", _("Sending failed")
    SENT_AGAIN = "sent_again", _("Sent again")
    REPLY_SCHEDULED = "reply_scheduled", _("Answer scheduled")
    REPLY_HELD = "reply_held", _("Scheduled answer held")
    REPLY_WITHDRAWN = "reply_withdrawn", _("Answer taken back")
    MAIL_WORKS_AGAIN = "mail_works_again", _("Mail works again")
    ASKED = "asked", _("Asked for a rating")
    RATED = "rated", _("Rated")
    TAG_ADDED = "tag_added", _("Tag added")
    TAG_REMOVED = "tag_removed", _("Tag removed")
    SNOOZED = "snoozed", _("Snoozed")
    WOKEN = "woken", _("Woken")
    FOLLOWED = "followed", _("Followed")
    UNFOLLOWED = "unfollowed", _("No longer followed")
    FIELD_CHANGED = "field_changed", _("Field changed")
    LINKED = "linked", _("Linked")
    UNLINKED = "unlinked", _("Link removed")
    MERGED = "merged", _("Merged")
    MERGED_IN = "merged_in", _("Another ticket merged in")
    UNMERGED = "unmerged", _("Merge undone")
    SPLIT_OFF = "split_off", _("Split")
    SPLIT_FROM = "split_from", _("Split from another ticket")
    DELETED = "deleted", _("Deleted")
    MARKED_SPAM = "marked_spam", _("Marked as spam")
    RESTORED = "restored", _("Restored")
    RULE_APPLIED = "rule_applied", _("Rule applied")


class SnoozedFor(TextChoices):
    """What a snoozed ticket waits for, beside its time."""

    DELIVERY = "delivery", _("Until the box is delivered")


class WokenBy(TextChoices):
    """Why a snoozed ticket came back."""

    TIME = "time", _("Its time has come")
    DELIVERY = "delivery", _("The box is delivered")
    CUSTOMER = "customer", _("The customer wrote")
    HANDED_OVER = "handed_over", _("It was handed over")
    HAND = "hand", _("Woken by hand")


class DeletedAs(TextChoices):
    """Why a ticket is in no list. `merged`: its page leads to the ticket that it is a part of now."""

    DELETED = "deleted", _("Deleted")
    SPAM = "spam", _("Spam")
    MERGED = "merged", _("Merged")


class LinkKind(TextChoices):
    """What a ticket is to another, read from the first of the two."""

    RELATED = "related", _("Related")
    DUPLICATE = "duplicate", _("Duplicate of")
    CAUSED = "caused", _("Caused by")


class FieldKind(TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    CHOICE = "choice", _("One of several")
    DATE = "date", _("Date")
    CHECKBOX = "checkbox", _("Yes or no")


class ActionKind(TextChoices):
    """What can be done to a ticket by a macro, a rule, or for many at once. See tickets.actions."""

    ASSIGN = "assign", _("Assign")
    QUEUE = "queue", _("Move to a queue")
    STATUS = "status", _("Set the status")
    PRIORITY = "priority", _("Set the priority")
    ADD_TAG = "add_tag", _("Add a tag")
    REMOVE_TAG = "remove_tag", _("Remove a tag")
    ADD_TOPIC = "add_topic", _("Add a topic")
    REMOVE_TOPIC = "remove_topic", _("Remove a topic")
    SET_FIELD = "set_field", _("Set a field")
    SNOOZE = "snooze", _("Snooze")
    WAKE = "wake", _("Wake")
    FOLLOW = "follow", _("Add a follower")
    UNFOLLOW = "unfollow", _("Remove a follower")
    NOTE = "note", _("Add a note")
    SPAM = "spam", _("Mark as spam")
    DELETE = "delete", _("Delete")
    RESTORE = "restore", _("Restore")


class BulkState(TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


class BulkOutcome(TextChoices):
    """What became of one ticket of many. `left`: changed since, so the undo left it alone."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    UNCHANGED = "unchanged", _("Nothing to do")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    LEFT = "left", _("Left alone")


class MessageKind(TextChoices):
    PUBLIC = "public", _("Public")
    NOTE = "note", _("Note")


class Author(TextChoices):
    """Who wrote a message. What `system` wrote (a flow, an acknowledgement) answers no SLA clock."""

    SUBSCRIBER = "subscriber", _("Subscriber")
    AGENT = "agent", _("Agent")
    SYSTEM = "system", _("System")


class Automatic(TextChoices):
    """What kind of machine wrote a mail; empty where a person did."""

    AUTO_REPLY = "auto_reply", _("Automatic reply")
    BOUNCE = "bounce", _("Bounce")
    FEEDBACK_REPORT = "feedback_report", _("Feedback report")
    LIST = "list", _("List")
    QUESTION = "question", _("Question of satisfaction")  # ours


class Authentication(TextChoices):
    """What our own mail server says of a mail's sender (SPF, DKIM, DMARC); `none` where it says nothing."""

    PASS = "pass", _("Authenticated")
    FAIL = "fail", _("Not authenticated")
    NONE = "none", _("Not checked")


class ParticipantRole(TextChoices):
    """`writer`: nobody named them, they wrote on a known thread."""

    REQUESTER = "requester", _("Requester")
    CC = "cc", _("In copy")
    WRITER = "writer", _("Writer")


class AccountKind(TextChoices):
    """The ways in that have to be set up; SMTP and LMTP need a mailbox alone."""

    IMAP = "imap", _("IMAP")
    WEBHOOK = "webhook", _("Mail service")


class MailSecurity(TextChoices):
    TLS = "tls", _("TLS (port 993)")
    STARTTLS = "starttls", _("STARTTLS (port 143)")
    NONE = "none", _("None: passwords and mails can be read on the way")


class BeginAt(TextChoices):
    NOW = "now", _("From now on")
    ALL = "all", _("Everything in the folder")


class MailService(TextChoices):
    """Services whose webhooks we understand; the values are part of addresses."""

    AMAZON_SES = "amazon_ses", _("Amazon SES")
    BREVO = "brevo", _("Brevo")
    MAILERSEND = "mailersend", _("MailerSend")
    MAILGUN = "mailgun", _("Mailgun")
    MAILJET = "mailjet", _("Mailjet")
    MANDRILL = "mandrill", _("Mailchimp Transactional (Mandrill)")
    POSTAL = "postal", _("Postal")
    POSTMARK = "postmark", _("Postmark")
    SENDGRID = "sendgrid", _("SendGrid")
    SPARKPOST = "sparkpost", _("SparkPost")


class InboundState(TextChoices):
    STORED = "stored", _("Stored")
    PROCESSED = "processed", _("Processed")
    DUPLICATE = "duplicate", _("Duplicate")
    QUARANTINED = "quarantined", _("Quarantined")


class MessageState(TextChoices):
    """Whether a message has been said. All but `said` are answers of agents that the customer did not get (yet)."""

    SAID = "said", _("Said")
    LEAVING = "leaving", _("Leaving")  # for some seconds it can be taken back
    SCHEDULED = "scheduled", _("Scheduled")
    HELD = "held", _("Held")  # it was scheduled, and the customer wrote before its time: a person decides
    WITHDRAWN = "withdrawn", _("Taken back")


UNSAID = (MessageState.LEAVING, MessageState.SCHEDULED, MessageState.HELD)


class OutboundState(TextChoices):
    """`planned`: its message has not been said yet."""

    PLANNED = "planned", _("Planned")
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class OutboundOutcome(TextChoices):
    """What was heard of a mail after a server had taken it, from the weakest news to the strongest."""

    DEFERRED = "deferred", _("Delayed")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Returned")
    COMPLAINED = "complained", _("Marked as spam")


class OutboundEventKind(TextChoices):
    """`cut_short`: whoever sent it died, and nobody knows whether it left."""

    ATTEMPTED = "attempted", _("Attempted")
    CUT_SHORT = "cut_short", _("Cut short")
    SENT = "sent", _("Taken by a server")
    PUT_OFF = "put_off", _("Put off")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    SENT_AGAIN = "sent_again", _("Sent again")
    DEFERRED = "deferred", _("Delayed")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Returned")
    REJECTED = "rejected", _("Rejected by the mail service")
    COMPLAINED = "complained", _("Marked as spam")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    OTHER = "other", _("Other")


class RecipientRole(TextChoices):
    TO = "to", _("To")
    CC = "cc", _("Cc")


class SuppressionKind(TextChoices):
    BOUNCED = "bounced", _("Mail is returned")
    COMPLAINED = "complained", _("Marked our mail as spam")


class AnswerKind(TextChoices):
    """What a machine of ours answers."""

    ACKNOWLEDGEMENT = "acknowledgement", _("We have your message")
    LIMITS = "limits", _("Files that we could not take")


# The key of the reason on which more rests than a label: the box is found, and whoever listens is told.
DAMAGED = "damaged"
# And this one: the wish is taken up, and stays open until it is done.
CANCEL = "cancel"


class TopicSource(TextChoices):
    RULE = "rule", _("Rule")
    LEARNED = "learned", _("Learned from agents")
    AGENT = "agent", _("Agent")
    SUBSCRIBER = "subscriber", _("Subscriber's form")
    API = "api", _("API")


class Metric(TextChoices):
    FIRST_REPLY = "first_reply", _("First reply")
    NEXT_REPLY = "next_reply", _("Next reply")
    RESOLUTION = "resolution", _("Resolution")


class ClockState(TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    MET = "met", _("Met")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_CLOCK = (ClockState.RUNNING, ClockState.PAUSED)


class ClockEventKind(TextChoices):
    START = "start", _("Started")
    PAUSE = "pause", _("Paused")
    RESUME = "resume", _("Resumed")
    RETARGET = "retarget", _("Target changed")
    WARN = "warn", _("Warned")
    MET = "met", _("Met")
    BREACH = "breach", _("Breached")
    CANCEL = "cancel", _("Cancelled")


class EscalationOccasion(TextChoices):
    WARNING = "warning", _("Due soon")
    BREACH = "breach", _("Overdue")


class EscalationAction(TextChoices):
    """`notify` writes to the assignee, to the leads where there is none."""

    NOTIFY = "notify", _("Notify by mail")
    ASSIGN = "assign", _("Assign to a person")
    RAISE_PRIORITY = "raise_priority", _("Raise the priority")


class EscalationState(TextChoices):
    """`skipped`: by its turn there was nothing left to escalate."""

    DUE = "due", _("Due")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Not needed any more")
    FAILED = "failed", _("Failed")


class ExceptionSource(TextChoices):
    """Where a calendar's dated exception comes from."""

    HAND = "hand", _("By hand")
    FEED = "feed", _("Feed")
    FILE = "file", _("File")


class RecalculationState(TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Weekday(IntegerChoices):
    MON = 0, _("Monday")
    TUE = 1, _("Tuesday")
    WED = 2, _("Wednesday")
    THU = 3, _("Thursday")
    FRI = 4, _("Friday")
    SAT = 5, _("Saturday")
    SUN = 6, _("Sunday")


class IncidentKind(TextChoices):
    """What may be wrong with a mailbox's mail."""

    FETCHING = "fetching", _("Mail cannot be fetched")
    SILENT = "silent", _("No mail arrives")
    UNREAD = "unread", _("Mail waits to be read")
    QUARANTINED = "quarantined", _("Mail in quarantine")
    SENDING = "sending", _("Mail cannot be sent")


class InboundOutcome(TextChoices):
    """What became of a mail: every mail that was received counts under exactly one of these."""

    TICKET = "ticket", _("New tickets")
    MESSAGE = "message", _("Messages on tickets")
    DUPLICATE = "duplicate", _("Second copies")
    NO_TICKET = "no_ticket", _("Ours or automatic, without a ticket")
    QUARANTINED = "quarantined", _("In quarantine")
    WAITING = "waiting", _("Not read yet")


class SatisfactionState(TextChoices):
    """What became of asking a customer how content they are. `withdrawn`: opened again before it was asked."""

    DUE = "due", _("To be asked")
    ASKED = "asked", _("Asked")
    RATED = "rated", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SKIPPED = "skipped", _("Not asked")


LIVE_SATISFACTION = (SatisfactionState.DUE, SatisfactionState.ASKED, SatisfactionState.RATED)
ASKED_SATISFACTION = (SatisfactionState.ASKED, SatisfactionState.RATED)


class Score(IntegerChoices):
    """How content a customer is, from the worst."""

    VERY_BAD = 1, _("Very bad")
    BAD = 2, _("Bad")
    OKAY = 3, _("Okay")
    GOOD = 4, _("Good")
    VERY_GOOD = 5, _("Very good")


BAD_SCORES = (Score.VERY_BAD, Score.BAD)
GOOD_SCORES = (Score.GOOD, Score.VERY_GOOD)


class WhyNotAsked(TextChoices):
    """Why somebody was not asked, or not yet."""

    REOPENED = "reopened", _("The ticket was opened again")
    OFF = "off", _("The queue does not ask")
    DELETED = "deleted", _("The ticket was deleted")
    MERGED = "merged", _("The ticket was merged into another")
    AUTOMATIC = "automatic", _("A machine opened it")
    UNANSWERED = "unanswered", _("Nobody had answered")
    CHANNEL = "channel", _("Tickets that came this way are left out")
    TOPIC = "topic", _("Tickets about this are left out")
    GONE = "gone", _("The person is not there any more")
    UNDELIVERABLE = "undeliverable", _("Mail to them does not arrive")
    OPTED_OUT = "opted_out", _("They want no such mail")
    ASKED_LATELY = "asked_lately", _("They were asked lately")
    OTHER_OPEN = "other_open", _("Another ticket of theirs is open")
    HELD = "held", _("Mail to them is held")
    HOURS = "hours", _("Outside of sending hours")
    TOO_LATE = "too_late", _("It was too late to ask")
    NO_MAILBOX = "no_mailbox", _("There is no mailbox to send from")
    FAILED = "failed", _("It failed too often")


class AssignMode(TextChoices):
    """How a queue's tickets find whoever answers them."""

    HAND = "hand", _("By hand: people take them")
    ROUND_ROBIN = "round_robin", _("In turns")
    LEAST_LOADED = "least_loaded", _("Whoever has the fewest")


class RuleEvent(TextChoices):
    """What rules of tickets wait for."""

    OPENED = "opened", _("A ticket is opened")
    CUSTOMER_REPLIED = "customer_replied", _("The customer writes again")
    AGENT_REPLIED = "agent_replied", _("An agent answers")
    STATUS_CHANGED = "status_changed", _("The status changes")
    RESOLVED = "resolved", _("A ticket is resolved")
    SLA_WARNED = "sla_warned", _("A promise is due soon")
    SLA_BREACHED = "sla_breached", _("A promise is overdue")
    RATED = "rated", _("The customer rates our help")
    TOPIC_ADDED = "topic_added", _("A topic is recognised")
    IN_STATUS = "in_status", _("A ticket was in a status for a while")


class Composing(TextChoices):
    """What a person writes in the composer."""

    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")


class MacroAudience(TextChoices):
    """Who may use a macro."""

    EVERYONE = "everyone", _("Everyone")
    QUEUE = "queue", _("Who sees a queue")
    OWN = "own", _("One person")
