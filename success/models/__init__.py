"""Customer success: alerts, flows and their runs, and every contact made or held back."""

from success.models.alerts import Alert, AlertEvent, AlertRule, Evidence, HeldFact
from success.models.assignment import Duty, Portfolio
from success.models.causes import Cause, CauseAnswer, CauseAnswerItem, CauseEvent, CauseLook, CauseTicket
from success.models.contact import ContactCap, ContactPolicy
from success.models.deeds import Deed, DeedItem
from success.models.editing import DryRun, FlowEvent
from success.models.entries import Enrolment, EntryRefusal, Nudge
from success.models.flows import Flow, FlowStep, FlowVersion
from success.models.health import Health, HealthEvent, HealthScale, HealthWeight, Stale
from success.models.insights import DailyFigure, DayMark, MeasureMark, Measurement
from success.models.milestones import Engagement, Milestone, MilestoneEvent, MilestoneProgress
from success.models.offers import FlowOffer, FlowOfferEvent
from success.models.outgoing import OutgoingWebhook, WebhookSecret
from success.models.runs import Run, RunEvent, RunStep, Task
from success.models.studies import Study, StudyPlan
from success.models.teams import SplitNote
from success.models.touches import Touch

__all__ = [
    "Alert",
    "AlertEvent",
    "AlertRule",
    "Cause",
    "CauseAnswer",
    "CauseAnswerItem",
    "CauseEvent",
    "CauseLook",
    "CauseTicket",
    "ContactCap",
    "ContactPolicy",
    "DailyFigure",
    "DayMark",
    "Deed",
    "DeedItem",
    "DryRun",
    "Duty",
    "Engagement",
    "Enrolment",
    "EntryRefusal",
    "Evidence",
    "Flow",
    "FlowEvent",
    "FlowOffer",
    "FlowOfferEvent",
    "FlowStep",
    "FlowVersion",
    "Health",
    "HealthEvent",
    "HealthScale",
    "HealthWeight",
    "HeldFact",
    "MeasureMark",
    "Measurement",
    "Milestone",
    "MilestoneEvent",
    "MilestoneProgress",
    "Nudge",
    "OutgoingWebhook",
    "Portfolio",
    "Run",
    "RunEvent",
    "RunStep",
    "SplitNote",
    "Stale",
    "Study",
    "StudyPlan",
    "Task",
    "Touch",
    "WebhookSecret",
]
