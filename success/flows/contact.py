"""Whether somebody may be written to now: consent, quiet hours, caps over all flows, and what is open with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Exists, Max, OuterRef, Q

from subscribers.enums import Channel
from subscribers.lazy import in_english
from subscribers.models import Consent, Subscriber
from success.enums import LIVE_RUN, FlowKind, HoldWhile, TouchCategory, TouchDecision
from success.models import ContactCap, ContactPolicy, Run, Touch
from tickets.enums import UNRESOLVED
from tickets.models import Mailbox, Ticket, TicketTopic

DEFAULT_CAPS = (("", 3, 168),)  # category, most, hours
# Topics that are complaints where the store's policy names none.
COMPLAINTS = (
    "damaged",
    "missing_item",
    "wrong_item",
    "late",
    "quality",
    "did_not_like",
    "billing",
    "customer_service",
)
LOOK_AGAIN = timedelta(hours=6)  # when what holds a mail back is not over by a time that is known
LONGEST_QUIET = timedelta(hours=36)
COUNTED = (TouchCategory.SUCCESS, TouchCategory.MARKETING)


@dataclass(frozen=True)
class Verdict:
    """`again_at`: when to ask again; None where asking again is of no use, or it may be sent."""

    decision: TouchDecision
    reason: str = ""
    again_at: datetime | None = None


MAY = Verdict(TouchDecision.SENT)


def policy_of(store_id: int) -> ContactPolicy:
    """The store's limits; the usual ones are written down when they are asked for first."""
    if policy := ContactPolicy.objects.filter(store=store_id).first():
        return policy
    ContactPolicy.objects.bulk_create([ContactPolicy(store_id=store_id)], ignore_conflicts=True)
    policy = ContactPolicy.objects.get(store=store_id)
    caps = [ContactCap(policy=policy, category=one, most=most, hours=hours) for one, most, hours in DEFAULT_CAPS]
    ContactCap.objects.bulk_create(caps, ignore_conflicts=True)
    return policy


