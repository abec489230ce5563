"""The style guide shows itself in debug mode and the demo alone; signing in and out; the style sheet is current."""

import re

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.urls import reverse

from helpdesk.models import User
from helpdesk.sign_in import DEMO_PASSWORD, DEMO_PEOPLE


@pytest.fixture
def agent(db) -> User:
    return User.objects.create_user("agent@demo.example", "demo", name="Alice Agent")


@pytest.mark.parametrize(("debug", "demo", "status"), [(False, False, 404), (True, False, 200), (False, True, 200)])
def test_styleguide_is_for_debug_and_demo(client, settings, debug, demo, status):
    settings.DEBUG, settings.DEMO = debug, demo
    assert client.get("/styleguide/").status_code == status


def test_demo_log_ins_are_on_the_sign_in_page_of_the_demo_alone(client, settings, db):
    settings.DEMO = False
    assert "demo.example" not in client.get(reverse("sign-in")).text
    settings.DEMO = True
    html = client.get(reverse("sign-in")).text
    assert re.findall(r'data-demo-email="([^"]+)"', html) == [person["email"] for person in DEMO_PEOPLE]
    assert set(re.findall(r'data-demo-password="([^"]+)"', html)) == {DEMO_PASSWORD}


def test_wrong_password_says_so_and_signs_nobody_in(client, agent):
    answer = client.post(reverse("sign-in"), {"username": agent.email, "password": "wrong"})
    assert "Please enter a correct mail address and password" in answer.text
    assert "_auth_user_id" not in client.session


def test_signing_in_goes_to_the_page_asked_for_and_out_by_post(client, agent):
    answer = client.post(reverse("sign-in"), {"username": agent.email, "password": "demo", "next": "/tickets/?q=jar"})
    assert (answer.status_code, answer.url) == (302, "/tickets/?q=jar")
    assert client.get(reverse("sign-out")).status_code == 405
    assert client.post(reverse("sign-out")).url == reverse("sign-in")
    assert "_auth_user_id" not in client.session


def test_sign_in_does_not_send_people_to_other_sites(client, agent, settings):
    settings.LOGIN_REDIRECT_URL = "/"
    form = {"username": agent.email, "password": "demo", "next": "https://evil.example/"}
    assert client.post(reverse("sign-in"), form).url == "/"


def test_page_that_is_not_there_has_our_look(client, db):
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_committed_style_sheet_is_what_the_templates_need(tmp_path, capsys):
    built = tmp_path / "app.css"
    call_command("build_css", output=built)
    committed = project.BASE_DIR / "helpdesk" / "static" / "css" / "app.css"
    assert built.read_text() == committed.read_text(), "run: manage.py build_css"
