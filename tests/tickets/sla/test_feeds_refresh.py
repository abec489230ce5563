"""A calendar's feed: its own days alone are replaced, its faults are kept and shown, and it never leads inside."""

import threading
from datetime import date, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from tests.factories.sla import HOUR, CalendarFactory, PolicyFactory
from tests.tickets.sla.test_closed_days_read import ical
from tickets.enums import ExceptionSource, Metric
from tickets.sla.closed_days import Unreadable
from tickets.sla.feed_fetch import NotFetched, fetch, is_outside
from tickets.sla.feeds import import_closed_days, refresh_calendar, refresh_calendars
from tickets.sla.policies import Target
from tickets.sla.publishing import publish_version

YEAR = timezone.now().year + 1
CHRISTMAS, NEW_YEAR = date(YEAR, 12, 25), date(YEAR, 1, 1)


def day(of, name=""):
    return f"DTSTART;VALUE=DATE:{of:%Y%m%d}\nSUMMARY:{name}"


@pytest.fixture
def calendar(db):
    calendar = CalendarFactory(feed_url="https://days.example/closed.ics")
    publish_version(
        PolicyFactory(store=calendar.store),
        calendar=calendar,
        warn_at_share=0.5,
        targets={(Metric.FIRST_REPLY, None): Target(HOUR, in_business_time=True)},
    )
    return calendar


def rows(calendar):
    return list(calendar.exceptions.order_by("date").values_list("date", "label", "source"))


def answers(*events):
    return lambda url: ical(*events)


def test_refresh_replaces_the_feeds_own_days_and_publishes(calendar):
    calendar.exceptions.create(date=date(YEAR, 5, 1), label="Ours")
    assert refresh_calendar(calendar, answers(day(CHRISTMAS, "Christmas"))) == ""
    assert refresh_calendar(calendar, answers(day(NEW_YEAR, "New year"))) == ""
    assert rows(calendar) == [
        (NEW_YEAR, "New year", ExceptionSource.FEED),
        (date(YEAR, 5, 1), "Ours", ExceptionSource.HAND),
    ]
    versions = calendar.store.sla_policies.get().versions.order_by("number")
    assert [sorted(version.calendar_form["overrides"]) for version in versions] == [
        [],
        [f"{YEAR}-05-01", f"{YEAR}-12-25"],
        [f"{YEAR}-01-01", f"{YEAR}-05-01"],
    ]
    assert calendar.feed_read_at == calendar.feed_checked_at


def test_same_days_are_no_new_version_though_a_name_changed(calendar):
    refresh_calendar(calendar, answers(day(CHRISTMAS, "Christmas")))
    refresh_calendar(calendar, answers(day(CHRISTMAS, "Weihnachten")))
    assert rows(calendar) == [(CHRISTMAS, "Weihnachten", ExceptionSource.FEED)]
    assert calendar.store.sla_policies.get().versions.count() == 2


def test_hours_by_hand_are_stronger(calendar):
    calendar.exceptions.create(date=CHRISTMAS, opens="09:00", closes="12:00", label="Half a day")
    refresh_calendar(calendar, answers(day(CHRISTMAS, "Christmas"), day(NEW_YEAR)))
    assert rows(calendar) == [
        (NEW_YEAR, "", ExceptionSource.FEED),
        (CHRISTMAS, "Half a day", ExceptionSource.HAND),
    ]


def test_fault_is_kept_with_the_days_that_were_known(calendar):
    refresh_calendar(calendar, answers(day(CHRISTMAS)))
    read_at = calendar.feed_read_at

    def refuse(url):
        raise NotFetched("It answered 404 Not Found.")

    assert refresh_calendar(calendar, refuse) == "It answered 404 Not Found."
    assert (calendar.feed_error, calendar.feed_read_at) == ("It answered 404 Not Found.", read_at)
    assert refresh_calendar(calendar, lambda url: b"<html>") == "This is no iCal file."
    assert [row[0] for row in rows(calendar)] == [CHRISTMAS]
    assert refresh_calendar(calendar, answers(day(CHRISTMAS))) == calendar.feed_error == ""


