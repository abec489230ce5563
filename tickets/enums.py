"""The fixed vocabularies of customer service."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class TicketStatus(TextChoices):
    """Whose turn it is: ours (`new`, `open`), the customer's (`pending`), a third party's (`on_hold`)."""

    NEW = "new", "New"
    OPEN = "open", "Open"
    PENDING = "pending", "Pending"
    ON_HOLD = "on_hold", "On hold"
    RESOLVED = "resolved", "Resolved"


UNRESOLVED = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ON_HOLD)


class Priority(IntegerChoices):
    """A number, so that the most urgent sorts first."""

    URGENT = 1, "Urgent"
    HIGH = 2, "High"
    NORMAL = 3, "Normal"
    LOW = 4, "Low"


class TicketEventKind(TextChoices):
    OPENED = "opened", "Opened"
    MESSAGE_RECEIVED = "message_received", "Message received"
    REPLIED = "replied", "Replied"
    NOTED = "noted", "Note added"
    STATUS_CHANGED = "status_changed", "Status changed"
    RESOLVED = "resolved", "Resolved"
    REOPENED = "reopened", "Reopened"
    ASSIGNED = "assigned", "Assigned"
    PRIORITY_CHANGED = "priority_changed", "Priority changed"
    QUEUE_CHANGED = "queue_changed", "Queue changed"
    TOPIC_ADDED = "topic_added", "Topic added"
    TOPIC_REJECTED = "topic_rejected", "Topic rejected"
    BOX_SET = "box_set", "Box set"
    SLA_WARNED = "sla_warned", "SLA warning"
    SLA_BREACHED = "sla_breached", "SLA breached"
    ESCALATED = "escalated", "Escalated"
    SEND_FAILED = "send_failed", "Sending failed"
    SENT_AGAIN = "sent_again", "Sent again"
    REPLY_SCHEDULED = "reply_scheduled", "Answer scheduled"
    REPLY_HELD = "reply_held", "Scheduled answer held"
    REPLY_WITHDRAWN = "reply_withdrawn", "Answer taken back"
    MAIL_WORKS_AGAIN = "mail_works_again", "Mail works again"
    ASKED = "asked", "Asked for a rating"
    RATED = "rated", "Rated"
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
    PUBLIC = "public", "Public"
    NOTE = "note", "Note"


class Author(TextChoices):
    """Who wrote a message. What `system` wrote (a flow, an acknowledgement) answers no SLA clock."""

    SUBSCRIBER = "subscriber", "Subscriber"
    AGENT = "agent", "Agent"
    SYSTEM = "system", "System"


class Automatic(TextChoices):
    """What kind of machine wrote a mail; empty where a person did."""

    AUTO_REPLY = "auto_reply", "Automatic reply"
    BOUNCE = "bounce", "Bounce"
    FEEDBACK_REPORT = "feedback_report", "Feedback report"
    LIST = "list", "List"
    QUESTION = "question", "Question of satisfaction"  # ours


class Authentication(TextChoices):
    """What our own mail server says of a mail's sender (SPF, DKIM, DMARC); `none` where it says nothing."""

    PASS = "pass", "Authenticated"
    FAIL = "fail", "Not authenticated"
    NONE = "none", "Not checked"


class ParticipantRole(TextChoices):
    """`writer`: nobody named them, they wrote on a known thread."""

    REQUESTER = "requester", "Requester"
    CC = "cc", "In copy"
    WRITER = "writer", "Writer"


class AccountKind(TextChoices):
    """The ways in that have to be set up; SMTP and LMTP need a mailbox alone."""

    IMAP = "imap", "IMAP"
    WEBHOOK = "webhook", "Mail service"


class MailSecurity(TextChoices):
    TLS = "tls", "TLS (port 993)"
    STARTTLS = "starttls", "STARTTLS (port 143)"
    NONE = "none", "None: passwords and mails can be read on the way"


class BeginAt(TextChoices):
    NOW = "now", "From now on"
    ALL = "all", "Everything in the folder"


