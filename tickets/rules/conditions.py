"""What a rule may ask of a ticket and of what happened to it: a policy's conditions, and more of the same kind.

What needs more than the ticket's row is read once for all tickets that are looked at together, and only where a rule
asks for it and nothing cheaper ruled it out.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from subscribers.enums import SubscriptionStatus
from subscribers.models import Subscription
from tickets.enums import Author, Metric, Score, TicketStatus
from tickets.fields.asking import ANY, EMPTY
from tickets.fields.kinds import LONGEST
from tickets.fields.selectors import values_by_ticket
from tickets.models import BusinessCalendar, Message, Ticket, TicketEvent, TicketTag
from tickets.sla import conditions as policies
from tickets.sla.business_time import Calendar
from tickets.sla.calendars import read_calendar
from tickets.sla.conditions import Condition, _keys, _some_of
from tickets.topics.words import Words, fold, read_words

NOBODY = 0  # among assignees
NONE = "none"  # among states of subscriptions: there is none
MOST_PHRASES = 50
LONGEST_PHRASE = 100


class RuleKnown(policies.Known):
    """What conditions need to know of some tickets of one store, and of what happened to them: a query each."""

    def __init__(self, events: Sequence[TicketEvent], tickets: Sequence[Ticket], at: datetime) -> None:
        super().__init__(tickets, at)
        self._events = events

    @cached_property
    def tags(self) -> Mapping[int, set[str]]:
        """By ticket, as they are compared."""
        rows = TicketTag.objects.filter(ticket__in=self.tickets).values_list("ticket_id", "tag__name")
        found: dict[int, set[str]] = {}
        for ticket, name in rows:
            found.setdefault(ticket, set()).add(name.casefold())
        return found

    @cached_property
    def fields(self) -> Mapping[int, Mapping[str, str]]:
        """By ticket: what the store's own fields hold, by their keys."""
        return values_by_ticket(ticket.pk for ticket in self.tickets)

    @cached_property
    def subscriptions(self) -> Mapping[int, list[tuple[str, int | None]]]:
        """By subscriber: state and product of each."""
        rows = Subscription.objects.filter(subscriber__in=self._subscribers)
        found: dict[int, list[tuple[str, int | None]]] = {}
        for person, status, product in rows.values_list("subscriber_id", "status", "product_id"):
            found.setdefault(person, []).append((status, product))
        return found

    @cached_property
    def messages(self) -> Mapping[int, Message]:
        """By event: the message that it tells of, else the last that the customer had written by then."""
        named = {event.pk: event.data.get("message") for event in self._events}
        rows = Message.objects.defer("html", "search")
        by_pk = rows.in_bulk([pk for pk in named.values() if isinstance(pk, int)])
        found = {pk: by_pk[message] for pk, message in named.items() if message in by_pk}
        others = [event for event in self._events if event.pk not in found]
        if others:
            written = rows.filter(ticket__in={event.ticket_id for event in others}, author_kind=Author.SUBSCRIBER)
            by_ticket: dict[int, list[Message]] = {}
            for message in written.order_by("created_at", "pk"):
                by_ticket.setdefault(message.ticket_id, []).append(message)
            for event in others:
                before = [one for one in by_ticket.get(event.ticket_id, []) if one.created_at <= event.occurred_at]
                if said := before or by_ticket.get(event.ticket_id, []):
                    found[event.pk] = said[-1] if before else said[0]
        return found

    def calendar(self, pk: int) -> Calendar | None:
        """None where it is not there any more, or makes no calendar."""
        if pk not in self._calendars:
            row = BusinessCalendar.objects.filter(pk=pk, store=self.tickets[0].store_id).first()
            try:
                self._calendars[pk] = read_calendar(row, self.at.year) if row is not None else None
            except ValueError:
                self._calendars[pk] = None
        return self._calendars[pk]

    @cached_property
    def _calendars(self) -> dict[int, Calendar | None]:
        return {}


class RuleFacts(policies.Facts):
    """A ticket as rules see it after something happened to it: its status, and the hour, may be those of `then`."""

    known: RuleKnown

    def __init__(
        self,
        ticket: Ticket,
        event: TicketEvent,
        at: datetime,
        known: RuleKnown,
        status: str = "",
        then: datetime | None = None,
    ) -> None:
        super().__init__(ticket, at, known)
        self.event = event
        self.then = then or at
        self.status = status or ticket.status

    @property
    def tags(self) -> set[str]:
        return self.known.tags.get(self.ticket.pk, set())

    @property
    def fields(self) -> Mapping[str, str]:
        return self.known.fields.get(self.ticket.pk, {})

    @property
    def subscriptions(self) -> Sequence[tuple[str, int | None]]:
        return self.known.subscriptions.get(self.ticket.subscriber_id, ())

    @property
    def states(self) -> set[str]:
        return {status for status, _ in self.subscriptions} or {NONE}

    @property
    def message(self) -> Message | None:
        return self.known.messages.get(self.event.pk)

    @property
    def addresses(self) -> list[str]:
        """Who wrote: the mail's sender, and the ticket's customer."""
        written = self.message.from_address if self.message is not None else ""
        return [address.lower() for address in (written, self.ticket.subscriber.email) if address]

    @property
    def language(self) -> str:
        return (self.ticket.subscriber.language or self.ticket.store.language).lower().replace("_", "-")

    @cached_property
    def words(self) -> Words:
        message = self.message
        said = (message.visible_text or message.text) if message is not None else ""
        return read_words(f"{self.ticket.subject}.\n\n{said}")

    def phrases(self, asked: Iterable[str]) -> list[str]:
        """Those of the phrases that stand there, as whole words."""
        return [phrase for phrase in asked if _stands(_folded(phrase), self.words.folded)]


