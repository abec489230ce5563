"""The schema at `/api/v1/schema/` and the docs that show it."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tests.api.conftest import Cast


def test_schema_is_made_without_warnings_and_is_valid() -> None:
    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        schema = SchemaGenerator().get_schema(request=None, public=True)
        assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    validate_schema(schema)
    assert sorted(schema["paths"]) == [
        "/api/v1/alerts/",
        "/api/v1/alerts/{id}/",
        "/api/v1/boxes/{id}/status/",
        "/api/v1/causes/",
        "/api/v1/causes/{id}/",
        "/api/v1/evidence/",
        "/api/v1/evidence/{id}/",
        "/api/v1/health/",
        "/api/v1/health/{subscriber}/",
        "/api/v1/insights/{metric}/",
        "/api/v1/macros/",
        "/api/v1/macros/{id}/apply/",
        "/api/v1/milestones/",
        "/api/v1/milestones/facts/",
        "/api/v1/milestones/{id}/",
        "/api/v1/rule-firings/",
        "/api/v1/rule-firings/{id}/",
        "/api/v1/runs/",
        "/api/v1/runs/{id}/",
        "/api/v1/satisfaction/",
        "/api/v1/satisfaction/{id}/",
        "/api/v1/subscribers/",
        "/api/v1/subscribers/{id}/",
        "/api/v1/subscriptions/",
        "/api/v1/subscriptions/{id}/",
        "/api/v1/subscriptions/{id}/actions/",
        "/api/v1/subscriptions/{id}/actions/preview/",
        "/api/v1/subscriptions/{id}/cancellation/",
        "/api/v1/ticket-fields/",
        "/api/v1/ticket-fields/{id}/",
        "/api/v1/ticket-rules/",
        "/api/v1/ticket-rules/{id}/",
        "/api/v1/tickets/",
        "/api/v1/tickets/{id}/",
        "/api/v1/tickets/{id}/actions/",
        "/api/v1/tickets/{id}/attachments/{token}/",
        "/api/v1/tickets/{id}/fields/",
        "/api/v1/tickets/{id}/links/",
        "/api/v1/tickets/{id}/links/{link}/",
        "/api/v1/tickets/{id}/merge/",
        "/api/v1/tickets/{id}/split/",
        "/api/v1/touches/",
    ]


def test_schema_names_every_filter(cast: Cast) -> None:
    schema = json.loads(Client().get("/api/v1/schema/?format=json").content)
    names = {parameter["name"] for parameter in schema["paths"]["/api/v1/tickets/"]["get"]["parameters"]}
    assert {"ticket", "queue", "status", "assignee", "opened_after", "ordering", "cursor", "page_size"} <= names
    refused = cast.alice.get("/api/v1/tickets/?nothing=1").json()["nothing"][0]
    told = set(re.findall(r"[a-z_]+", refused.partition("these are ")[2]))
    assert names == told | {"cursor", "page_size"}


def test_answers_hold_what_the_schema_says(cast: Cast) -> None:
    ticket = cast.ticket()
    cast.run(cast.alert(ticket))
    cast.subscribed(ticket.subscriber)
    schema = json.loads(Client().get("/api/v1/schema/?format=json").content)
    for kind in ("tickets", "alerts", "runs", "subscribers", "subscriptions"):
        row = cast.alice.get(f"/api/v1/{kind}/").json()["results"][0]
        answer = schema["paths"][f"/api/v1/{kind}/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        page = schema["components"]["schemas"][answer["$ref"].rpartition("/")[2]]
        name = page["properties"]["results"]["items"]["$ref"].rpartition("/")[2]
        assert set(row) == set(schema["components"]["schemas"][name]["properties"])


def test_docs_load_nothing_from_elsewhere() -> None:
    page = Client().get("/api/v1/docs/").content.decode()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assets = [address for address in addresses if address.startswith("/static/")]
    assert len(assets) >= 3
    assert [address for address in assets if finders.find(address.removeprefix("/static/")) is None] == []
    # What starts the docs is a script of our own, whose addresses are ours too.
    assert [address for address in addresses if address not in assets] == ["/api/v1/docs/?script="]
    script = Client().get("/api/v1/docs/?script=")
    assert script.headers["Content-Type"] == "application/javascript"
    assert re.findall(r"""["'](?:https?:)?//[^"']+""", script.content.decode()) == []


@pytest.mark.django_db
def test_docs_need_no_sign_in() -> None:
    assert Client().get("/api/v1/docs/").status_code == 200