class MailService(TextChoices):
    """Services whose webhooks we understand; the values are part of addresses."""

    AMAZON_SES = "amazon_ses", "Amazon SES"
    BREVO = "brevo", "Brevo"
    MAILERSEND = "mailersend", "MailerSend"
    MAILGUN = "mailgun", "Mailgun"
    MAILJET = "mailjet", "Mailjet"
    MANDRILL = "mandrill", "Mailchimp Transactional (Mandrill)"
    POSTAL = "postal", "Postal"
    POSTMARK = "postmark", "Postmark"
    SENDGRID = "sendgrid", "SendGrid"
    SPARKPOST = "sparkpost", "SparkPost"


class InboundState(TextChoices):
    STORED = "stored", "Stored"
    PROCESSED = "processed", "Processed"
    DUPLICATE = "duplicate", "Duplicate"
    QUARANTINED = "quarantined", "Quarantined"


class MessageState(TextChoices):
    """Whether a message has been said. All but `said` are answers of agents that the customer did not get (yet)."""

    SAID = "said", "Said"
    LEAVING = "leaving", "Leaving"  # for some seconds it can be taken back
    SCHEDULED = "scheduled", "Scheduled"
    HELD = "held", "Held"  # it was scheduled, and the customer wrote before its time: a person decides
    WITHDRAWN = "withdrawn", "Taken back"


UNSAID = (MessageState.LEAVING, MessageState.SCHEDULED, MessageState.HELD)


class OutboundState(TextChoices):
    """`planned`: its message has not been said yet."""

    PLANNED = "planned", "Planned"
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class OutboundOutcome(TextChoices):
    """What was heard of a mail after a server had taken it, from the weakest news to the strongest."""

    DEFERRED = "deferred", "Delayed"
    DELIVERED = "delivered", "Delivered"
    BOUNCED = "bounced", "Returned"
    COMPLAINED = "complained", "Marked as spam"


class OutboundEventKind(TextChoices):
    """`cut_short`: whoever sent it died, and nobody knows whether it left."""

    ATTEMPTED = "attempted", "Attempted"
    CUT_SHORT = "cut_short", "Cut short"
    SENT = "sent", "Taken by a server"
    PUT_OFF = "put_off", "Put off"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    SENT_AGAIN = "sent_again", "Sent again"
    DEFERRED = "deferred", "Delayed"
    DELIVERED = "delivered", "Delivered"
    BOUNCED = "bounced", "Returned"
    REJECTED = "rejected", "Rejected by the mail service"
    COMPLAINED = "complained", "Marked as spam"
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
    OTHER = "other", "Other"


class RecipientRole(TextChoices):
    TO = "to", "To"
    CC = "cc", "Cc"


class SuppressionKind(TextChoices):
    BOUNCED = "bounced", "Mail is returned"
    COMPLAINED = "complained", "Marked our mail as spam"


class AnswerKind(TextChoices):
    """What a machine of ours answers."""

    ACKNOWLEDGEMENT = "acknowledgement", "We have your message"
    LIMITS = "limits", "Files that we could not take"


# The key of the reason on which more rests than a label: the box is found, and whoever listens is told.
DAMAGED = "damaged"
# And this one: the wish is taken up, and stays open until it is done.
CANCEL = "cancel"


class TopicSource(TextChoices):
    RULE = "rule", "Rule"
    AGENT = "agent", "Agent"
    SUBSCRIBER = "subscriber", "Subscriber's form"
    API = "api", "API"


class Metric(TextChoices):
    FIRST_REPLY = "first_reply", "First reply"
    NEXT_REPLY = "next_reply", "Next reply"
    RESOLUTION = "resolution", "Resolution"


class ClockState(TextChoices):
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    MET = "met", "Met"
    CANCELLED = "cancelled", "Cancelled"


OPEN_CLOCK = (ClockState.RUNNING, ClockState.PAUSED)


class ClockEventKind(TextChoices):
    START = "start", "Started"
    PAUSE = "pause", "Paused"
    RESUME = "resume", "Resumed"
    RETARGET = "retarget", "Target changed"
    WARN = "warn", "Warned"
    MET = "met", "Met"
    BREACH = "breach", "Breached"
    CANCEL = "cancel", "Cancelled"


