"""Customer service: queues, tickets and what was said in them, mail, topics, promises and their clocks."""

from tickets.models.accounts import MailAccount
from tickets.models.assignment import Presence, Taker
from tickets.models.bulk import BulkItem, BulkJob
from tickets.models.cancellations import TicketCancellation
from tickets.models.clocks import Clock, ClockEscalation, ClockEvent, Recalculation
from tickets.models.drafts import Draft, DraftFile
from tickets.models.fields import FieldValue, TicketField
from tickets.models.followers import Follower
from tickets.models.help import HelpRequest
from tickets.models.incidents import MailIncident
from tickets.models.links import BlockedSender, TicketLink, TicketMerge
from tickets.models.macros import Macro, MacroText, MacroUse
from tickets.models.mail import InboundMail, Mailbox, ThreadReference
from tickets.models.mentions import Mention
from tickets.models.messages import Attachment, Message
from tickets.models.outbound import AutomaticAnswer, OutboundEvent, OutboundMail, Suppression
from tickets.models.participants import Participant
from tickets.models.policies import (
    BusinessCalendar,
    CalendarException,
    OpeningHours,
    SlaEscalation,
    SlaPolicy,
    SlaPolicyVersion,
    SlaTarget,
)
from tickets.models.queues import Queue
from tickets.models.rules import RuleFiring, RuleTask, TicketRule, TicketRuleVersion
from tickets.models.satisfaction import SatisfactionRating, SatisfactionRequest, SatisfactionSettings
from tickets.models.saved_views import ListPreference, SavedView
from tickets.models.search import TicketWords, WordsDue
from tickets.models.tags import Tag, TicketTag
from tickets.models.tickets import Ticket, TicketEvent
from tickets.models.topics import DetectionRule, LearnedTopic, TicketTopic
from tickets.models.viewings import Viewing

__all__ = [
    "Attachment",
    "AutomaticAnswer",
    "BlockedSender",
    "BulkItem",
    "BulkJob",
    "BusinessCalendar",
    "CalendarException",
    "Clock",
    "ClockEscalation",
    "ClockEvent",
    "DetectionRule",
    "Draft",
    "DraftFile",
    "FieldValue",
    "Follower",
    "HelpRequest",
    "InboundMail",
    "LearnedTopic",
    "ListPreference",
    "Macro",
    "MacroText",
    "MacroUse",
    "MailAccount",
    "MailIncident",
    "Mailbox",
    "Mention",
    "Message",
    "OpeningHours",
    "OutboundEvent",
    "OutboundMail",
    "Participant",
    "Presence",
    "Queue",
    "Recalculation",
    "RuleFiring",
    "RuleTask",
    "SatisfactionRating",
    "SatisfactionRequest",
    "SatisfactionSettings",
    "SavedView",
    "SlaEscalation",
    "SlaPolicy",
    "SlaPolicyVersion",
    "SlaTarget",
    "Suppression",
    "Tag",
    "Taker",
    "ThreadReference",
    "Ticket",
    "TicketCancellation",
    "TicketEvent",
    "TicketField",
    "TicketLink",
    "TicketMerge",
    "TicketRule",
    "TicketRuleVersion",
    "TicketTag",
    "TicketTopic",
    "TicketWords",
    "Viewing",
    "WordsDue",
]
