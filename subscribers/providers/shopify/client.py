"""Speaks to one shop's Admin GraphQL API: never faster than its points allow, with its errors in words."""

import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from subscribers.models import Connection
from subscribers.providers import transport
from subscribers.providers.base import TryAgain
from subscribers.providers.transport import (
    LONGEST_WAIT,
    TRIES,
    Refusal,
    Unauthorised,
    json_of,
    new_session,
    send,
    words,
)

VERSION = "2026-10"
OPERATION = re.compile(r"\b(?:query|mutation)\s+(\w+)")


@dataclass
class Bucket:
    """The points that a shop has left for us, as it said last; they come back by `rate` a second."""

    available: float
    rate: float
    most: float
    at: float

    def wait_for(self, cost: float, now: float) -> float:
        """Seconds until `cost` points are there."""
        available = min(self.most, self.available + (now - self.at) * self.rate)
        missing = min(cost, self.most) - available
        return missing / self.rate if missing > 0 and self.rate > 0 else 0.0


# Of this process; what others spend is learnt with the next answer.
_buckets: dict[str, Bucket] = {}
_costs: dict[str, float] = {}
_lock = threading.Lock()


class Client:
    def __init__(self, connection: Connection) -> None:
        if not connection.access_token:
            raise Unauthorised(f"No access token is known for {connection.domain}.")
        base = connection.api_url.rstrip("/") or f"https://{connection.domain}"
        self.url = f"{base}/admin/api/{connection.api_version or VERSION}/graphql.json"
        self.shop = connection.domain
        self._headers = {"X-Shopify-Access-Token": connection.access_token, "Accept": "application/json"}
        self._session = new_session()

    def ask(
        self, document: str, variables: Mapping[str, Any] | None = None, *, is_repeatable: bool = True
    ) -> dict[str, Any]:
        """The `data` of an answer. Raises Refusal with Shopify's words, TryAgain, or Unauthorised.

        `is_repeatable` False: a mutation that does more when it is sent twice.
        """
        name = _name_of(document)
        for attempt in range(1, TRIES + 1):
            self._wait(name)
            body = {"query": document, "variables": dict(variables or {})}
            response = send(
                self._session,
                "POST",
                self.url,
                headers=self._headers,
                body=body,
                is_repeatable=is_repeatable,
            )
            if response.status_code in (401, 402, 403, 423):
                raise Unauthorised(f"{self.shop} refused us ({response.status_code}). Connect the shop anew.")
            if response.status_code == 404:
                raise Unauthorised(f"{self.shop} has no API at {self.url}: is the domain right?")
            told = json_of(response)
            self._learn(name, told)
            errors = [one for one in _listed(told.get("errors")) if isinstance(one, dict)]
            codes = frozenset(str((one.get("extensions") or {}).get("code", "")) for one in errors)
            if "THROTTLED" in codes:
                # Not done: it may be asked again whatever it is.
                wait = max(self._missing(name), 1.0)
                if attempt == TRIES or wait > LONGEST_WAIT:
                    raise TryAgain(f"{self.shop} allows no more calls now.", timedelta(seconds=wait))
                transport.pause(wait)
                continue
            if errors:
                self._raise(errors, codes)
            if response.status_code >= 400 or not isinstance(told.get("data"), dict):
                raise TryAgain(f"{self.shop} answered {response.status_code}: {_words_of(told.get('errors'))}")
            data: dict[str, Any] = told["data"]
            return data
        raise AssertionError("the loop returns or raises")

    def change(
        self, document: str, field: str, variables: Mapping[str, Any], *, is_repeatable: bool = True
    ) -> dict[str, Any]:
        """What a mutation brought about. Raises Refusal with the words of its `userErrors`."""
        told: dict[str, Any] = self.ask(document, variables, is_repeatable=is_repeatable).get(field) or {}
        errors = told.get("userErrors") or []
        if errors:
            raise Refusal(
                words([str(one.get("message", "")) for one in errors]),
                frozenset(str(one.get("code") or "") for one in errors),
            )
        return told

    def pages(
        self, document: str, path: str, variables: Mapping[str, Any], cursor: str = ""
    ) -> Iterator[tuple[dict[str, Any], str]]:
        """Every node of the connection at `path` (names with dots), with the cursor after it."""
        after = cursor or None
        while True:
            told: Any = self.ask(document, {**variables, "after": after})
            for name in path.split("."):
                told = (told or {}).get(name)
            if told is None:
                return
            for edge in told["edges"]:
                yield edge["node"], edge["cursor"]
            if not told["pageInfo"]["hasNextPage"]:
                return
            after = told["pageInfo"]["endCursor"]

    def _wait(self, name: str) -> None:
        """Wait until it can be afforded, instead of being refused."""
        wait = self._missing(name)
        if wait > LONGEST_WAIT:
            raise TryAgain(f"{self.shop} allows no more calls now.", timedelta(seconds=wait))
        if wait > 0:
            transport.pause(wait)

    def _missing(self, name: str) -> float:
        with _lock:
            bucket = _buckets.get(self.url)
            return bucket.wait_for(_costs.get(name, 10.0), time.monotonic()) if bucket else 0.0

    def _learn(self, name: str, told: Mapping[str, Any]) -> None:
        cost = (told.get("extensions") or {}).get("cost") or {}
        status = cost.get("throttleStatus") or {}
        with _lock:
            if requested := cost.get("requestedQueryCost"):
                _costs[name] = float(requested)
            if status:
                _buckets[self.url] = Bucket(
                    float(status.get("currentlyAvailable", 0)),
                    float(status.get("restoreRate", 50)),
                    float(status.get("maximumAvailable", 1000)),
                    time.monotonic(),
                )

    def _raise(self, errors: list[dict[str, Any]], codes: frozenset[str]) -> None:
        message = words([str(one.get("message", "")) for one in errors])
        if "ACCESS_DENIED" in codes:
            raise Unauthorised(f"{self.shop} does not allow this app to do that: {message}")
        if codes & {"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"}:
            raise TryAgain(f"{self.shop}: {message}")
        raise Refusal(message, codes)


def forget() -> None:
    """What is known of shops' points, for tests that begin anew."""
    with _lock:
        _buckets.clear()
        _costs.clear()


def _name_of(document: str) -> str:
    found = OPERATION.search(document)
    return found.group(1) if found else document


def _listed(errors: Any) -> list[Any]:
    """Shopify tells errors as a list, and some (a wrong token) as a text."""
    if isinstance(errors, list):
        return errors
    return [{"message": str(errors)}] if errors else []


def _words_of(errors: Any) -> str:
    return words([str(one.get("message", "")) if isinstance(one, dict) else str(one) for one in _listed(errors)])
