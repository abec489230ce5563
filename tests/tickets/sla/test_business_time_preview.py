"""`manage.py sla_preview` answers every line in order and stops at none."""

import io
import json
import sys

from django.core.management import call_command

BERLIN = {"tz": "Europe/Berlin", "hours": {"fri": [["09:00", "18:00"]], "mon": [["09:00", "18:00"]]}}


def preview(monkeypatch, *lines):
    raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw + b"\n")))
    out = io.StringIO()
    call_command("sla_preview", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_operation_is_answered(monkeypatch):
    friday = {"calendar": BERLIN, "start": "2026-03-06T16:55:00Z"}
    assert preview(
        monkeypatch,
        {**friday, "op": "add", "seconds": 600},
        {**friday, "op": "subtract", "seconds": 600},
        {**friday, "op": "business_minutes", "end": "2026-03-09T09:00:00+01:00"},
        {**friday, "op": "is_open"},
        {**friday, "op": "add", "seconds": 60, "pauses": [["2026-03-06T16:00:00Z", "2026-03-06T16:58:00Z"]]},
    ) == [
        {"due": "2026-03-09T08:05:00+00:00"},
        {"due": "2026-03-06T16:45:00+00:00"},
        {"minutes": 5.0},
        {"open": True},
        {"due": "2026-03-06T16:59:00+00:00"},
    ]


def test_a_bad_line_is_answered_with_an_error_and_the_next_one_is_read(monkeypatch):
    good = {"calendar": BERLIN, "op": "is_open", "start": "2026-03-06T16:55:00Z"}
    answers = preview(
        monkeypatch,
        b"{",
        b"\xff\xfe",
        b"",
        b"[" * 100_000,
        [],
        {},
        {**good, "op": "divide"},
        {**good, "start": 5},
        {**good, "start": "2026-03-06T16:55:00"},
        {**good, "start": "0001-01-01T00:00:00+14:00"},
        {**good, "op": "add"},
        {**good, "op": "add", "seconds": 1e300},
        {**good, "pauses": [1]},
        {**good, "calendar": {"hours": {"mon": 5}}},
        good,
    )
    assert [sorted(answer) for answer in answers] == [["error"]] * 14 + [["open"]]
