"""Speaks to one store's Recharge API: within its leaky bucket, with its errors in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from subscribers.models import Connection
from subscribers.providers.base import TryAgain
from subscribers.providers.transport import Refusal, Unauthorised, json_of, new_session, send, words

URL = "https://api.rechargeapps.com"
VERSION = "2021-11"
PAGE = 100


class Missing(Refusal):
    """Recharge has nothing of that id."""


class Busy(TryAgain):
    """Another change of the same object is under way there (409)."""


class Client:
    def __init__(self, connection: Connection) -> None:
        if not connection.access_token:
            raise Unauthorised(f"No access token is known for {connection.domain}.")
        self.url = connection.api_url.rstrip("/") or URL
        self.shop = connection.domain
        self._headers = {
            "X-Recharge-Access-Token": connection.access_token,
            "X-Recharge-Version": connection.api_version or VERSION,
            "Accept": "application/json",
        }
        self._session = new_session()

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return self._ask("GET", path, query=query)

    def post(self, path: str, body: Mapping[str, Any], *, is_repeatable: bool = False, key: str = "") -> dict[str, Any]:
        """`key`: under which Recharge does it once, where it knows such keys; else see that it is not done twice."""
        return self._ask("POST", path, body=body, is_repeatable=is_repeatable, key=key)

    def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._ask("PUT", path, body=body)

    def pages(
        self, name: str, query: Mapping[str, Any], cursor: str = ""
    ) -> Iterator[tuple[list[dict[str, Any]], str]]:
        """The lists of `/name`, page by page, each with the cursor after it ("" for the last)."""
        wanted: Mapping[str, Any] = {**query, "limit": PAGE}
        while True:
            # A cursor remembers what was asked: nothing else may be said beside it.
            told = self.get(f"/{name}", {"cursor": cursor, "limit": PAGE} if cursor else wanted)
            cursor = str(told.get("next_cursor") or "")
            yield [one for one in told.get(name) or [] if isinstance(one, dict)], cursor
            if not cursor:
                return

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        is_repeatable: bool = True,
        key: str = "",
    ) -> dict[str, Any]:
        headers = {**self._headers, **({"Idempotency-Key": key} if key else {})}
        response = send(
            self._session,
            method,
            f"{self.url}{path}",
            headers=headers,
            query=query,
            body=body,
            is_repeatable=is_repeatable,
        )
        status = response.status_code
        if status < 300:
            return json_of(response) if response.content else {}
        message = _words_of(response)
        if status in (401, 402, 403):
            raise Unauthorised(f"Recharge refused us ({status}): {message} Connect {self.shop} anew.")
        if status == 404:
            raise Missing(f"Recharge does not have that: {message}")
        if status == 409:
            raise Busy(f"Recharge is at it already: {message}")
        if status < 500:
            raise Refusal(message, frozenset({str(status)}))
        raise TryAgain(f"Recharge answered {status}: {message}")


def _words_of(response: Any) -> str:
    """Its errors: a text, a list, or lists by field."""
    try:
        told = response.json()
    except ValueError:
        return words([])
    errors = told.get("errors", told.get("error")) if isinstance(told, dict) else told
    texts: list[str] = []
    if isinstance(errors, dict):
        for field, said in errors.items():
            for one in said if isinstance(said, list) else [said]:
                texts.append(str(one) if field in ("base", "general") else f"{field} {one}")
    elif isinstance(errors, list):
        texts += [str(one) for one in errors]
    elif errors:
        texts.append(str(errors))
    return words(texts)
