"""Customer service: queues, tickets and what was said in them, mail, topics, promises and their clocks."""

from tickets.models.accounts import MailAccount
from tickets.models.cancellations import TicketCancellation
from tickets.models.clocks import Clock, ClockEscalation, ClockEvent, Recalculation
from tickets.models.help import HelpRequest
from tickets.models.incidents import MailIncident
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
from tickets.models.tickets import Ticket, TicketEvent
from tickets.models.topics import DetectionRule, TicketTopic

__all__ = [
    "Attachment",
    "AutomaticAnswer",
    "BusinessCalendar",
    "CalendarException",
    "Clock",
    "ClockEscalation",
    "ClockEvent",
    "DetectionRule",
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
    "ThreadReference",
    "Ticket",
    "TicketCancellation",
    "TicketEvent",
    "TicketTopic",
]
