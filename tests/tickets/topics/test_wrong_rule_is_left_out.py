"""A rule that cannot be applied, as an import may leave one, stops neither mail nor the other rules."""

import logging

import pytest

from tests.factories.tickets import DetectionRuleFactory, ReasonFactory
from tests.tickets.mail.plumbing import letter, make_world, states
from tickets.enums import InboundState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def damaged():
    return DetectionRuleFactory(reason=ReasonFactory(key="damaged"), phrases="arrived (broken|crushed)")


@pytest.mark.parametrize("wrong", [{"phrases": "((a|b"}, {"phrases": " \n"}, {"unless": "… no"}])
def test_mail_is_taken_and_the_other_rules_hold(wrong):
    DetectionRuleFactory(reason=ReasonFactory(key="late"), **{"phrases": "arrived", **wrong})
    ticket = make_world().open(Subject="It arrived crushed")
    assert states() == [InboundState.PROCESSED]
    assert list(ticket.topics.values_list("reason__key", flat=True)) == ["damaged"]


def test_wrong_rule_is_told_once_a_change(caplog):
    rule = DetectionRuleFactory(name="Late", reason=ReasonFactory(key="late"), phrases="((a|b")
    world = make_world()
    with caplog.at_level(logging.ERROR, logger="tickets.services.topics"):
        for _ in range(3):
            world.open()
        told = f"Detection rule {rule.pk} “Late” is left out of store {world.store.pk}: "
        fault = "Line 1 (((a|b): '(' has no partner, or one stands inside another."
        assert caplog.messages == [told + fault]
        rule.phrases = "so (late"
        rule.save()
        for _ in range(2):
            world.open()
        assert caplog.messages[1:] == [told + "Line 1 (so (late): '(' has no partner, or one stands inside another."]
        rule.phrases = "so late"
        rule.save()
        ticket = world.open(Subject="Why is it so late")
    assert len(caplog.messages) == 2
    assert list(ticket.topics.values_list("reason__key", flat=True)) == ["late"]


def test_mail_opens_a_ticket_where_every_rule_is_wrong(damaged):
    damaged.phrases = "(("
    damaged.save()
    assert make_world().take(letter("It arrived crushed")).message.ticket.topics.count() == 0