class EscalationOccasion(TextChoices):
    WARNING = "warning", "Due soon"
    BREACH = "breach", "Overdue"


class EscalationAction(TextChoices):
    """`notify` writes to the assignee, to the leads where there is none."""

    NOTIFY = "notify", "Notify by mail"
    ASSIGN = "assign", "Assign to a person"
    RAISE_PRIORITY = "raise_priority", "Raise the priority"


class EscalationState(TextChoices):
    """`skipped`: by its turn there was nothing left to escalate."""

    DUE = "due", "Due"
    DONE = "done", "Done"
    SKIPPED = "skipped", "Not needed any more"
    FAILED = "failed", "Failed"


class ExceptionSource(TextChoices):
    """Where a calendar's dated exception comes from."""

    HAND = "hand", "By hand"
    FEED = "feed", "Feed"
    FILE = "file", "File"


class RecalculationState(TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class Weekday(IntegerChoices):
    MON = 0, "Monday"
    TUE = 1, "Tuesday"
    WED = 2, "Wednesday"
    THU = 3, "Thursday"
    FRI = 4, "Friday"
    SAT = 5, "Saturday"
    SUN = 6, "Sunday"


class IncidentKind(TextChoices):
    """What may be wrong with a mailbox's mail."""

    FETCHING = "fetching", "Mail cannot be fetched"
    SILENT = "silent", "No mail arrives"
    UNREAD = "unread", "Mail waits to be read"
    QUARANTINED = "quarantined", "Mail in quarantine"
    SENDING = "sending", "Mail cannot be sent"


class InboundOutcome(TextChoices):
    """What became of a mail: every mail that was received counts under exactly one of these."""

    TICKET = "ticket", "New tickets"
    MESSAGE = "message", "Messages on tickets"
    DUPLICATE = "duplicate", "Second copies"
    NO_TICKET = "no_ticket", "Ours or automatic, without a ticket"
    QUARANTINED = "quarantined", "In quarantine"
    WAITING = "waiting", "Not read yet"


class SatisfactionState(TextChoices):
    """What became of asking a customer how content they are. `withdrawn`: opened again before it was asked."""

    DUE = "due", "To be asked"
    ASKED = "asked", "Asked"
    RATED = "rated", "Answered"
    WITHDRAWN = "withdrawn", "Withdrawn"
    SKIPPED = "skipped", "Not asked"


LIVE_SATISFACTION = (SatisfactionState.DUE, SatisfactionState.ASKED, SatisfactionState.RATED)
ASKED_SATISFACTION = (SatisfactionState.ASKED, SatisfactionState.RATED)


class Score(IntegerChoices):
    """How content a customer is, from the worst."""

    VERY_BAD = 1, "Very bad"
    BAD = 2, "Bad"
    OKAY = 3, "Okay"
    GOOD = 4, "Good"
    VERY_GOOD = 5, "Very good"


BAD_SCORES = (Score.VERY_BAD, Score.BAD)
GOOD_SCORES = (Score.GOOD, Score.VERY_GOOD)


class WhyNotAsked(TextChoices):
    """Why somebody was not asked, or not yet."""

    REOPENED = "reopened", "The ticket was opened again"
    OFF = "off", "The queue does not ask"
    DELETED = "deleted", "The ticket was deleted"
    MERGED = "merged", "The ticket was merged into another"
    AUTOMATIC = "automatic", "A machine opened it"
    UNANSWERED = "unanswered", "Nobody had answered"
    CHANNEL = "channel", "Tickets that came this way are left out"
    TOPIC = "topic", "Tickets about this are left out"
    GONE = "gone", "The person is not there any more"
    UNDELIVERABLE = "undeliverable", "Mail to them does not arrive"
    OPTED_OUT = "opted_out", "They want no such mail"
    ASKED_LATELY = "asked_lately", "They were asked lately"
    OTHER_OPEN = "other_open", "Another ticket of theirs is open"
    HELD = "held", "Mail to them is held"
    HOURS = "hours", "Outside of sending hours"
    TOO_LATE = "too_late", "It was too late to ask"
    NO_MAILBOX = "no_mailbox", "There is no mailbox to send from"
    FAILED = "failed", "It failed too often"


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
