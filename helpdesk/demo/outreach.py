"""Runs of the flows that accompany, as they were lived: guidance before first boxes, offers after two skips, help with
payments, a word to those who left. Sent and held, in every state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils import translation
from django.utils.formats import date_format

from helpdesk.demo.chance import Chance, at_hour
from helpdesk.demo.world import Setting
from subscribers.cancellation.enums import OfferKind
from subscribers.cancellation.links import account_url
from subscribers.cancellation.speech import language_of
from subscribers.enums import Channel, ConsentCategory, CycleStatus, SubscriptionStatus
from subscribers.lazy import in_english
from subscribers.models import Box, Consent, Cycle, Subscription
from success.enums import (
    DECIDED_OFFER,
    Arm,
    ExitReason,
    FlowKind,
    OfferState,
    RunStatus,
    StepKind,
    StepState,
    TouchCategory,
    TouchDecision,
    Trigger,
    VersionStatus,
)
from success.flows import texts
from success.models import FlowOffer, FlowOfferEvent, FlowStep, FlowVersion, Run, RunEvent, RunStep, Touch
from success.offers.selectors import offer_url
from tickets.enums import OutboundState
from tickets.mail.compose import automatic_headers, html_of
from tickets.models import Mailbox, OutboundMail

LOOKED_BACK = timedelta(days=120)
MOST = 60  # runs of a flow
TICK = timedelta(seconds=2)
HELD = {TouchDecision.SENT: 0.88, TouchDecision.CAPPED: 0.04, TouchDecision.HELD_COMPLAINT: 0.05}
WHY = {
    TouchDecision.CAPPED: "3 contacts within 168 hours already",
    TouchDecision.HELD_COMPLAINT: "A ticket with a complaint is open",
    TouchDecision.OPTED_OUT: "Opted out of success mail",
    TouchDecision.HELD_OUT: "Held out, to compare",
}
# What became of offers that are over, one after the other, the last first.
ANSWERS = (OfferState.DECLINED, OfferState.EXPIRED, OfferState.FAILED, OfferState.EXPIRED)
LINK = "(the link)"  # of an offer that has no number yet
REFUSED = "The contract is being changed elsewhere. Try again later."


@dataclass
class Told:
    """A run while it is told. `at`: where its clock stands."""

    run: Run
    steps: dict[str, FlowStep]
    at: datetime
    rows: list[RunStep] = field(default_factory=list)
    offer: FlowOffer | None = None
    mail: OutboundMail | None = None

    def step(self, key: str, *, until: Any = None, due_at: Any = None, **result: Any) -> RunStep:
        """Go to a step; done at `until` (else at once), or open until `due_at`."""
        row = RunStep(run=self.run, step=self.steps[key], sequence=len(self.rows) + 1, created_at=self.at)
        self.rows.append(row)
        if due_at is not None:
            row.state, row.due_at = StepState.WAITING, due_at
            self.run.status = RunStatus.WAITING
            return row
        self.at = max(until or self.at, self.at) + TICK
        row.state, row.finished_at, row.result = StepState.DONE, self.at, result
        return row

    def end(self, key: str) -> None:
        outcome = self.steps[key].config["outcome"]
        self.step(key, outcome=outcome)
        self.run.status, self.run.outcome, self.run.ended_at = RunStatus.COMPLETED, outcome, self.at

    def leave(self, reason: ExitReason) -> None:
        self.run.status, self.run.exit_reason, self.run.ended_at = RunStatus.EXITED, reason, self.at


class Outreach:
    def __init__(self, setting: Setting) -> None:
        self.setting, self.now = setting, setting.now
        self.chance = Chance(setting.seed, "outreach")
        self.mailbox = Mailbox.objects.filter(store=setting.store).order_by("pk")[0]
        versions = FlowVersion.objects.select_related("flow").filter(
            flow__store=setting.store, flow__kind=FlowKind.OUTREACH, status=VersionStatus.PUBLISHED
        )
        self.versions = {version.flow.key: version for version in versions}
        self.steps = {key: {step.key: step for step in version.steps.all()} for key, version in self.versions.items()}
        no = Consent.objects.filter(subscriber__store=setting.store, granted=False).values_list(
            "subscriber", "category"
        )
        self.refused = set(no)
        self.told: list[Told] = []
        self.within: set[tuple[str, int]] = set()  # flow and person: outreach comes to nobody twice
        self.mails: list[OutboundMail] = []
        self.touches: list[Touch] = []

    # -- One flow after the other ----------------------------------------------------------------------

    def before_first_boxes(self) -> None:
        """Those of the live sweep's own days are left to it."""
        boxes = Box.objects.filter(
            cycle__index=1,
            sequence=1,
            kind="regular",
            shipped_at__gte=self.now - LOOKED_BACK,
            shipped_at__lt=self.now - timedelta(days=1),
            cycle__subscription__store=self.setting.store,
        ).select_related("cycle__subscription__subscriber__store", "cycle__subscription__product")
        for box in boxes.order_by("-shipped_at")[:MOST]:
            subscription = box.cycle.subscription
            if box.shipped_at is None or ("first-box", subscription.subscriber_id) in self.within:
                continue
            mailed_at = self._by_day(box.shipped_at - timedelta(days=2))
            told = self._begin(
                "first-box", Trigger.BOX_UPCOMING, f"box:{box.pk}", subscription, mailed_at - timedelta(days=3), box=box
            )
            told.step("two-days-before", until=mailed_at, happened="the day came")
            told.step("is-it-coming", asked="the subscription is Active", answer="yes")
            self._mail(told, "guidance", day=box.expected_on)
            if told.run.status != RunStatus.EXITED:
                told.end("told")
            delivered = box.delivered_at
            if delivered is not None and delivered < self.now - timedelta(days=2):
                self._after_first_box(box, subscription, delivered)

    def _after_first_box(self, box: Box, subscription: Subscription, delivered: datetime) -> None:
        asked_at = self._by_day(delivered + timedelta(days=4))
        told = self._begin("first-use", Trigger.BOX_DELIVERED, f"box:{box.pk}", subscription, delivered, box=box)
        if asked_at > self.now:
            told.step("some-days-later", due_at=asked_at).anchor_at = delivered
        elif subscription.ended_at and subscription.ended_at < asked_at:
            told.step("some-days-later", until=subscription.ended_at, skipped="left")
            told.leave(ExitReason.LEFT)
        else:
            told.step("some-days-later", until=asked_at, happened="the day came")
            self._mail(told, "how-is-it")
            if told.run.status != RunStatus.EXITED:
                told.end("asked")

    def after_two_skips(self) -> None:
        skipped = Cycle.objects.filter(
            status=CycleStatus.SKIPPED, index__gte=3, subscription__store=self.setting.store
        ).select_related("subscription__subscriber__store", "subscription__product")
        by_subscription: dict[int, list[Cycle]] = {}
        for cycle in skipped.order_by("subscription", "index"):
            by_subscription.setdefault(cycle.subscription_id, []).append(cycle)
        pairs = [
            later
            for cycles in by_subscription.values()
            for earlier, later in pairwise(cycles)
            if later.index == earlier.index + 1
        ]
        answers = 0
        for cycle in sorted(pairs, key=lambda one: (one.starts_at, one.pk), reverse=True)[: MOST // 2]:
            at = self._by_day(min(cycle.starts_at - timedelta(days=6), self.now - timedelta(hours=20)))
            person = cycle.subscription.subscriber_id
            if ("second-skip", person) in self.within or Run.objects.filter(trigger_key=f"cycle:{cycle.pk}").exists():
                continue
            told = self._begin("second-skip", Trigger.SKIPPED_TWICE, f"cycle:{cycle.pk}", cycle.subscription, at)
            is_live = at > self.now - timedelta(days=14) and cycle.subscription.status == SubscriptionStatus.ACTIVE
            if self.chance.happens(0.1):
                told.run.arm, told.run.holdout_share = Arm.HOLDOUT, 0.1
            self._offer(told, is_live, ANSWERS[answers % len(ANSWERS)])
            answers += told.run.arm == Arm.TREATED and not is_live

    def _offer(self, told: Told, is_live: bool, answer: OfferState) -> None:
        told.step("offer", **({"held_out": True} if told.run.arm == Arm.HOLDOUT else {}))
        if told.run.arm == Arm.TREATED:
            told.offer = self._make_offer(told, is_live, answer)
        told.step("could-we", asked="what was to be done or offered was refused", answer="no")
        self._mail(told, "ask")
        ends_at = told.at + timedelta(days=14)
        if told.run.status == RunStatus.EXITED:
            return
        if is_live:
            told.step("time-to-choose", due_at=max(ends_at, self.now + timedelta(hours=1)))
            return
        offer = told.offer
        took = offer.decided_at if offer is not None else None
        told.step("time-to-choose", until=took or ends_at, happened="they answered" if took else "the time was over")
        accepted, declined = answer == OfferState.FAILED, answer == OfferState.DECLINED
        if offer is None:
            accepted = declined = False
        told.step("accepted", asked="they accepted the offer", answer="yes" if accepted else "no")
        if accepted:
            told.end("slower")
            return
        told.step("declined", asked="they declined the offer", answer="yes" if declined else "no")
        told.end("as-it-was" if declined else "no-answer")

    def _make_offer(self, told: Told, is_live: bool, answer: OfferState) -> FlowOffer:
        subscription = told.run.subscription
        assert subscription is not None  # noqa: S101  for the type checker: skips have one
        count = subscription.billing_interval_count * 2
        offer = FlowOffer(
            store_id=told.run.store_id,
            subscriber_id=told.run.subscriber_id,
            subscription=subscription,
            key=f"flow:{told.run.flow_id}:{told.run.trigger_key}:offer",
            kind=OfferKind.FREQUENCY,
            params={"interval": subscription.billing_interval, "count": count},
            made_at=told.at,
            valid_until=told.at + timedelta(days=14),
        )
        if is_live:
            offer.state = self.chance.one((OfferState.MADE, OfferState.OPENED))
        else:
            offer.state = answer
        if offer.state != OfferState.MADE and offer.state != OfferState.EXPIRED:
            offer.opened_at = told.at + timedelta(hours=self.chance.uniform(1, 3))
        if offer.state in DECIDED_OFFER and offer.opened_at:
            offer.decided_at = offer.opened_at + timedelta(minutes=2)
        if offer.state == OfferState.FAILED:
            offer.error, offer.language = REFUSED, "en"
        return offer

    def after_cancellations(self) -> None:
        gone = Subscription.objects.filter(
            store=self.setting.store,
            status=SubscriptionStatus.CANCELLED,
            ended_at__gte=self.now - timedelta(days=100),
            ended_at__lt=self.now - timedelta(days=3),
            subscriber__consents__category=ConsentCategory.MARKETING,
            subscriber__consents__channel=Channel.MAIL,
            subscriber__consents__granted=True,
            events__kind="cancelled",
            events__reason__key__in=("too_expensive", "too_much_product", "no_longer_need", "moving", "alternative"),
        ).select_related("subscriber__store", "product")
        for subscription in gone.order_by("-ended_at", "pk").distinct()[: MOST // 2]:
            ended = subscription.ended_at
            if ended is None or ("win-back", subscription.subscriber_id) in self.within:
                continue
            told = self._begin(
                "win-back", Trigger.SUBSCRIPTION_CANCELLED, f"cancelled:{subscription.pk}", subscription, ended
            )
            asks_at = self._by_day(ended + timedelta(days=45))
            if asks_at > self.now:
                told.step("a-while", due_at=asks_at).anchor_at = ended
                continue
            told.step("a-while", until=asks_at, happened="the day came")
            told.step("may-we-ask", asked="they agreed to such mail", answer="yes")
            self._mail(told, "ask")
            back_by = told.at + timedelta(days=30)
            if told.run.status == RunStatus.EXITED:
                continue
            if back_by > self.now:
                told.step("time-to-come-back", due_at=back_by)
                continue
            told.step("time-to-come-back", until=back_by, happened="the time was over")
            told.step("are-they-back", asked="they are still subscribed", answer="no")
            told.end("gone")

    # -- What they have in common ----------------------------------------------------------------------

    def _by_day(self, at: datetime) -> datetime:
        return at_hour(at, self.chance.uniform(9, 11), self.setting.zone)

    def _begin(
        self, key: str, trigger: Trigger, source: str, subscription: Subscription, at: datetime, box: Box | None = None
    ) -> Told:
        version = self.versions[key]
        run = Run(
            store=self.setting.store,
            flow=version.flow,
            version=version,
            subscriber=subscription.subscriber,
            subscription=subscription,
            box=box,
            is_recovery=False,
            trigger_kind=trigger,
            trigger_key=source,
            started_at=at,
        )
        told = Told(run, self.steps[key], at)
        self.told.append(told)
        self.within.add((key, subscription.subscriber_id))
        return told

    def _mail(self, told: Told, key: str, *, day: Any = None) -> None:
        """Sent, or held back as such mails are."""
        run, category = told.run, told.run.flow.category
        decision = self.chance.weighed(HELD)
        if run.arm == Arm.HOLDOUT:
            decision = TouchDecision.HELD_OUT
        elif (run.subscriber_id, category) in self.refused:
            decision = TouchDecision.OPTED_OUT
        step = told.steps[key]
        row = told.step(key, decision=decision, **({"reason": WHY[decision]} if decision in WHY else {}))
        touch = Touch(
            store=self.setting.store,
            subscriber=run.subscriber,
            key=f"flow:{run.flow_id}:{run.trigger_key}:{key}",
            category=TouchCategory(category),
            decision=decision,
            reason=WHY.get(decision, ""),
            occurred_at=row.finished_at or told.at,
        )
        touch.run_step = row
        if decision == TouchDecision.SENT:
            touch.outbound_mail = self._write(told, step, day)
        else:
            touch.key += ":held"
        self.touches.append(touch)
        if decision == TouchDecision.OPTED_OUT:
            told.leave(ExitReason.OPTED_OUT)

    def _write(self, told: Told, step: FlowStep, day: Any) -> OutboundMail:
        run, person = told.run, told.run.subscriber
        facts = texts.facts_of(run)
        # Known before: Django sets all addresses up anew for each language in which one is made.
        facts.known["account_link"] = account_url(person)
        with translation.override(language_of(person)):
            if day is not None:
                weekday = date_format(day, "l")
                facts.known["delivery_day"] = {"de": f"am {weekday}", "es": f"el {weekday}"}.get(
                    language_of(person), weekday
                )
            if told.offer is not None:
                facts.known["offer_link"] = LINK
                facts.known["offer_until"] = date_format(told.offer.valid_until, "DATE_FORMAT")
            subject = texts.render(texts.said(step, "subject", person), facts)
            text = texts.render(texts.said(step, "text", person), facts)
        unique = f"flow.{run.flow_id}.{run.trigger_key}.{step.key}".replace(":", ".")
        mail = OutboundMail(
            store=self.setting.store,
            mailbox=self.mailbox,
            subscriber=person,
            key=f"flow:{run.flow_id}:{run.trigger_key}:{step.key}",
            recipient=person.email,
            from_name=self.mailbox.name,
            reply_to=self.mailbox.address,
            subject=subject,
            text=text,
            html=html_of(text),
            rfc822_id=f"{unique}@{self.mailbox.address.rpartition('@')[2]}",
            headers={"X-Loop": self.mailbox.address, **automatic_headers()},
            state=OutboundState.SENT,
            attempts=1,
            next_attempt_at=told.at,
            sent_at=told.at,
            created_at=told.at,
        )
        self.mails.append(mail)
        told.mail = mail
        return mail

    def write(self) -> int:
        """All of it, in some statements; how many runs."""
        for told in self.told:
            run = told.run
            run.updated_at = run.ended_at or max(
                [run.started_at, *(row.finished_at or row.created_at for row in told.rows)]
            )
        Run.objects.bulk_create([told.run for told in self.told])
        RunEvent.objects.bulk_create(_events(self.told))
        RunStep.objects.bulk_create([row for told in self.told for row in told.rows])
        offers = []
        for told in self.told:
            if told.offer is not None:
                told.offer.run = told.run
                told.offer.run_step = next(row for row in told.rows if row.step.kind == StepKind.ACTION)
                offers.append(told.offer)
        FlowOffer.objects.bulk_create(offers)
        FlowOfferEvent.objects.bulk_create(_offer_events(offers))
        for told in self.told:
            if told.offer is not None and told.mail is not None:
                told.mail.text = told.mail.text.replace(LINK, offer_url(told.offer))
                told.mail.html = html_of(told.mail.text)
        OutboundMail.objects.bulk_create(self.mails)
        Touch.objects.bulk_create(self.touches)
        return len(self.told)


def _events(all_told: Sequence[Told]) -> list[RunEvent]:
    events = []
    for told in all_told:
        run = told.run
        words = f"Started by: {Trigger(run.trigger_kind).label.lower()}"
        events.append(RunEvent(run=run, kind="started", text=words, occurred_at=run.started_at))
        if run.status == RunStatus.COMPLETED:
            words = f"Completed: {run.outcome}"
            events.append(RunEvent(run=run, kind="completed", text=words, occurred_at=run.ended_at or told.at))
        elif run.status == RunStatus.EXITED:
            words = in_english(ExitReason(run.exit_reason).label)
            events.append(RunEvent(run=run, kind="exited", text=words, occurred_at=run.ended_at or told.at))
    return events


def _offer_events(offers: Iterable[FlowOffer]) -> list[FlowOfferEvent]:
    events = []
    for offer in offers:
        path = [(OfferState.MADE, offer.made_at)]
        if offer.opened_at:
            path.append((OfferState.OPENED, offer.opened_at))
        if offer.decided_at and offer.state == OfferState.FAILED:
            path.append((OfferState.ACCEPTED, offer.decided_at))
        if offer.state not in (OfferState.MADE, OfferState.OPENED):
            path.append((OfferState(offer.state), offer.decided_at or offer.valid_until))
        before = ""
        for state, at in path:
            text = REFUSED if state == OfferState.FAILED else ""
            events.append(FlowOfferEvent(offer=offer, from_state=before, to_state=state, text=text, occurred_at=at))
            before = state
    return events


def write_outreach(setting: Setting) -> int:
    """What flows told subscribers by themselves of late; how many runs."""
    outreach = Outreach(setting)
    outreach.before_first_boxes()
    outreach.after_two_skips()
    outreach.after_cancellations()
    return outreach.write()