def test_address_taken_away_takes_its_days_along(calendar):
    refresh_calendar(calendar, answers(day(CHRISTMAS)))
    calendar.feed_url = ""
    calendar.save()
    refresh_calendar(calendar)
    assert rows(calendar) == []


def test_file_is_beside_the_feed(calendar):
    refresh_calendar(calendar, answers(day(CHRISTMAS)))
    assert import_closed_days(calendar, ical(day(NEW_YEAR), day(CHRISTMAS))) == 2
    assert import_closed_days(calendar, ical(day(NEW_YEAR, "First"))) == 1
    assert rows(calendar) == [(NEW_YEAR, "First", ExceptionSource.FILE), (CHRISTMAS, "", ExceptionSource.FEED)]
    with pytest.raises(Unreadable):
        import_closed_days(calendar, b"GIF89a")


def test_each_calendar_is_asked_once_a_day_and_after_a_fault_in_an_hour(calendar):
    now, asked = timezone.now(), []

    def get(url):
        asked.append(url)
        if len(asked) == 1:
            raise NotFetched("It did not answer.")
        return ical(day(CHRISTMAS))

    def after(**passed):
        return refresh_calendars(now + timedelta(**passed), get)

    assert [after(), after(minutes=10), after(hours=1), after(hours=5), after(hours=25)] == [1, 0, 1, 0, 1]
    assert asked == [calendar.feed_url] * 3


def test_one_calendars_fault_stops_no_other(calendar):
    second = CalendarFactory(feed_url="https://days.example/2.ics")

    def get(url):
        if url == calendar.feed_url:
            raise NotFetched("It did not answer.")
        return ical(day(CHRISTMAS))

    assert refresh_calendars(get=get) == 2
    assert len(rows(second)) == 1


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.0.1", False),
        ("172.16.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_inside_and_outside(address, outside):
    assert is_outside(address) is outside


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file:///etc/passwd", "The address starts with https:// or http://."),
        ("ftp://days.example/", "The address starts with https:// or http://."),
        ("http:///x", "This is no address."),
        ("http://[::1", "This is no address."),
        ("http://days.example:99999/", "This is no address."),
        ("http://me:secret@days.example/", "An address with a password in it is not used."),
        ("http://127.0.0.1/", "127.0.0.1 is an internal address."),
        ("http://localhost:5432/", "localhost is an internal address."),
        ("http://2130706433/", "2130706433 is an internal address."),
        ("http://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1 is an internal address."),
    ],
)
def test_address_that_is_not_asked(url, words):
    with pytest.raises(NotFetched) as refused:
        fetch(url, most_bytes=100)
    assert str(refused.value) == words


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        status, headers, body = self.server.answers[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.fixture
def server():
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_fetch_follows_redirections_and_looks_at_each(server):
    base = f"http://127.0.0.1:{server.server_port}"
    server.answers = {
        "/a?x=1": (302, {"Location": "/b"}, b""),
        "/b": (200, {}, b"BEGIN"),
        "/round": (301, {"Location": "/round"}, b""),
        "/inside": (307, {"Location": "http://127.0.0.2/"}, b""),
        "/file": (307, {"Location": "file:///etc/passwd"}, b""),
        "/gone": (410, {}, b""),
        "/long": (200, {}, b"x" * 2001),
    }

    def get(path):
        return fetch(base + path, most_bytes=2000, may_connect=lambda address: address == "127.0.0.1")

    def refusal(path):
        with pytest.raises(NotFetched) as refused:
            get(path)
        return str(refused.value)

    assert get("/a?x=1") == b"BEGIN"
    assert refusal("/round") == "It redirects too often."
    assert refusal("/inside") == "127.0.0.2 is an internal address."
    assert refusal("/file") == "The address starts with https:// or http://."
    assert refusal("/gone") == "It answered 410 Gone."
    assert refusal("/long") == "It is longer than 2 kB."


def test_server_that_does_not_answer_is_told():
    with pytest.raises(NotFetched, match="It did not answer"):
        fetch("http://127.0.0.1:9/", most_bytes=1, may_connect=lambda address: True)
