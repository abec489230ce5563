"""Photographs pages of a demo that runs, in light and dark, as WebP files.

Needs Playwright (requirements-dev.txt) and a Chromium. Everything is found as a person would find it: signed in, with
the REST interface of that session.
"""

import base64
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, TimeoutError, sync_playwright

from helpdesk.demo.catalogue import PASSWORD

AGENT, MANAGER = "agent@demo.example", "success@demo.example"
BOTH_REASONS = {"damaged_box", "cycle_one_ticket"}
STORY_SECONDS = 60.0  # for a mail to become a ticket, an alert and a run that waits for a person
PATIENCE = 15_000  # milliseconds, for one page
WIDE, TALL, PHONE = (1440, 900), (1280, 1180), (390, 844)
QUALITY = 82
# What a page shows while one of its parts is on its way.
LOADING = ".skeleton:not([hidden] *), .htmx-request, .htmx-settling, .htmx-swapping"


class NoPicture(Exception):
    """Says, in words, why there is nothing to photograph, or nothing to do it with."""


@dataclass(frozen=True)
class Story:
    """The pages of one subscriber whose first box arrived damaged."""

    ticket: str
    alert: str
    subscriber: str
    flow: str


@dataclass(frozen=True)
class Shot:
    """One picture. `address` is a path, or the name of a page of the story."""

    name: str
    address: str
    person: str
    size: tuple[int, int] = WIDE
    sharpness: float = 1.5  # device pixels a CSS pixel

    def path(self, story: Story) -> str:
        return str(getattr(story, self.address, self.address))


SHOTS = (
    Shot("inbox", "/", AGENT),
    Shot("ticket", "ticket", AGENT),
    Shot("alerts", "/alerts/", MANAGER),
    Shot("alert", "alert", MANAGER),
    Shot("flow", "flow", MANAGER, TALL),
    Shot("subscriber", "subscriber", AGENT),
    Shot("ticket-phone", "ticket", AGENT, PHONE, 2),
)


def take_all(url: str, folder: Path, *, since: datetime | None, told: Callable[[Path], object]) -> None:
    """Write `NAME-light.webp` and `NAME-dark.webp` for every shot. NoPicture where that cannot be.

    `since`: the story is one whose alert was opened after that time, and may still be on its way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _chromium() as browser:
        story = _find_story(browser, url, since)
        for theme in ("light", "dark"):
            for person in (AGENT, MANAGER):
                for shot in (shot for shot in SHOTS if shot.person == person):
                    path = folder / f"{shot.name}-{theme}.webp"
                    path.write_bytes(_take(browser, url, shot, theme, story))
                    told(path)


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    # Chromium's own sandbox refuses root.
    arguments = ["--force-color-profile=srgb", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=arguments)
        except Error as error:
            raise NoPicture(
                "No Chromium can be started: install Debian's `chromium`, set CHROMIUM to one, or run "
                f"`playwright install chromium`. {error.message.splitlines()[0]}"
            ) from error
        try:
            yield browser
        except Error as error:
            raise NoPicture(error.message.splitlines()[0]) from error
        finally:
            browser.close()


@contextmanager
def _signed_in(browser: Browser, url: str, person: str, **options: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=url, locale="en-GB", reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("[name=username]", person)
    page.fill("[name=password]", PASSWORD)
    page.click("form#sign-in > button[type=submit]")
    try:
        page.wait_for_url(lambda address: "/sign-in/" not in address)
    except TimeoutError as error:
        raise NoPicture(f"{person} cannot sign in at {url} with the demo's password: is it a demo?") from error
    page.close()
    yield context
    context.close()


def _find_story(browser: Browser, url: str, since: datetime | None) -> Story:
    """The newest open alert that a damaged first box opened, once its run waits for a person."""
    with _signed_in(browser, url, MANAGER) as context:
        end = time.monotonic() + (STORY_SECONDS if since else 0)
        while True:
            for alert in _ask(context, "/api/v1/alerts/?reason=damaged_box&status=open,in_progress"):
                is_new = since is None or datetime.fromisoformat(alert["created_at"]) >= since
                if is_new and set(alert["reasons"]) >= BOTH_REASONS and (story := _story(context, alert)):
                    return story
            if time.monotonic() > end:
                raise NoPicture(
                    f"No open alert at {url} is about a damaged first box. Send `manage.py demo_mail damaged`."
                )
            time.sleep(0.5)


def _story(context: BrowserContext, alert: dict[str, Any]) -> Story | None:
    ticket = next((fact["ticket"] for fact in alert["evidence"] if fact["ticket"]), None)
    tasks = [
        step["task"]
        for run in _ask(context, f"/api/v1/runs/?alert={alert['id']}&status=active,waiting")
        for step in run["steps"]
        if step["task"] and not step["task"]["done_at"]
    ]
    if ticket is None or not tasks:
        return None
    person = f"/subscribers/{alert['subscriber']['id']}/"
    return Story(f"/tickets/{ticket}/", f"/alerts/{alert['id']}/", person, _flow(context))


def _flow(context: BrowserContext) -> str:
    """The page of the flow that answers it, as the list of flows links to it."""
    found = re.search(r'href="(/flows/\d+/)">Damaged box', context.request.get("/flows/").text())
    if found is None:
        raise NoPicture("The demo has no flow for damaged boxes.")
    return found[1]


def _ask(context: BrowserContext, path: str) -> list[dict[str, Any]]:
    answer = context.request.get(path)
    if not answer.ok:
        raise NoPicture(f"{answer.url} answered {answer.status} {answer.status_text}.")
    return list(answer.json()["results"])


def _take(browser: Browser, url: str, shot: Shot, theme: str, story: Story) -> bytes:
    width, height = shot.size
    looks: dict[str, Any] = {
        "viewport": {"width": width, "height": height},
        "device_scale_factor": shot.sharpness,
        "color_scheme": theme,
    }
    with _signed_in(browser, url, shot.person, **looks) as context:
        page = context.new_page()
        answer = page.goto(shot.path(story))
        if answer is None or not answer.ok:
            raise NoPicture(f"{page.url} answered {answer.status if answer else 'nothing'}.")
        _wait_until_quiet(page)
        # Playwright itself writes PNG and JPEG alone; WebP has a third of their size.
        asked = {"format": "webp", "quality": QUALITY}
        return base64.b64decode(context.new_cdp_session(page).send("Page.captureScreenshot", asked)["data"])


def _wait_until_quiet(page: Page) -> None:
    """Until the page is live and each of its parts is there."""
    page.wait_for_selector("[data-connection][data-state=live]", state="attached")
    page.wait_for_function("loading => !document.querySelector(loading)", arg=LOADING)
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
