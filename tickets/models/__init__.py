"""Customer service: queues, tickets and what was said in them, mail, topics, promises and their clocks."""

from tickets.models.accounts import MailAccount
from tickets.models.bulk import BulkItem, BulkJob
from tickets.models.cancellations import TicketCancellation
from tickets.models.clocks import Clock, ClockEscalation, ClockEvent, Recalculation
from tickets.models.fields import FieldValue, TicketField
from tickets.models.followers import Follower
from tickets.models.help import HelpRequest
from tickets.models.incidents import MailIncident
from tickets.models.links import BlockedSender, TicketLink, TicketMerge
from tickets.models.mail import InboundMail, Mailbox, ThreadReference
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
from tickets.models.satisfaction import SatisfactionRating, SatisfactionRequest, SatisfactionSettings
from tickets.models.tags import Tag, TicketTag
from tickets.models.tickets import Ticket, TicketEvent
from tickets.models.topics import DetectionRule, TicketTopic

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
    "FieldValue",
    "Follower",
    "HelpRequest",
    "InboundMail",
    "MailAccount",
    "MailIncident",
    "Mailbox",
    "Message",
    "OpeningHours",
    "OutboundEvent",
    "OutboundMail",
    "Participant",
    "Queue",
    "Recalculation",
    "SatisfactionRating",
    "SatisfactionRequest",
    "SatisfactionSettings",
    "SlaEscalation",
    "SlaPolicy",
    "SlaPolicyVersion",
    "SlaTarget",
    "Suppression",
    "Tag",
    "ThreadReference",
    "Ticket",
    "TicketCancellation",
    "TicketEvent",
    "TicketField",
    "TicketLink",
    "TicketMerge",
    "TicketTag",
    "TicketTopic",
]