def _folded(phrase: str) -> list[str]:
    """A phrase's words as they are compared; a star keeps its place at the end of a word."""
    words = re.findall(r"\w[\w'’]*\*?", phrase)
    return [fold(word) + ("*" if word.endswith("*") else "") for word in words if fold(word)]


def _stands(phrase: Sequence[str], words: Sequence[str]) -> bool:
    def fits(wanted: str, word: str) -> bool:
        return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted

    if not phrase:
        return False
    return any(
        all(fits(wanted, words[start + place]) for place, wanted in enumerate(phrase))
        for start in range(len(words) - len(phrase) + 1)
    )


def _phrases(value: Any) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= MOST_PHRASES
        and all(isinstance(one, str) and len(one) <= LONGEST_PHRASE and _folded(one) for one in value)
    )


def _numbers(value: Any) -> bool:
    return bool(value) and isinstance(value, list) and all(type(one) is int and one >= 0 for one in value)


def _senders(value: Any) -> bool:
    return _keys(value) and all(len(one) <= 320 and not one.isspace() for one in value)


def _countries(value: Any) -> bool:
    return _keys(value) and all(len(one) == 2 for one in value)


def _fields(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(isinstance(values, list) and bool(values) for values in value.values())
        and all(isinstance(one, str) and len(one) <= LONGEST for values in value.values() for one in values)
    )


def _holds(held: str, asked: Sequence[str]) -> bool:
    """One of the values, anything (`*`) or nothing (``)."""
    return any(bool(held) if one == ANY else held.casefold() == one.casefold() for one in asked)


def _truth(value: Any) -> bool:
    return type(value) is bool


def _hours_of(value: Any) -> bool:
    return isinstance(value, dict) and type(value.get("calendar")) is int and type(value.get("open")) is bool


def _sent_by(address: str, asked: str) -> bool:
    """`ann@mail.example`, or everybody at `@mail.example` or `mail.example`, subdomains included."""
    asked = asked.lower().strip()
    name, _, domain = asked.rpartition("@")
    if name:
        return address == asked
    host = address.rpartition("@")[2]
    return host == domain or host.endswith(f".{domain}")


def _is_open(facts: RuleFacts, value: Mapping[str, Any]) -> bool:
    calendar = facts.known.calendar(value["calendar"])
    return calendar is not None and calendar.is_open(facts.then) == value["open"]


def _speaks(facts: RuleFacts, value: Sequence[str]) -> bool:
    return any(facts.language == one.lower() or facts.language.startswith(f"{one.lower()}-") for one in value)


@dataclass(frozen=True)
class RuleCondition:
    """`found`: what was there, for the log; in the words of the rows, which no translation changes."""

    takes: str
    is_right: Callable[[Any], bool]
    holds: Callable[[RuleFacts, Any], bool]
    found: Callable[[RuleFacts, Any], str]


def _of_policy(condition: Condition, found: Callable[[RuleFacts, Any], str]) -> RuleCondition:
    return RuleCondition(condition.takes, condition.is_right, condition.holds, found)


def _list(values: Iterable[Any]) -> str:
    return ", ".join(sorted(str(value) for value in values))


def _when(moment: datetime | None) -> str:
    return moment.isoformat(timespec="minutes") if moment is not None else ""


_POLICY_FOUND: dict[str, Callable[[RuleFacts, Any], str]] = {
    "cycle": lambda facts, value: str(facts.ticket.cycle_index),
    "priority": lambda facts, value: facts.ticket.get_priority_display(),
    "channel": lambda facts, value: facts.ticket.channel,
    "topic": lambda facts, value: _list(set(facts.topics) & set(value)),
    "billing_within_hours": lambda facts, value: _when(facts.next_billing_at),
    "box_within_hours": lambda facts, value: _when(facts.next_box_at),
}

