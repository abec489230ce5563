"""What a browser loads to show a page for the first time stays small: the page, its style and its scripts, gzipped."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.tickets.conftest import signed_in
from tickets.services.conversation import add_note

LOADED = re.compile(r'<(?:script[^>]* src|link rel="stylesheet" href)="/static/([^"]+)"')
IMPORTED = re.compile(r'^import .*?"\./([^"]+)";$', re.MULTILINE)
PAGE, ASSETS = 20_000, 78_000  # bytes gzipped; what is fetched once and kept, and what comes with every page
ONLY_OF_TICKETS = 25_000


def assets_of(page: str) -> dict[str, int]:
    """Every file that the page names, and the modules that those import."""
    found, names = {}, LOADED.findall(page)
    while names:
        name = names.pop()
        if name not in found:
            content = Path(finders.find(name)).read_bytes()
            found[name] = len(gzip.compress(content, 9))
            if name.startswith("js/"):
                names += [f"js/{other}" for other in IMPORTED.findall(content.decode())]
    return found


@pytest.fixture
def full_list(desk):
    tickets = [desk.ticket(f"Where is my box number {number}?", name=f"Person {number}") for number in range(25)]
    for number in range(10):
        add_note(tickets[0], author=desk.alice, text=f"Looked at it {number} times.")
    return tickets


def test_pages_are_light(desk, full_list):
    lead = signed_in(desk.bob)
    for address, extra in (
        ("/tickets/", 0),
        ("/insights/", 0),
        (full_list[0].get_absolute_url(), ONLY_OF_TICKETS),
    ):
        answer = lead.get(address)
        assert answer.status_code == 200
        assets = assets_of(answer.content.decode())
        assert "css/app.css" in assets
        assert "js/live.js" in assets
        assert len(gzip.compress(answer.content, 9)) < PAGE, address
        assert sum(assets.values()) < ASSETS + extra, (address, assets)
