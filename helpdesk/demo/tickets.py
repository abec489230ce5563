"""Which tickets the demo store has: who wrote when, about what, and how each went on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from helpdesk.demo.catalogue import STAFF, Colleague
from helpdesk.demo.chance import Chance
from helpdesk.demo.clocks import TicketClocks
from helpdesk.demo.conversations import Conversation, story_of
from helpdesk.demo.threads import Thread
from helpdesk.demo.world import Order, Parcel, Person, Setting
from helpdesk.demo.writer import Writer
from helpdesk.models import User
from subscribers.enums import Channel, SubscriptionStatus
from tickets.enums import Metric, Priority, TicketStatus
from tickets.models import Ticket
from tickets.services.topics import rules_of
from tickets.sla.business_time import Calendar
from tickets.sla.policies import policies_of

UNRESOLVED = 0.08
# What is still open, by where it stands.
PHASES = {"fresh": 0.42, "answered": 0.24, "came_back": 0.24, "on_hold": 0.1}
# Who writes at all, of those who have a reason to.
WRITES = {"damaged": 0.92, "missing_item": 0.85, "wrong_item": 0.9, "quality": 0.35, "late": 0.5}
FROM_FACTS = 0.6  # at most this share of the tickets comes from boxes that went wrong
ASKED_BEFORE = 0.12  # who wrote already while the first box was on its way
# The other tickets, by what they ask.
QUESTIONS = {
    "product_question": 0.3,
    "skip_or_pause": 0.2,
    "billing": 0.22,
    "address_change": 0.12,
    "quality": 0.06,
    "": 0.1,
}
FRESH = {"damaged": 0.17, "late": 0.2, "missing_item": 0.07, "wrong_item": 0.03, "cancel": 0.12, **QUESTIONS}
EARLY_BOXES = (3.0, 1.7, 1.2)  # how much more often people write about their first boxes than later ones
# How the others went: answered once; a question back; more than that; no answer to the question back.
PATHS = {"one": 0.47, "ask": 0.32, "long": 0.09, "silent": 0.12}
CHANNELS = {Channel.MAIL: 0.84, Channel.WEB: 0.16}
AGENTS = [colleague for colleague in STAFF if colleague.share]
OWN_INBOX = 16  # open tickets of the demo's own agent


@dataclass
class Case:
    """A ticket to be: `phase` where it is still open."""

    at: datetime
    person: Person
    topic: str
    order: Order | None = None
    parcel: Parcel | None = None
    phase: str = ""
    touched_at: tuple[datetime, ...] = ()  # when an open one was answered, came back, or was put on hold
    leaves: bool = False  # the agent's answer ends the subscription


def choose_cases(setting: Setting, people: list[Person], count: int) -> list[Case]:
    """So many tickets, the earliest first. ValueError where nobody is there to write them."""
    if count and not people:
        raise ValueError("Tickets need subscribers who write them.")
    chance = Chance(setting.seed, "cases")
    unresolved = round(count * UNRESOLVED)
    facts = _from_facts(setting, chance, people)
    chance.shuffle(facts)
    facts = facts[: round((count - unresolved) * FROM_FACTS)]
    asked = _questions(setting, chance, people, count - unresolved - len(facts))
    still_open = _fresh(setting, chance, people, unresolved)
    return sorted(facts + asked + still_open, key=lambda case: (case.at, case.person.pk))


def _from_facts(setting: Setting, chance: Chance, people: list[Person]) -> list[Case]:
    """Boxes that went wrong, and subscribers who ask to cancel."""
    latest = setting.now - timedelta(days=2)
    cases = []
    for person in people:
        for order in person.orders:
            for parcel in order.parcels:
                if not parcel.trouble or not chance.happens(WRITES[parcel.trouble]):
                    continue
                if parcel.trouble == "late":
                    at = parcel.expected_at + timedelta(hours=chance.uniform(14, 60))
                    if parcel.arrives_at and at > parcel.arrives_at:
                        continue
                elif parcel.arrives_at:
                    at = _writes_after(chance, person, parcel.arrives_at)
                else:
                    continue
                if at >= latest:
                    continue
                cases.append(Case(at, person, parcel.trouble, order, parcel))
                if parcel.number == 1 and chance.happens(ASKED_BEFORE):
                    asked_at = parcel.ships_at + timedelta(hours=chance.uniform(5, 30))
                    cases.append(Case(asked_at, person, "product_question", order, parcel))
            if order.cancelled_by_agent and order.ended_at and order.ended_at < latest:
                parcels = [one for one in order.parcels if one.ships_at < order.ended_at]
                cases.append(
                    Case(order.ended_at, person, "cancel", order, parcels[-1] if parcels else None, leaves=True)
                )
    return cases


def _writes_after(chance: Chance, person: Person, arrived_at: datetime) -> datetime:
    """Most write on the evening that the box came, some days later."""
    if chance.happens(0.6):
        return arrived_at + timedelta(hours=min(chance.about(2.0, 0.8), 12))
    day = arrived_at + timedelta(days=chance.choice((1, 1, 1, 2, 2, 3, 5)))
    return max(chance.moment_of_day(day, person.zone), arrived_at + timedelta(minutes=20))


def _questions(setting: Setting, chance: Chance, people: list[Person], count: int) -> list[Case]:
    if count <= 0:
        return []
    places: list[tuple[Person, Order | None, Parcel | None]] = []
    weights = []
    latest = setting.now - timedelta(hours=20)
    for person in people:
        if not person.orders and person.created_at < latest:
            places.append((person, None, None))
            weights.append(2.0)
        for subscribed in person.orders:
            for box in subscribed.parcels:
                if box.delivered_by(latest):
                    places.append((person, subscribed, box))
                    weights.append(EARLY_BOXES[box.number - 1] if box.number <= len(EARLY_BOXES) else 1.0)
    if not places:
        return [Case(person.created_at, person, "product_question") for person in chance.choices(people, k=count)]
    cases = []
    for place in chance.choices(places, weights, k=count):
        person, order, parcel = place
        at = person.created_at
        if parcel and parcel.arrives_at:
            day = parcel.arrives_at + timedelta(days=min(chance.about(6, 0.9), 35))
            at = max(chance.moment_of_day(min(day, latest), person.zone), parcel.arrives_at)
        topic = chance.weighed(QUESTIONS) if order else "product_question"
        cases.append(Case(min(at, latest), person, topic, order, parcel))
    return cases


def _fresh(setting: Setting, chance: Chance, people: list[Person], count: int) -> list[Case]:
    """What is open today. Its times are counted back from now in office hours, so that the inbox looks the same
    whenever the seed is made: most within their promises, some due soon, some overdue."""
    pool = _Pool(setting, chance, people)
    calendar = office_hours(setting)
    cases = []
    for _ in range(count):
        phase = chance.weighed(PHASES)
        at, touched_at = _times(setting, chance, calendar, phase)
        cases.append(pool.draw(at, phase, touched_at))
    return cases


def _times(setting: Setting, chance: Chance, calendar: Calendar, phase: str) -> tuple[datetime, tuple[datetime, ...]]:
    def before(at: datetime, hours: float) -> datetime:
        return calendar.subtract(at, hours * 3600) - timedelta(seconds=chance.uniform(5, 300))

    if phase == "fresh" and chance.happens(0.55):
        # Since yesterday evening, at whatever hour people write: the more the nearer.
        return setting.now - timedelta(minutes=2 + 16 * 60 * chance.random() ** 1.6), ()
    if phase == "fresh":
        return before(setting.now, chance.uniform(0.02, 1.1) * 2.8), ()
    if phase == "came_back":
        wrote_at = before(setting.now, chance.uniform(0.05, 6.5))
        replied_at = wrote_at - timedelta(hours=min(chance.about(7), 60))
        replied_at = before(replied_at, 0)
        return before(replied_at, chance.uniform(0.2, 3)), (replied_at, wrote_at)
    touched_at = before(setting.now, chance.uniform(0.3, 20))
    return before(touched_at, chance.uniform(0.2, 3.5)), (touched_at,)


class _Pool:
    """Active subscribers who have not got an open ticket yet."""

    def __init__(self, setting: Setting, chance: Chance, people: list[Person]) -> None:
        self.chance, self.people = chance, people
        self.places = [
            (person, order)
            for person in people
            for order in person.orders
            if order.status == SubscriptionStatus.ACTIVE and any(one.delivered_by(setting.now) for one in order.parcels)
        ]
        chance.shuffle(self.places)
        # First boxes first: they bring the most tickets.
        self.places.sort(key=lambda place: len(place[1].parcels) > 2 and chance.happens(0.55))

    def draw(self, at: datetime, phase: str, touched_at: tuple[datetime, ...]) -> Case:
        topic = self.chance.weighed(FRESH)
        for number, (person, order) in enumerate(self.places):
            parcel = _fitting(order, topic, at)
            if parcel is not None:
                del self.places[number]
                return Case(at, person, topic, order, parcel, phase, touched_at)
        earlier = [person for person in self.people if person.created_at < at] or self.people
        return Case(at, self.chance.one(earlier), "product_question", phase=phase, touched_at=touched_at)


def _fitting(order: Order, topic: str, at: datetime) -> Parcel | None:
    """The box that a mail of this time and topic would be about."""
    for parcel in reversed(order.parcels):
        if topic == "late":
            if parcel.expected_at < at and not parcel.delivered_by(at):
                return parcel
        elif parcel.arrives_at and parcel.arrives_at < at:
            days = (at - parcel.arrives_at).days
            return parcel if days < (6 if topic in WRITES else 25) else None
    return None


def office_hours(setting: Setting) -> Calendar:
    policies = policies_of(setting.store.pk)
    return policies.calendars[policies.versions[-1].calendar_id]


class Telling:
    """Tells threads from cases, with the colleagues who answer."""

    def __init__(self, setting: Setting, writer: Writer, count: int, labels: dict[str, str]) -> None:
        self.setting, self.writer, self.labels = setting, writer, labels
        self.chance = Chance(setting.seed, "tickets")
        self.rules = rules_of(setting.store)
        self.policies = policies_of(setting.store.pk)
        self.calendar = office_hours(setting)
        writer.table(Ticket).reserve(count)
        self.lead = setting.users["lead@demo.example"]
        self.own = 0
        self.open_share = OWN_INBOX * 1.3 / max(1, round(count * UNRESOLVED))

    def tell(self, case: Case) -> Thread:
        story = story_of(self.chance, case.person, case.topic)
        talk = Conversation(self.chance, case.person, story, case.order, case.parcel, case.at)
        colleague = self._colleague(story.language, bool(case.phase))
        row = Ticket(
            store=self.setting.store,
            queue=self.setting.queues[story.queue],
            cycle_index=case.person.cycle_at(case.at),
            priority=Priority.NORMAL,
            channel=self.chance.weighed(CHANNELS),
        )
        thread = Thread(
            self.setting,
            self.writer.table(Ticket).next_id(),
            case.person,
            talk,
            case.order if row.cycle_index else None,
            case.parcel if story.about_box else None,
            case.at,
            self.rules,
            TicketClocks(row, self.policies),
            self.labels,
        )
        agent = self.setting.users[colleague.email]
        if case.phase:
            self._still_open(thread, case, agent)
        else:
            self._brought_to_an_end(thread, case, agent, colleague.pace)
        return thread

    def _colleague(self, language: str, is_open: bool) -> Colleague:
        """Who takes it: by language where somebody speaks it, else by share."""
        if is_open and self.own < OWN_INBOX + 2 and self.chance.happens(self.open_share):
            self.own += 1
            return AGENTS[0]
        speakers = [
            one for one in AGENTS if language in one.languages and (language != "en" or not is_open or one != AGENTS[0])
        ]
        return self.chance.choices(speakers, [one.share for one in speakers])[0]

    def _prepare(self, thread: Thread, agent: User, before: datetime) -> None:
        """What happens before the first answer: a second mail, triage, a note."""
        chance, story = self.chance, thread.talk.story
        office = self.calendar.between(thread.opened_at, before)

        def within(low: float, high: float) -> datetime:
            return self.calendar.add(thread.opened_at, max(office * chance.uniform(low, high), 20))

        steps: list[tuple[datetime, str]] = []
        if chance.happens(0.07) and before - thread.opened_at > timedelta(hours=4):
            nudged_at = thread.opened_at + (before - thread.opened_at) * chance.uniform(0.3, 0.9)
            steps.append((nudged_at, "nudge"))
        if story.priority != Priority.NORMAL and chance.happens(0.6):
            steps.append((within(0.05, 0.25), "priority"))
        if chance.happens(0.45):
            steps.append((within(0.1, 0.5), "assign"))
        if chance.happens(0.16):
            steps.append((before - timedelta(minutes=chance.uniform(1, 9)), "note"))
        for at, step in sorted(steps):
            if not thread.opened_at < at < before:
                continue
            if step == "nudge":
                thread.receive(at, thread.talk.nudge())
            elif step == "priority":
                thread.set_priority(at, self.lead, Priority(story.priority))
            elif step == "assign":
                thread.assign(at, self.lead, agent)
            else:
                thread.note(at, agent, thread.talk.note())

    def _still_open(self, thread: Thread, case: Case, agent: User) -> None:
        now, chance = self.setting.now, self.chance
        mine = agent.email == AGENTS[0].email
        if case.phase == "fresh":
            if mine or chance.happens(0.35):
                at = thread.opened_at + (now - thread.opened_at) * chance.uniform(0.1, 0.8)
                thread.assign(at, self.lead, agent)  # the lead sorts the inbox on her phone, too
            return
        first = case.touched_at[0]
        self._prepare(thread, agent, first)
        if case.phase == "on_hold":
            thread.assign(first, agent, agent)
            thread.note(first, agent, thread.talk.note())
            thread.become(first, TicketStatus.ON_HOLD, agent)
            return
        thread.reply(first, agent, thread.talk.reply(agent.name, asking=True), TicketStatus.PENDING)
        if case.phase == "came_back":
            self._answers(thread, case.touched_at[1], thread.talk.answer())

    def _brought_to_an_end(self, thread: Thread, case: Case, agent: User, pace: float) -> None:
        chance, now, talk = self.chance, self.setting.now, thread.talk
        at = self._answered_at(thread, Metric.FIRST_REPLY, pace, thread.opened_at)
        if at >= now:
            return
        self._prepare(thread, agent, at)
        if "damaged" in thread.topics and talk.story.topic != "damaged":
            thread.reject_topic(at - timedelta(minutes=1), agent, "damaged")
        if case.leaves and case.order:
            case.order.ended_at = at
        path = "one" if case.leaves or case.topic == "" else chance.weighed(PATHS)
        if path == "one":
            thread.reply(at, agent, talk.reply(agent.name, asking=False), TicketStatus.RESOLVED)
        else:
            thread.reply(at, agent, talk.reply(agent.name, asking=True), TicketStatus.PENDING)
            if path == "silent":
                at = self._office(at + timedelta(days=3, hours=chance.uniform(0, 5)))
                if at < now:
                    thread.become(at, TicketStatus.RESOLVED, agent)
                return
            answers = ["ask", "ask"] if path == "long" else ["ask"]
            while answers:
                answers.pop()
                wrote_at = self._customer_at(thread, at)
                if wrote_at >= now:
                    return
                self._answers(thread, wrote_at, talk.answer())
                at = self._answered_at(thread, Metric.NEXT_REPLY, pace, wrote_at)
                if at >= now:
                    return
                status = TicketStatus.PENDING if answers else TicketStatus.RESOLVED
                thread.reply(at, agent, talk.further_reply(agent.name), status)
        if chance.happens(0.11):
            self._thanked(thread, agent, at)

    def _thanked(self, thread: Thread, agent: User, at: datetime) -> None:
        """A thank-you reopens the ticket, and somebody closes it again without an answer."""
        wrote_at = self._customer_at(thread, at)
        closed_at = self._answered_at(thread, Metric.NEXT_REPLY, 0.3, wrote_at)
        if closed_at < self.setting.now:
            self._answers(thread, wrote_at, thread.talk.thanks())
            thread.become(closed_at, TicketStatus.RESOLVED, agent)

    def _answers(self, thread: Thread, at: datetime, text: str) -> None:
        thread.receive(at, text, quoting=thread.channel == Channel.MAIL and self.chance.happens(0.55))

    def _answered_at(self, thread: Thread, metric: Metric, pace: float, since: datetime) -> datetime:
        """Mostly well within the promise, sometimes beyond it."""
        chance = self.chance
        share = chance.uniform(1.05, 2.6) if chance.happens(0.07 * pace) else min(chance.about(0.28, 0.7) * pace, 0.95)
        seconds = thread.clocks.target(metric) * share
        return thread.clocks.calendar().add(since, max(seconds, 90))

    def _office(self, at: datetime) -> datetime:
        return self.calendar.add(at, self.chance.uniform(60, 3600))

    def _customer_at(self, thread: Thread, after: datetime) -> datetime:
        at = after + timedelta(hours=min(self.chance.about(4, 1.1), 70))
        hour = at.astimezone(thread.person.zone).hour
        return at + timedelta(hours=7 - hour) if hour < 7 else at
