"""Every answer says what a browser may run: the strict policy, apart from the admin and the interface's pages."""

import pytest

from helpdesk.content_security import ADMIN, DOCS, STRICT


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/sign-in/", STRICT),
        ("/nothing-here/", STRICT),
        ("/healthz", STRICT),
        ("/static/js/main.js", STRICT),
        ("/admin/login/", ADMIN),
        ("/api/v1/docs/", DOCS),
        ("/api/v1/tickets/", STRICT),
    ],
)
def test_answer_carries_its_policy(admin_client, address, expected):
    response = admin_client.get(address)
    assert response.headers["Content-Security-Policy"] == expected
    response.close()


def test_strict_policy_runs_no_markup_of_a_stranger():
    directives = dict(part.split(" ", 1) for part in STRICT.split("; "))
    assert directives["script-src"] == directives["style-src"] == directives["default-src"] == "'self'"
    assert directives["object-src"] == directives["base-uri"] == "'none'"
    assert directives["form-action"] == directives["frame-ancestors"] == "'self'"


def test_page_of_a_fault_in_development_stays_readable(settings, client):
    settings.DEBUG = True
    assert "Content-Security-Policy" not in client.get("/nothing-here/").headers
