"""Random files with random faults: each good row is taken in, each faulty one is told once, and twice is once."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.enums import Provider
from subscribers.imports import services, taking
from subscribers.imports.enums import ImportState
from subscribers.models import Import, ImportRow, Subscriber, Subscription
from subscribers.privacy.enums import ErasureReason
from subscribers.privacy.erasure import do_erasure, erase
from tests.factories.people import StoreFactory
from tests.subscribers.imports.conftest import csv_of, refused, take, work_off
from tests.thorough import examples

HEADER = ["subscription_id", "email", "status", "price", "started_at", "ended_at", "quantity", "product"]
FAULTS = {
    "subscription_id": "",
    "email": "nobody at all",
    "status": "asleep",
    "price": "free of charge",
    "started_at": "30.02.2026",
    "ended_at": "2019-01-01",
    "quantity": "0",
    "product": "Tea\x00box",
}
FAULT = st.one_of(st.none(), st.none(), st.sampled_from(sorted(FAULTS)))
ROWS = st.lists(st.tuples(FAULT, st.sampled_from(["19,90", "1.234,50", "7"])), min_size=1, max_size=12)


@settings(max_examples=examples(5), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=ROWS,
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    chunk=st.integers(2, 9),
)
def test_good_rows_are_taken_in_and_each_fault_is_told_once(store, rows, delimiter, encoding, chunk):
    store = StoreFactory(currency="EUR", provider=Provider.RECHARGE)
    table, wanted = [], {}
    for number, (fault, price) in enumerate(rows, 2):
        cells = [f"s{number}", f"zoë{number}@shop.example", "cancelled", price, "2026-01-15", "2026-02-15", "1", "Tée"]
        cells[1] = cells[1].replace("ë", "e")
        if fault:
            cells[HEADER.index(fault)] = FAULTS[fault]
            wanted[number] = [fault]
        table.append(cells)
    file = csv_of(HEADER, table, delimiter=delimiter, encoding=encoding).read()
    job = take(store, io.BytesIO(file), chunk=chunk)
    assert refused(job) == wanted
    assert (job.checked, job.total) == (job.counts, len(rows))
    good = [number for number in range(2, len(rows) + 2) if number not in wanted]
    kept = Subscription.objects.filter(store=store)
    assert sorted(kept.values_list("external_id", flat=True)) == sorted(f"s{number}" for number in good)
    assert set(kept.values_list("product__name", flat=True)) <= {"Tée"}
    assert Subscriber.objects.filter(store=store).count() == len(good)
    again = take(store, io.BytesIO(file), chunk=chunk)
    assert (again.counts.get("unchanged", 0), refused(again)) == (len(good), wanted)


def test_what_stands_twice_is_taken_in_once(store):
    rows = [["ann@shop.example", "Ann"], ["bo@shop.example", "Bo"], ["ANN@shop.example", "Other"]]
    for chunk in (1, 10):
        job = take(store, csv_of(["email", "name"], rows), chunk=chunk)
        assert refused(job) == {4: [""]}
    assert Subscriber.objects.get(email="ann@shop.example").name == "Ann"


def test_what_the_database_alone_refuses_costs_no_other_row(store, monkeypatch):
    monkeypatch.setattr("subscribers.imports.subscriptions.SubscriptionResource.check", lambda self, draft: [])
    rows = [[f"s{n}", f"p{n}@shop.example", "cancelled", "5", "2026-02-01", "2026-03-01", "1", ""] for n in range(9)]
    rows[4][5] = "2026-01-01"  # ended before it began: the rows' own checks are off
    job = take(store, csv_of(HEADER, rows))
    assert (job.counts, refused(job)) == ({"new": 8, "refused": 1}, {6: [""]})


def test_killed_worker_is_gone_on_from(store, monkeypatch):
    rows = [[f"p{n}@shop.example"] for n in range(10)]
    job = work_off(services.upload(store=store, file=csv_of(["email"], rows), name="a.csv"))
    services.confirm(job)
    done = []

    def dies(*args, **options):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(taking.take_chunk(*args, **options))

    monkeypatch.setattr(services, "take_chunk", dies)
    with pytest.raises(KeyboardInterrupt):
        services.work_on(job.pk, chunk=3)
    monkeypatch.undo()
    assert (Subscriber.objects.count(), Import.objects.get().done) == (6, 6)
    assert services.work_on(job.pk) is False  # the dead one's claim still stands
    Import.objects.update(claimed_until=None)
    job = work_off(job, chunk=3)
    assert (job.state, job.counts, ImportRow.objects.count(), Subscriber.objects.count()) == (
        "done",
        {"new": 10},
        10,
        10,
    )


def test_chunk_costs_the_same_however_large(store):
    counts = []
    for number in (3, 30):
        rows = [
            [f"c{number}-{n}", f"p{number}-{n}@s.example", "active", "5", "2026-02-01", "", "1", f"Tea {number}"]
            for n in range(number)
        ]
        job = work_off(services.upload(store=store, file=csv_of(HEADER, rows), name="a.csv"))
        services.confirm(job)
        with CaptureQueriesContext(connection) as queries:
            services.work_on(job.pk)
        assert Import.objects.get(pk=job.pk).state == ImportState.DONE
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_forgotten_people_stay_forgotten(store):
    file = csv_of(["email", "name"], [["ann@shop.example", "Ann"], ["bo@shop.example", "Bo"]])
    job = take(store, file)
    waiting = services.upload(store=store, file=file, name="again.csv")
    gone = erase(Subscriber.objects.get(email="ann@shop.example"), None, ErasureReason.ASKED)
    while not do_erasure(gone.pk):
        pass
    assert list(Import.objects.order_by("pk").values_list("state", "file")) == [("done", ""), ("withdrawn", "")]
    assert "ann@" not in str(list(ImportRow.objects.values()))
    assert waiting.pk != job.pk
    again = take(store, file)
    assert (refused(again), again.counts) == ({2: ["email"]}, {"refused": 1, "unchanged": 1})


def test_consent_needs_its_proof_and_the_newest_word_counts(store):
    header = ["email", "marketing", "marketing_at", "marketing_proof"]
    proof = "checkout: “Send me news”"
    rows = [["ann@shop.example", "yes", "2026-01-05", proof], ["bo@shop.example", "yes", "", ""]]
    job = take(store, csv_of(header, rows))
    ann = Subscriber.objects.get(email="ann@shop.example")
    event = ann.consent_events.get()
    assert (event.granted, event.words, event.source) == (True, proof, f"import {job.pk}, row 2: {proof}")
    assert Subscriber.objects.get(email="bo@shop.example").consents.count() == 0
    take(store, csv_of(header, [["ann@shop.example", "no", "2026-02-05", ""]]))
    take(store, csv_of(header, rows))  # the older yes again
    assert ann.consents.get().granted is False


@pytest.mark.parametrize("provider", [Provider.BUILTIN, Provider.SHOPIFY])
def test_a_number_of_another_provider_is_refused(store, provider):
    row = ["s1", "ann@shop.example", "active", "5", "2026-02-01", "", "1", ""]
    take(store, csv_of(HEADER, [row]))
    job = take(store, csv_of([*HEADER, "next_billing_at"], [[*row, "2026-01-01"]]), provider=provider)
    told = {"builtin": ["next_billing_at"], "shopify": ["subscription_id"]}  # the first fault of each
    assert refused(job) == {2: told[provider]}