class Desk:
    """Decides for a batch of people who are locked, knowing all about them in a few statements.

    What it lets go counts for those who come after in the same batch.
    """

    def __init__(self, subscriber_ids: Iterable[int], now: datetime) -> None:
        self.ids, self.now = list(subscriber_ids), now
        self.policies: dict[int, tuple[ContactPolicy, list[ContactCap]]] = {}
        self.senders: dict[int, bool] = {}
        self._loaded = False

    def decide(self, run: Run) -> Verdict:
        """Whether this run's flow may write to its subscriber now."""
        person, flow = run.subscriber, run.flow
        if person.redacted_at or person.merged_into_id:
            return Verdict(TouchDecision.SUPPRESSED, "The person is not there any more")
        if not person.email:
            return Verdict(TouchDecision.SUPPRESSED, "There is no address to write to")
        if person.undeliverable_at:
            return Verdict(TouchDecision.SUPPRESSED, "Mail to this address does not arrive")
        if person.suppressed_until and person.suppressed_until > self.now:
            return Verdict(TouchDecision.SUPPRESSED, f"Held until {person.suppressed_until:%Y-%m-%d}")
        if not self._can_send(run.store_id):
            return Verdict(TouchDecision.SUPPRESSED, "The store has no active mailbox", self.now + LOOK_AGAIN)
        if flow.category == TouchCategory.TRANSACTIONAL:
            return MAY
        self._load()
        if (person.pk, flow.category) in self.refused:
            return Verdict(TouchDecision.OPTED_OUT, f"Opted out of {TouchCategory(flow.category).label.lower()} mail")
        policy, caps = self._policy(run.store_id)
        if flow.kind == FlowKind.OUTREACH and (held := self._held(person, policy)):
            return held
        if capped := self._capped(run, caps):
            return capped
        until = quiet_until(zones_of(person), policy, self.now)
        if until is not None:
            words = f"Quiet hours until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            return Verdict(TouchDecision.HELD_QUIET, words, until)
        return MAY

    def _can_send(self, store_id: int) -> bool:
        if store_id not in self.senders:
            self.senders[store_id] = Mailbox.objects.filter(store=store_id, is_active=True).exists()
        return self.senders[store_id]

    def sent(self, run: Run) -> None:
        """A mail of this run goes out now."""
        if self._loaded and run.flow.category in COUNTED:
            self.touches.setdefault(run.subscriber_id, []).append((run.flow.category, self.now))

    def holds_outreach(self, person: Subscriber) -> Verdict | None:
        """Why nothing but service and recovery is written to this person now; None where that is not so."""
        self._load_open()
        return self._held(person, self._policy(person.store_id)[0])

    def _held(self, person: Subscriber, policy: ContactPolicy) -> Verdict | None:
        again = self.now + LOOK_AGAIN
        opened = {HoldWhile.COMPLAINT: self.complaints, HoldWhile.ANY_TICKET: self.open_tickets}
        if person.pk in opened.get(HoldWhile(policy.hold_while), ()):
            return Verdict(TouchDecision.HELD_COMPLAINT, in_english(HoldWhile(policy.hold_while).label), again)
        if policy.hold_during_recovery and person.pk in self.in_recovery:
            return Verdict(TouchDecision.HELD_RECOVERY, "A recovery flow is under way", again)
        return None

    def _capped(self, run: Run, caps: list[ContactCap]) -> Verdict | None:
        touches = self.touches.get(run.subscriber_id, [])
        for cap in caps:
            if cap.category and cap.category != run.flow.category:
                continue
            window = timedelta(hours=cap.hours)
            counted = sorted(
                at
                for category, at in touches
                if at > self.now - window and (not cap.category or category == cap.category)
            )
            if len(counted) >= cap.most:
                free = counted[len(counted) - cap.most] + window if cap.most else None
                return Verdict(TouchDecision.CAPPED, f"{cap.most} contacts within {cap.hours} h", free)
        return None

    def _policy(self, store_id: int) -> tuple[ContactPolicy, list[ContactCap]]:
        if store_id not in self.policies:
            policy = policy_of(store_id)
            self.policies[store_id] = (policy, list(policy.caps.order_by("hours", "category")))
        return self.policies[store_id]

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        refused = Consent.objects.filter(subscriber__in=self.ids, channel=Channel.MAIL, granted=False)
        self.refused = set(refused.values_list("subscriber_id", "category"))
        longest = ContactCap.objects.aggregate(hours=Max("hours"))["hours"] or 0
        since = self.now - timedelta(hours=max(longest, DEFAULT_CAPS[0][2]))
        self.touches: dict[int, list[tuple[str, datetime]]] = {}
        sent = Touch.objects.filter(
            subscriber__in=self.ids,
            decision=TouchDecision.SENT,
            category__in=COUNTED,
            channel=Channel.MAIL,
            occurred_at__gt=since,
        )
        for pk, category, at in sent.values_list("subscriber_id", "category", "occurred_at"):
            self.touches.setdefault(pk, []).append((category, at))
        self._load_open()

    def _load_open(self) -> None:
        tickets = Ticket.objects.filter(subscriber__in=self.ids, status__in=UNRESOLVED, deleted_at=None)
        self.open_tickets = set(tickets.values_list("subscriber_id", flat=True))
        self.complaints: set[int] = set()
        for store_id in set(tickets.values_list("store_id", flat=True)) if self.open_tickets else ():
            chosen = [reason.pk for reason in self._policy(store_id)[0].complaints.all()]
            about = Q(reason__in=chosen) if chosen else Q(reason__key__in=COMPLAINTS)
            topics = TicketTopic.objects.filter(about, ticket=OuterRef("pk"), rejected_at=None)
            found = tickets.filter(Exists(topics), store=store_id)
            self.complaints |= set(found.values_list("subscriber_id", flat=True))
        live = Run.objects.filter(subscriber__in=self.ids, is_recovery=True, status__in=LIVE_RUN)
        self.in_recovery = set(live.values_list("subscriber_id", flat=True))


@cache
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    """The zones of each country, as the time zone database lists them."""
    zones: dict[str, list[str]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones.setdefault(country, []).append(zone)
    return {country: tuple(names) for country, names in zones.items()}


def zones_of(person: Subscriber) -> list[ZoneInfo]:
    """Where a person's clock may be: their own zone; else all of their country; else the store's."""
    store = person.store
    for names in ((person.time_zone,), _zones_by_country().get(person.country.upper(), ()), (store.time_zone,)):
        found = [zone for name in names if name and (zone := _zone(name))]
        if found:
            return found
    return [ZoneInfo("UTC")]


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def quiet_until(zones: list[ZoneInfo], policy: ContactPolicy, now: datetime) -> datetime | None:
    """When quiet hours are over; None outside of them.

    Where a country has several zones it has to be day in all of them; where it never is, in the first one.
    """
    begins, ends = policy.quiet_from, policy.quiet_until
    if begins == ends:
        return None
    at = now
    while at - now < LONGEST_QUIET:
        over = max((_over(at.astimezone(zone), begins, ends) for zone in zones), default=at)
        if over <= at:
            return None if at == now else at
        at = over
    return quiet_until(zones[:1], policy, now) if len(zones) > 1 else None


def _over(local: datetime, begins: time, ends: time) -> datetime:
    """The end of the quiet hours that a local time lies in; the time itself where it lies in none."""
    clock = local.time()
    is_quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not is_quiet:
        return local
    day = local.date() + timedelta(days=1) if clock >= ends else local.date()
    return datetime.combine(day, ends, tzinfo=local.tzinfo)
