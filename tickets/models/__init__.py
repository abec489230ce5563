"""Customer service: queues, tickets and what was said in them, mail, topics, promises and their clocks."""

from tickets.models.accounts import MailAccount
from tickets.models.clocks import Clock, ClockEscalation, ClockEvent, Recalculation
from tickets.models.mail import InboundMail, Mailbox, OutboundMail, ThreadReference
from tickets.models.messages import Attachment, Message
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
from tickets.models.tickets import Ticket, TicketEvent
from tickets.models.topics import DetectionRule, TicketTopic

__all__ = [
    "Attachment",
    "BusinessCalendar",
    "CalendarException",
    "Clock",
    "ClockEscalation",
    "ClockEvent",
    "DetectionRule",
    "InboundMail",
    "MailAccount",
    "Mailbox",
    "Message",
    "OpeningHours",
    "OutboundMail",
    "Participant",
    "Queue",
    "Recalculation",
    "SlaEscalation",
    "SlaPolicy",
    "SlaPolicyVersion",
    "SlaTarget",
    "ThreadReference",
    "Ticket",
    "TicketEvent",
    "TicketTopic",
]
