"""`/metrics`: what waits and what is late, as Prometheus reads it.

For machines that may know: with `METRICS_TOKEN` those that send it as their bearer token, without one those on this
machine that came through no proxy. A fixed number of statements, each on an index of what waits.
"""

from collections.abc import Iterator
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from helpdesk.models import Heartbeat
from subscribers.gauges import Gauge, register, registered


@require_safe
@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """The gauges of all apps; 403 for whoever may not know."""
    if not _may_know(request):
        return HttpResponse("Not for you: see METRICS_TOKEN.\n", status=403, content_type="text/plain")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Gauges())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Gauges(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in registered():
            family = GaugeMetricFamily(gauge.name, gauge.words, labels=[gauge.label] if gauge.label else [])
            for value, number in sorted(gauge.read().items()):
                family.add_metric([value] if gauge.label else [], number)
            yield family


def _may_know(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}")
    came_through_proxy = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback and not came_through_proxy
    except ValueError:
        return False


def _ages() -> dict[str, float]:
    now = timezone.now()
    return {name: (now - seen).total_seconds() for name, seen in Heartbeat.objects.values_list("name", "seen_at")}


register(Gauge("helpdesk_heartbeat_age_seconds", "Since a part of the product did its work last", _ages, label="part"))
