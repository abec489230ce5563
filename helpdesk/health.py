"""Is the process alive, and can the product do its work? Anybody may ask: a load balancer has no log-in."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError

from helpdesk.celery import app
from helpdesk.models import Heartbeat

logger = logging.getLogger(__name__)
STALE_AFTER = timedelta(seconds=30)  # six pulses missed
BROKER_TIMEOUT = 2  # seconds


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; asks neither database nor broker."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part does its work, else 503.

    `{"ready": bool, "parts": {name: {"ok": bool, "age": seconds?, "seen_at": ISO?, "error": text?}}}` for
    `database`, `broker`, `worker` and `beat`. An error's text stays in the log: strangers read this page.
    """
    parts = check_all()
    ready = all(part["ok"] for part in parts.values())
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)


Part = dict[str, Any]


def check_all() -> dict[str, Part]:
    """What `/readyz` tells, for every part."""
    return {
        "database": check_database(),
        "broker": check_broker(),
        "worker": check_heartbeat("worker"),
        "beat": check_heartbeat("beat"),
    }


def check_database() -> Part:
    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    return _attempt("database", ask)


def check_broker() -> Part:
    def ask() -> None:
        with app.connection_for_write(connect_timeout=BROKER_TIMEOUT) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_TIMEOUT)

    return _attempt("broker", ask)


def check_heartbeat(name: str) -> Part:
    found: list[Heartbeat] = []
    answer = _attempt(name, lambda: found.extend(Heartbeat.objects.filter(name=name)))
    if not answer["ok"]:
        return answer
    if not found:
        return {"ok": False, "error": "never seen"}
    age = timezone.now() - found[0].seen_at
    part: Part = {
        "ok": age <= STALE_AFTER,
        "age": round(age.total_seconds(), 1),
        "seen_at": found[0].seen_at.isoformat(),
    }
    if not part["ok"]:
        part["error"] = "not seen lately"
    return part


def _attempt(name: str, ask: Callable[[], None]) -> Part:
    try:
        ask()
    except (Error, KombuError, OSError) as error:
        logger.warning("%s is not ready: %s", name, str(error).strip())
        return {"ok": False, "error": "not reachable"}
    return {"ok": True}
