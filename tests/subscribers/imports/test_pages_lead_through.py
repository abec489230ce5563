"""The pages: from a file to its report, for administrators alone."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from subscribers.enums import Role
from subscribers.imports import services
from subscribers.imports.enums import ImportState
from subscribers.models import Import, Subscriber
from tests.factories.people import MembershipFactory
from tests.subscribers.imports.conftest import csv_of, take, work_off


@pytest.fixture
def admin_of(store, client):
    client.force_login(MembershipFactory(store=store, role=Role.ADMIN).user)
    return client


def sent(client, content, name="people.csv", as_of="2026-01-02"):
    store = Import._meta.get_field("store").related_model.objects.get()
    file = SimpleUploadedFile(name, content, content_type="image/png")  # what a browser says of it counts for nothing
    return client.post(reverse("import-list"), {"file": file, "store": store.pk, "as_of": as_of})


def test_the_whole_way(store, admin_of):
    rows = [["=HYPERLINK(1)", "not an address", "1/2/2026"], ["Ann", "ann@shop.example", "3/4/2026"]]
    answer = sent(admin_of, csv_of(["Name", "Email", "Since"], rows).read())
    job = work_off(Import.objects.get())
    assert (answer.url, job.state, job.questions) == (f"/subscribers/imports/{job.pk}/", "asking", ["date_order"])
    assert "which is the day" in admin_of.get(answer.url).text

    columns = reverse("import-columns", args=[job.pk])
    told = {"provider": "recharge", "column_0": "name", "column_1": "email", "column_2": "created_at"}
    assert admin_of.post(columns, told).status_code == 422  # it is asked, and never guessed
    assert admin_of.post(columns, {**told, "date_order": "dmy", "column_0": "email"}).status_code == 422
    assert admin_of.post(columns, {**told, "date_order": "dmy"}).status_code == 302
    job = work_off(job)
    page = admin_of.get(answer.url).text
    assert (job.state, Subscriber.objects.count()) == (ImportState.CHECKED, 0)
    assert "is no mail address" in page
    assert "Import 1 row" in page

    admin_of.post(reverse("import-confirm", args=[job.pk]))
    job = work_off(job)
    assert (job.state, job.counts, job.checked) == ("done", {"refused": 1, "new": 1}, {"refused": 1, "new": 1})
    assert job.confirmed_by == job.requested_by
    assert f"{Subscriber.objects.get().created_at:%Y-%m-%d}" == "2026-04-02"  # 3 April in Berlin began then, in UTC
    text = b"".join(admin_of.get(reverse("import-failed", args=[job.pk]))).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Name", "Email", "Since", "Row", "What is wrong"],
        ["'=HYPERLINK(1)", "not an address", "1/2/2026", "2", "Mail address: “not an address” is no mail address"],
    ]


def test_others_see_nothing(store, client):
    job = services.upload(store=store, file=csv_of(["email"], [["ann@shop.example"]]), name="a.csv")
    for role in (Role.AGENT, Role.LEAD):
        client.force_login(MembershipFactory(store=store, role=role).user)
        assert client.get(reverse("import-list")).status_code == 403
        assert client.get(reverse("import-detail", args=[job.pk])).status_code == 404
        assert client.post(reverse("import-confirm", args=[job.pk])).status_code == 404
        assert client.get(reverse("import-failed", args=[job.pk])).status_code == 404


def test_no_table_is_refused_on_the_page(store, admin_of):
    answer = sent(admin_of, b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert (answer.status_code, Import.objects.count()) == (422, 0)
    assert "This is a picture" in answer.text


def test_the_list_costs_the_same(store, admin_of):
    counts = []
    for number in (1, 2):
        for each in range(number):
            services.upload(store=store, file=csv_of(["email"], [[f"{number}{each}@shop.example"]]), name="a.csv")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert admin_of.get(reverse("import-list")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_command_does_the_same(store, tmp_path, capsys):
    path = tmp_path / "people.csv"
    path.write_bytes(csv_of(["email", "since"], [["ann@shop.example", "3/4/2026"], ["x", "5/4/2026"]]).read())
    with pytest.raises(CommandError, match="--date-order"):
        call_command("import_csv", path, store=store.key)
    call_command("import_csv", path, store=store.key, date_order="dmy", dry_run=True)
    assert Subscriber.objects.count() == 0
    call_command("import_csv", path, store=store.key, date_order="dmy", refused=tmp_path / "refused.csv")
    assert "1 new" in capsys.readouterr().out
    assert Subscriber.objects.get().email == "ann@shop.example"
    assert (tmp_path / "refused.csv").read_text("utf-8-sig").splitlines()[1].startswith("x,5/4/2026,3,")


def test_files_are_erased_in_time(store):
    job = take(store, csv_of(["email"], [["ann@shop.example"], ["x"]]))
    Import.objects.update(requested_at=job.requested_at - services.KEPT)
    services.sweep_imports()
    job = Import.objects.get()
    assert (job.file, {row.cells + row.changes for row in job.rows.all()}) == ("", {""})
