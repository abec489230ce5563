"""Asks providers over HTTP: with time limits, and once more where that is safe and may help."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from subscribers.providers.base import RefusedByProvider, TryAgain

logger = logging.getLogger(__name__)

TIMEOUT = (5.0, 20.0)  # seconds: to connect, and between two bytes of the answer
TRIES = 4
FIRST_WAIT = 0.5  # seconds; doubled each time
# Longer than that nobody waits with a worker: the row that asks has a time of its own.
LONGEST_WAIT = 8.0
# An answer of these was not given by who does the work, or the work was not begun.
PASSING = (429, 500, 502, 503, 504)


class Unauthorised(TryAgain):
    """The provider does not know our token, or the token may not do this: somebody has to connect the store anew."""


def pause(seconds: float) -> None:
    """Wait, with the worker, for a provider. Callers name it by its module: tests let no time pass."""
    time.sleep(seconds)


def new_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no proxy or .netrc of the machine decides what leaves
    session.headers["User-Agent"] = "helpdesk"
    return session


def send(
    session: requests.Session,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    is_repeatable: bool,
    body: Any = None,
    query: Mapping[str, Any] | None = None,
) -> requests.Response:
    """The answer, whatever it says. `is_repeatable`: asking twice does no more than asking once.

    Raises TryAgain where none came: after a few attempts where asking again is safe, at once where it is not. What
    was refused for being too much (429) is always asked again: it was not done.
    """
    host = requests.utils.urlparse(url).hostname
    for attempt in range(1, TRIES + 1):
        wait = FIRST_WAIT * 2 ** (attempt - 1)
        try:
            response = session.request(
                method, url, headers=dict(headers), json=body, params=query, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.exceptions.ConnectTimeout:
            failure, is_safe = f"{host} could not be reached", True
        except requests.exceptions.RequestException as error:
            failure, is_safe = f"{host} did not answer ({type(error).__name__})", is_repeatable
        else:
            if response.status_code not in PASSING:
                return response
            failure, is_safe = f"{host} answered {response.status_code}", is_repeatable or response.status_code == 429
            wait = max(wait, retry_after(response))
        if not is_safe or attempt == TRIES or wait > LONGEST_WAIT:
            raise TryAgain(failure, timedelta(seconds=wait))
        logger.info("%s; asked again in %.1f s", failure, wait)
        pause(wait)
    raise AssertionError("the loop returns or raises")


def retry_after(response: requests.Response) -> float:
    """Seconds for which it wants to be left alone; 0 where it does not say."""
    text = response.headers.get("Retry-After", "").strip()
    try:
        return min(max(float(text), 0.0), 3600.0)
    except ValueError:
        pass
    try:
        return min(max((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds(), 0.0), 3600.0)
    except (TypeError, ValueError):
        return 0.0


def json_of(response: requests.Response) -> dict[str, Any]:
    """Its body. Raises TryAgain where that is no JSON object: some machine between us answered."""
    try:
        told = response.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise TryAgain(f"{response.url.split('?')[0]} answered {response.status_code} with what is no JSON object")
    return told


def words(texts: list[str]) -> str:
    """Several messages as one; never empty."""
    return "; ".join(dict.fromkeys(text.strip() for text in texts if text.strip())) or "It gave no reason."


class Refusal(RefusedByProvider):
    """A refusal with the provider's own codes, for who can tell them apart."""

    def __init__(self, message: str, codes: frozenset[str] = frozenset()) -> None:
        super().__init__(message)
        self.codes = codes