# What the ticket's row tells comes first: it is asked before what takes a query.
CONDITIONS: dict[str, RuleCondition] = {
    "queue": RuleCondition(
        "a list of queues by id",
        _numbers,
        lambda facts, value: facts.ticket.queue_id in value,
        lambda facts, value: str(facts.ticket.queue),
    ),
    "status": RuleCondition(
        f"a list of {', '.join(TicketStatus.values)}",
        _some_of(TicketStatus.values),
        lambda facts, value: facts.status in value,
        lambda facts, value: facts.status,
    ),
    "assignee": RuleCondition(
        "a list of people by id, 0 for nobody",
        _numbers,
        lambda facts, value: (facts.ticket.assignee_id or NOBODY) in value,
        lambda facts, value: str(facts.ticket.assignee or ""),
    ),
    "rating": RuleCondition(
        "a list of scores from 1 to 5",
        _some_of(Score.values),
        lambda facts, value: facts.event.to_value in [str(score) for score in value],
        lambda facts, value: facts.event.to_value,
    ),
    "metric": RuleCondition(
        f"a list of {', '.join(Metric.values)}",
        _some_of(Metric.values),
        lambda facts, value: facts.event.data.get("metric") in value,
        lambda facts, value: str(facts.event.data.get("metric", "")),
    ),
    "language": RuleCondition("a list of languages, such as de", _keys, _speaks, lambda facts, value: facts.language),
    "country": RuleCondition(
        "a list of countries, two letters each",
        _countries,
        lambda facts, value: facts.ticket.subscriber.country.upper() in value,
        lambda facts, value: facts.ticket.subscriber.country,
    ),
    **{
        name: _of_policy(condition, _POLICY_FOUND[name])
        for name, condition in policies.CONDITIONS.items()
        if name in _POLICY_FOUND
    },
    "tags_any": RuleCondition(
        "a list of tags, of which one is enough",
        _keys,
        lambda facts, value: any(tag.casefold() in facts.tags for tag in value),
        lambda facts, value: _list(tag for tag in value if tag.casefold() in facts.tags),
    ),
    "tags_none": RuleCondition(
        "a list of tags, of which none may be there",
        _keys,
        lambda facts, value: not any(tag.casefold() in facts.tags for tag in value),
        lambda facts, value: _list(facts.tags),
    ),
    "fields": RuleCondition(
        f'fields by key, each with a list of values, of which one is enough; "{ANY}" for any, "{EMPTY}" for none',
        _fields,
        lambda facts, value: all(_holds(facts.fields.get(key, ""), asked) for key, asked in value.items()),
        lambda facts, value: _list(f"{key}: {facts.fields[key]}" for key in value if key in facts.fields),
    ),
    "subscription": RuleCondition(
        f"a list of {', '.join(SubscriptionStatus.values)}, {NONE}",
        _some_of((*SubscriptionStatus.values, NONE)),
        lambda facts, value: not facts.states.isdisjoint(value),
        lambda facts, value: _list(facts.states & set(value)),
    ),
    "product": RuleCondition(
        "a list of products by id",
        _numbers,
        lambda facts, value: any(product in value for _, product in facts.subscriptions),
        lambda facts, value: _list({product for _, product in facts.subscriptions if product in value}),
    ),
    "business_hours": RuleCondition(
        "a calendar by id, and whether it is open", _hours_of, _is_open, lambda facts, value: _when(facts.then)
    ),
    "is_automatic": RuleCondition(
        "true or false",
        _truth,
        lambda facts, value: bool(facts.message is not None and facts.message.automatic) == value,
        lambda facts, value: facts.message.automatic if facts.message is not None else "",
    ),
    "sender": RuleCondition(
        "a list of addresses or of domains",
        _senders,
        lambda facts, value: any(_sent_by(address, one) for address in facts.addresses for one in value),
        lambda facts, value: _list(
            {address for address in facts.addresses if any(_sent_by(address, one) for one in value)}
        ),
    ),
    "words_any": RuleCondition(
        "a list of words or phrases, of which one is enough",
        _phrases,
        lambda facts, value: bool(facts.phrases(value)),
        lambda facts, value: _list(facts.phrases(value)),
    ),
    "words_all": RuleCondition(
        "a list of words or phrases, all of which must be there",
        _phrases,
        lambda facts, value: len(facts.phrases(value)) == len(value),
        lambda facts, value: _list(facts.phrases(value)),
    ),
    "words_none": RuleCondition(
        "a list of words or phrases, of which none may be there",
        _phrases,
        lambda facts, value: not facts.phrases(value),
        lambda facts, value: "",
    ),
}


def check_conditions(conditions: Any) -> None:
    """Raises ValueError, in words, unless `conditions` is what `reasons` reads."""
    if not isinstance(conditions, dict):
        raise ValueError('Conditions are an object, such as {"cycle": 1}.')
    for name, value in conditions.items():
        if name not in CONDITIONS:
            raise ValueError(f"{name!r} is not a condition; these are {', '.join(CONDITIONS)}.")
        if not CONDITIONS[name].is_right(value):
            raise ValueError(f"{name!r} takes {CONDITIONS[name].takes}.")


def reasons(conditions: Mapping[str, Any], facts: RuleFacts) -> list[dict[str, Any]] | None:
    """Each condition with what was asked and found, where all of them hold; None where one does not."""
    found = []
    for name, condition in CONDITIONS.items():
        if name in conditions:
            value = conditions[name]
            if not condition.holds(facts, value):
                return None
            found.append({"condition": name, "asked": value, "found": condition.found(facts, value)})
    return found


def facts_of(event: TicketEvent, ticket: Ticket, at: datetime) -> RuleFacts:
    """Of one ticket as it is now."""
    return RuleFacts(ticket, event, at, RuleKnown([event], [ticket], at))
