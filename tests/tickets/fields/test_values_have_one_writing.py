"""Whatever is accepted becomes one way of writing, and that one is read as itself."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from subscribers.errors import Refused
from tests.thorough import examples
from tickets.enums import FieldKind
from tickets.fields.kinds import canonical, shown

CHOICES = ["Lid", "Jar and lid", "Straße"]
GIVEN = (
    st.text(max_size=40)
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.dates().map(str)
    | st.sampled_from([*CHOICES, "lid", "STRASSE", "Yes", "on", "off", "0012,50", "-0.0", "1e5", True, False, None])
)


@given(kind=st.sampled_from(FieldKind.values), raw=GIVEN)
@settings(max_examples=examples(200), deadline=None)
@example(kind="number", raw=1e16)
@example(kind="number", raw=float("nan"))
def test_what_is_accepted_is_read_as_itself(kind, raw):
    try:
        value = canonical(kind, raw, CHOICES)
    except Refused:
        return
    assert canonical(kind, value, CHOICES) == value
    assert value == " ".join(value.split())
    assert shown(kind, value) or not value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**17), max_value=10**17, places=9))
@settings(max_examples=examples(60))
def test_equal_numbers_are_written_alike(number):
    value = canonical("number", f" {number:f} ")
    assert Decimal(value) == number
    assert value == canonical("number", f"{number:f}".replace(".", ",") + "")
    assert "e" not in value.lower()
    assert not (("." in value) and value.endswith(("0", "."))) or value == "0"


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 12, 31)))
@settings(max_examples=examples(20))
def test_a_date_is_its_iso_form(day):
    assert canonical("date", f"{day:%Y%m%d}" if day.year > 999 else str(day)) == day.isoformat()


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("number", "0012,50", "12.5"),
        ("number", "1 250 000.10", "1250000.1"),
        ("number", "\N{MINUS SIGN}3", "-3"),
        ("number", "-0.0", "0"),
        ("number", 1e3, "1000"),
        ("text", "  two\n lines\x00 ", "two lines"),
        ("choice", "JAR AND  LID", "Jar and lid"),
        ("checkbox", True, "yes"),
        ("checkbox", "no", ""),
        ("date", "", ""),
    ],
)
def test_writings_that_people_and_machines_use(kind, raw, value):
    assert canonical(kind, raw, CHOICES) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("number", "1,000"),
        ("number", "12 5"),
        ("number", "1e5"),
        ("number", True),
        ("number", "٣"),
        ("date", "31.3.2026"),
        ("date", "0026-03-31"),
        ("choice", "Box"),
        ("checkbox", "perhaps"),
        ("text", "x" * 501),
        ("text", ["a"]),
    ],
)
def test_what_could_mean_two_things_or_none_is_refused(kind, raw):
    with pytest.raises(Refused):
        canonical(kind, raw, CHOICES)


def test_a_mark_that_parts_thousands_or_decimals_is_asked_about():
    with pytest.raises(Refused, match=r"^Write 1250 or 1\.25\.$"):
        canonical("number", "1,250")
