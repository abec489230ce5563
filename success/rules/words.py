"""Facts and priorities in words: what an alert rests on, and why it comes before another."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from subscribers.lazy import grouped
from success.enums import AlertPriority, FactKind
from success.health.enums import SignalKind
from success.models import Alert, Evidence


def fact_words(kind: str, data: Mapping[str, Any]) -> list[str]:
    """What a fact says beside its quoted words and its ticket's subject: dates, amounts, counts. Phrases."""
    found: list[str] = []
    match kind:
        case FactKind.SLA_BREACHED:
            found = [
                gettext("%(data)s was due %(moment)s")
                % {"data": data.get("metric", "A promise"), "moment": _moment(data.get("due_at"))}
            ]
            if data.get("at_risk"):
                found.append(gettext("at risk: ") + ", ".join(map(str, data["at_risk"])))
        case FactKind.LOW_SATISFACTION if data.get("rating"):
            found = [gettext("%(data)s of 5") % {"data": data["rating"]}]
        case FactKind.SKIPPED_TWICE if data.get("in_a_row"):
            found = [
                gettext("%(data)s boxes in a row") % {"data": data["in_a_row"]},
                _of_cycle(data),
                _named("because", data.get("reason")),
            ]
        case FactKind.PAYMENT_FAILED:
            found = [str(data.get("amount", "")), _of_cycle(data), str(data.get("error", ""))]
        case FactKind.CARD_EXPIRING:
            found = [_named(gettext("Ends with"), data.get("last4")), _named("expires", _day(data.get("expires_on")))]
        case FactKind.CANCELLATION_STARTED:
            found = [_named("By", str(data.get("channel", "")).lower()), _named("because", data.get("reason"))]
            found.append(_of_cycle(data))
        case FactKind.BOX_LATE:
            days = data.get("days_late", 0)
            found = [str(data.get("order", "")), _named(gettext("expected on"), _day(data.get("expected_on")))]
            found += [
                ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days},
                str(data.get("carrier", "")),
                _status(data),
            ]
        case FactKind.MILESTONE_BEHIND:
            found = [f"{data.get('label', data.get('milestone', ''))}: {data.get('state', '')}"]
            found.append(_named(gettext("was due"), _moment(data.get("target_at"))))
        case FactKind.HEALTH_FALLING if data.get("number") is not None:
            found = [
                gettext("From %(data)s to %(data2)s") % {"data": data["from"], "data2": data["number"]}
                if data.get("from")
                else gettext("At %(data)s") % {"data": data["number"]}
            ]
            found += [str(data.get("word", "")).lower(), *_signals(data.get("reasons", ()))]
        case FactKind.FLOW_HARMS:
            found = [
                gettext(
                    "%(value)s points fewer still subscribe after %(days)s days than among those left alone "
                    "(95 %%: %(least)s to %(most)s)"
                )
                % {
                    "value": -data.get("value", 0),
                    "days": data.get("days", ""),
                    "least": -data.get("high", 0),
                    "most": -data.get("low", 0),
                }
            ]
        case FactKind.RECURRING_CAUSE:
            found = [f"{str(name).replace('_', ' ')}: {value}" for name, value in data.items() if _is_plain(value)]
    return [words for words in found if words]


def _signals(reasons: Sequence[Sequence[Any]]) -> list[str]:
    """What health lost points by, the most first; each kind once with its number."""
    lost: dict[str, list[float]] = {}
    for kind, _, _, points in reasons:
        lost.setdefault(kind, []).append(points)
    kinds = sorted(lost, key=lambda kind: sum(lost[kind]))
    return [f"{_label(kind)} ({len(lost[kind])})" if len(lost[kind]) > 1 else _label(kind) for kind in kinds]


def _label(kind: str) -> str:
    label = str(dict(SignalKind.choices).get(kind, kind))
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _named(name: str, value: Any) -> str:
    return f"{name} {value}" if value else ""


def _of_cycle(data: Mapping[str, Any]) -> str:
    return _named("cycle", data.get("cycle"))


def _status(data: Mapping[str, Any]) -> str:
    return str(data.get("status", "")).lower()


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and value != ""


def _moment(text: Any) -> str:
    at: datetime | None = parse_datetime(str(text)) if text else None
    return date_format(timezone.localtime(at), "D j M, H:i") if at else ""


def _day(text: Any) -> str:
    day: date | None = parse_date(str(text)) if text else None
    return date_format(day, "j M Y") if day else ""


def why(alert: Alert, standing: Sequence[Evidence], now: datetime) -> list[str]:
    """Why it has its priority, as sentences: where its score comes from, what is at stake, how pressing it is."""
    if not standing:
        return [gettext("No reason stands any more")]
    if alert.subscriber_id is None:
        told = (
            gettext("%(people)s subscribers with this reason") % {"people": grouped(alert.people)}
            if alert.is_crowd
            else gettext("%(score)s points from %(standing)s facts")
            % {"score": alert.score, "standing": grouped(len(standing))}
        )
    else:
        parts = " + ".join(f"{FactKind(one.kind).label.lower()} {one.weight}" for one in standing)
        told = f"{alert.score} = {parts}"
    words = [f"{told}: {AlertPriority(alert.priority).label.lower()}"]
    if alert.value_at_risk:
        words.append(
            gettext("%(value_at_risk)s %(currency)s a year at risk")
            % {"value_at_risk": f"{alert.value_at_risk:,.2f}", "currency": alert.store.currency}
        )
    if alert.is_live:
        words.append(urgency_words(alert.due_at, now))
    return words


def urgency_words(due_at: datetime, now: datetime) -> str:
    left = due_at - now
    if left < timedelta(0):
        return gettext("overdue for %(length)s") % {"length": _length(-left)}
    return gettext("due within %(length)s") % {"length": _length(left)}


def _length(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 90:
        return gettext("%(minutes)s min") % {"minutes": minutes}
    if minutes < 48 * 60:
        return f"{round(minutes / 60)} h"
    return gettext("%(round)s days") % {"round": round(minutes / 1440)}
