"""Times, durations and money as words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.wording import due_state, due_words, duration_words, hue_of, initials_of, money_words, relative_words

NOW = datetime(2025, 3, 14, 16, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (4800, "1 h 20 min"),
        (3600, "1 h"),
        (86_400 + 3 * 60, "1 d"),
        (3 * 86_400 + 4 * 3600 + 59, "3 d 4 h"),
        (-4800, "1 h 20 min"),
    ],
)
def test_duration_is_its_two_largest_neighbouring_parts(seconds, words):
    assert duration_words(seconds) == words


@given(st.integers(min_value=60, max_value=10**9))
def test_duration_is_never_longer_than_the_truth_and_less_than_one_part_shorter(seconds):
    sizes = {"d": 86_400, "h": 3600, "min": 60}
    words = duration_words(seconds).split()
    parts = [(int(count), sizes[unit]) for count, unit in zip(words[::2], words[1::2], strict=True)]
    told = sum(count * size for count, size in parts)
    largest = parts[0][1]
    assert told <= seconds
    assert seconds - told < {86_400: 3600, 3600: 60, 60: 60}[largest]


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(seconds=30), "in under 1 min"),
        (timedelta(hours=-3, minutes=-59), "3 h ago"),
        (timedelta(hours=2), "in 2 h"),
        (timedelta(days=-29), "29 d ago"),
        (timedelta(days=-30), "12 Feb"),
        (timedelta(days=-90), "14 Dec 2024"),
    ],
)
def test_relative_time_becomes_a_date_after_thirty_days(ahead, words):
    assert relative_words(NOW + ahead, NOW) == words


@pytest.mark.parametrize(
    ("minutes", "state", "words"),
    [
        (-72, "overdue", "1 h 12 min over"),
        (0, "overdue", "due now"),
        (60, "soon", "in 1 h"),
        (61, "ok", "in 1 h 1 min"),
    ],
)
def test_due_is_overdue_from_its_very_moment_and_soon_within_the_hour(minutes, state, words):
    due = NOW + timedelta(minutes=minutes)
    assert due_state(due, NOW, soon=timedelta(hours=1)) == state
    assert due_words(due, NOW) == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1234.5", "USD", "$1,234.50"),
        (Decimal("-3"), "EUR", "-€3.00"),
        (4800, "JPY", "¥4,800"),
        (20, "CHF", "CHF 20.00"),
        (Decimal("-0.001"), "USD", "$0.00"),
    ],
)
def test_money_has_the_places_of_its_currency(amount, currency, words):
    assert money_words(amount, currency) == words


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Alma Reyes", "AR"), ("Ana Maria de Souza", "AS"), ("priya.nair@example.com", "PN"), ("Bob", "B"), ("", "")],
)
def test_initials_are_of_the_first_and_the_last_name(name, initials):
    assert initials_of(name) == initials


def test_hue_depends_on_the_name_alone_and_not_on_case():
    assert hue_of("Alma Reyes") == hue_of(" alma reyes ")
    assert {hue_of(str(number)) for number in range(200)} == set(range(8))
