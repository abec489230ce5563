"""What agents' corrections teach decides only where it makes fewer mistakes than the rules, on tickets held back."""

import random

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from subscribers.models import Subscriber
from tests.factories.people import MembershipFactory, SubscriberFactory
from tests.factories.sla import TicketFactory
from tests.factories.tickets import DetectionRuleFactory, ReasonFactory
from tests.tickets.mail.plumbing import make_world
from tickets.enums import Author, MessageKind, TicketStatus, TopicSource
from tickets.models import LearnedTopic, Message, Queue, Ticket, TicketTopic
from tickets.services.topic_learning import FRESH, learn_store
from tickets.topics.learned import Weights, detect_learned
from tickets.topics.learning import Example, learn, mcnemar

ABOUT = "Sticky syrup all over the tins again, {}."
NOT_ABOUT = "The syrup broken down into sugars tastes nice, {}."
OTHER = "When does the next one leave you, {}?"
NAMES = tuple(f"{one}{two}na" for one in ("mari", "toma", "lu", "kari") for two in ("be", "do", "fi", "gu", "he"))


def example(number: int, kind: int) -> Example:
    """The rules hit "broken": wrongly in the second kind, and they know nothing of the first."""
    text = (ABOUT, NOT_ABOUT, OTHER)[kind].format(NAMES[number % len(NAMES)])
    return Example(text, person=number, is_about=kind == 0, confidence=0.8 if kind == 1 else 0.0)


def test_words_that_rules_do_not_know_are_learned():
    learned = learn([example(n, n % 3) for n in range(240)])
    assert learned.is_better
    assert (learned.learned_from, learned.compared_on) == (180, 60)
    assert (learned.of_rules.mistakes, learned.of_weights.mistakes) == (40, 0)
    assert (learned.of_rules.f1, learned.of_weights.f1) == (0, 1)
    weights = learned.weights.words
    assert weights["sticky"] > 0 > weights["tastes"]
    assert not {name for name in NAMES if name in weights}, "who wrote is no sign"


def test_rare_words_are_left_out():
    examples = [example(n, n % 3) for n in range(240)]
    told = "Sticky syrup everywhere, yours Winnifred"
    examples[:80] = [Example(told, person=n % 4, is_about=True, confidence=0) for n in range(80)]
    assert "winnifred" not in learn(examples).weights.words, "four people used it, however often"


def test_rules_that_are_right_stay():
    examples = [
        Example(one.text, one.person, one.is_about, 0.9 if one.is_about else 0.0)
        for one in (example(n, n % 3) for n in range(240))
    ]
    assert not learn(examples).is_better


def test_nothing_is_learned_from_too_few():
    assert learn([]) is None
    assert learn([example(n, n % 3) for n in range(60)]) is None
    assert learn([example(n, 2) for n in range(400)]) is None


def test_noise_is_hardly_ever_taken_for_knowledge():
    source = random.Random(7)
    used = 0
    for _ in range(60):
        said = [(source.random() < 0.4, source.random() < 0.1) for _ in range(240)]
        examples = [
            Example(" ".join(source.choices(NAMES, k=4)), n, is_about != is_slip, 0.8 * is_about)
            for n, (is_about, is_slip) in enumerate(said)
        ]
        learned = learn(examples)
        assert learned is not None
        used += learned.is_better
    assert used <= 1


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_binomial_test(better, worse):
    truth = binomtest(better, better + worse, alternative="greater").pvalue if better + worse else 1
    assert mcnemar(better, worse) == pytest.approx(truth)


@given(st.text(), st.dictionaries(st.sampled_from(["lid", "lid loose", "tea"]), st.floats(-9, 9)), st.floats(-99, 99))
def test_any_text_has_a_probability(text, words, bias):
    hits = detect_learned(text, (), {"damaged": Weights(bias, 1.0, words)})
    assert all(0.5 <= hit.confidence <= 1 and all(quote in text for quote in hit.because) for hit in hits)


def review(store, agent, reason, kinds):
    """Tickets that an agent answered and resolved, with the topics corrected."""
    now = timezone.now()
    queue = Queue.objects.filter(store=store).first()
    tickets = Ticket.objects.bulk_create(
        TicketFactory.build(
            store=store,
            queue=queue,
            subscriber=person,
            subject="Hello",
            status=TicketStatus.RESOLVED,
            opened_at=now,
            waiting_since=None,
            resolved_at=now,
        )
        for person in Subscriber.objects.bulk_create(SubscriberFactory.build(store=store) for _ in kinds)
    )
    said = Message.objects.bulk_create(
        Message(ticket=ticket, kind=MessageKind.PUBLIC, author_kind=who, author=author, text=text)
        for number, (ticket, kind) in enumerate(zip(tickets, kinds, strict=True))
        for who, author, text in (
            (Author.SUBSCRIBER, None, example(number, kind).text),
            (Author.AGENT, agent, "Sorry to hear that."),
        )
    )
    TicketTopic.objects.bulk_create(
        TicketTopic(
            ticket=ticket,
            reason=reason,
            decided_by=agent,
            message=None if kind == 0 else message,
            source=TopicSource.AGENT if kind == 0 else TopicSource.RULE,
            rejected_at=None if kind == 0 else now,
        )
        for ticket, kind, message in zip(tickets, kinds, said[::2], strict=True)
        if kind < 2
    )


@pytest.mark.django_db
def test_corrections_teach_what_arrives_next():
    world = make_world()
    reason = ReasonFactory(key="damaged")
    DetectionRuleFactory(reason=reason, phrases="broken")
    agent = MembershipFactory(store=world.store).user
    review(world.store, agent, reason, [number % 3 for number in range(120)])
    before = world.open(Subject="Sticky syrup on the tins")
    assert before.topics.count() == 0
    assert learn_store(world.store) == 1
    row = LearnedTopic.objects.get()
    assert (row.is_used, row.decisions, row.learned_from + row.compared_on) == (True, 80, 120)
    assert (row.rules_missed, row.rules_false_alarms, row.missed, row.false_alarms) == (10, 10, 0, 0)

    topic = world.open(Subject="Sticky syrup on the tins").topics.get()
    assert (topic.reason, topic.source, topic.learned, topic.rule) == (reason, TopicSource.LEARNED, row, None)
    assert topic.evidence == ["Sticky syrup", "the tins"]
    assert world.open(Subject="Syrup broken down into sugars tastes nice").topics.count() == 0, "rules are overruled"

    assert learn_store(world.store) == 0, "nothing new was said"
    review(world.store, agent, reason, [0] * FRESH)
    assert learn_store(world.store) == 1
    assert LearnedTopic.objects.count() == 2
