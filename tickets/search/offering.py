"""What the search box offers while somebody types: operators, then their values; and the list of all for its help."""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscribers.enums import Channel
from subscribers.models import Membership, Reason, Store
from tickets.enums import FieldKind, Priority, TicketStatus
from tickets.fields.asking import named
from tickets.fields.kinds import YES
from tickets.fields.selectors import visible_fields
from tickets.models import Queue, Tag
from tickets.search.conditions import FIRST_PRIORITY, STATES
from tickets.search.parsing import KEYS

MOST = 8  # offers at once
LONGEST = 80  # characters of what is being typed
TYPED = re.compile(r'(?P<minus>-?)(?:(?P<key>[A-Za-z]+):)?"?(?P<value>[^"]*(?:="[^"]*)?)"?')


@dataclass(frozen=True)
class Operator:
    """`key:` of a search, what it finds, and one to copy."""

    key: str
    finds: str | Promise
    example: str


OPERATORS = (
    Operator("from", gettext_lazy("The customer’s name or address"), "from:ana@mail.example"),
    Operator("subject", gettext_lazy("A word of the subject"), "subject:lid"),
    Operator("is", gettext_lazy("A state: open, unread, overdue, snoozed …"), "is:overdue"),
    Operator("tag", gettext_lazy("A tag"), "tag:vip"),
    Operator("queue", gettext_lazy("A queue"), "queue:support"),
    Operator("assignee", gettext_lazy("A colleague, me or nobody"), "assignee:me"),
    Operator("topic", gettext_lazy("A topic"), "topic:damaged"),
    Operator("cycle", gettext_lazy("The customer’s cycle when it was opened"), "cycle:1"),
    Operator("order", gettext_lazy("An order’s number"), "order:1042"),
    Operator("status", gettext_lazy("A status"), "status:pending"),
    Operator("priority", gettext_lazy("A priority"), "priority:urgent"),
    Operator("channel", gettext_lazy("How it came"), "channel:mail"),
    Operator("has", gettext_lazy("An attachment, a photo or a topic"), "has:photo"),
    Operator("file", gettext_lazy("The name of an attachment"), "file:invoice"),
    Operator("field", gettext_lazy("A field of your store"), "field:order-number=1042"),
    Operator("after", gettext_lazy("Opened on a day or later"), "after:2026-11-01"),
    Operator("before", gettext_lazy("Opened before a day"), "before:2026-12-01"),
    Operator("to", gettext_lazy("As assignee"), "to:me"),
)
# What is typed without an operator.
FORMS = (
    ("broken lid", gettext_lazy("All of the words")),
    ('"broken lid"', gettext_lazy("The words one after the other")),
    ("pack*", gettext_lazy("Words that begin so")),
    ("-refund", gettext_lazy("Without this word; before an operator too")),
    ("T-1042", gettext_lazy("One ticket")),
)
# Words with a colon that mean no operator.
NOT_MEANT = frozenset(("http", "https", "mailto", "tel", "ftp", "re", "aw", "fw", "fwd", "wg", "antw", "sms"))


@dataclass(frozen=True)
class Offer:
    """`insert` takes the place of what is being typed; `goes_on` where a value is still to follow."""

    insert: str
    label: str
    hint: str = ""
    goes_on: bool = False


def offers(typed: str, user: AbstractBaseUser) -> list[Offer]:
    """For the last word of a search as it stands, one statement at most. None for words that begin no operator."""
    found = TYPED.fullmatch(typed[:LONGEST].replace("\x00", ""))
    if found is None:
        return []
    minus, key, value = found["minus"], (found["key"] or "").lower(), found["value"]
    if not key:
        fits = [one for one in OPERATORS if one.key.startswith(value.lower())]
        told = [Offer(f"{minus}{one.key}:", f"{one.key}:", str(one.finds), goes_on=True) for one in fits]
        if value[:2].upper() in ("T", "T-"):
            told.insert(0, Offer("T-", "T-", _("One ticket, by its number"), goes_on=True))
        return told[:MOST]
    if key not in VALUES:
        return []
    values = VALUES[key](value.strip(), user)
    if key == "field":  # its key is followed by its value
        return [
            Offer(f"{minus}field:{name}={_quoted(held)}", f"field:{name}={held}", hint, goes_on=not held)
            for (name, _equals, held), hint in ((word.partition("="), hint) for word, hint in values)
        ][:MOST]
    return [Offer(f"{minus}{key}:{_quoted(word)}", f"{key}:{word}", hint) for word, hint in values][:MOST]


def unknown(names: Iterable[str]) -> list[str]:
    """What to say of words with a colon that look like an operator and are none."""
    told = []
    for name in dict.fromkeys(names):
        if name.lower() in NOT_MEANT:
            continue
        near = difflib.get_close_matches(name.lower(), KEYS, n=1, cutoff=0.6)
        words = {"name": f"{name}:", "near": f"{near[0]}:" if near else ""}
        told.append(
            _("“%(name)s” is no operator, so it was searched as a word. Did you mean “%(near)s”?") % words
            if near
            else _("“%(name)s” is no operator, so it was searched as a word.") % words
        )
    return told


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


Values = Sequence[tuple[str, str]]


def _words(choices: Iterable[tuple[str, str | Promise]], value: str) -> Values:
    low = value.lower()
    return [(word, str(label)) for word, label in choices if word.startswith(low) or str(label).lower().startswith(low)]


def _states(value: str, user: AbstractBaseUser) -> Values:
    return _words([(word, "") for word in STATES if word.startswith(value.lower())], value)


def _stores(user: AbstractBaseUser) -> Q:
    return Q(store__in=Store.objects.visible_to(user).values("pk"))


def _tags(value: str, user: AbstractBaseUser) -> Values:
    rows = Tag.objects.filter(_stores(user), name__istartswith=value).order_by("name")
    return [(name, "") for name in dict.fromkeys(rows.values_list("name", flat=True)[: 2 * MOST])]


def _queues(value: str, user: AbstractBaseUser) -> Values:
    rows = Queue.objects.visible_to(user).filter(Q(key__istartswith=value) | Q(name__istartswith=value))
    return list(rows.order_by("position", "name").values_list("key", "name")[:MOST])


def _topics(value: str, user: AbstractBaseUser) -> Values:
    rows = Reason.objects.filter(_stores(user) | Q(store=None), for_tickets=True)
    rows = rows.filter(Q(key__istartswith=value) | Q(label__istartswith=value)).order_by("position", "label")
    return list(dict(rows.values_list("key", "label")[: 2 * MOST]).items())


def _people(value: str, user: AbstractBaseUser) -> Values:
    members = Membership.objects.filter(_stores(user)).values("user")
    people = get_user_model().objects.filter(pk__in=members, is_active=True)
    begins = Q(name__istartswith=value) | Q(name__icontains=f" {value}") | Q(email__istartswith=value)
    named = people.filter(begins).order_by("name").values_list("name", "email")[:MOST]
    return [*_words([("me", _("Me")), ("nobody", _("Nobody"))], value), *((name or mail, mail) for name, mail in named)]


def _fields(value: str, user: AbstractBaseUser) -> Values:
    """Keys of fields, each with “=”; behind it, what can be chosen."""
    name, equals, begun = value.replace('"', "").partition("=")
    known, low = list(visible_fields(user)), name.strip().lower()
    if not equals:
        fits = [one for one in known if one.key.startswith(low) or one.label.lower().startswith(low)]
        return list({f"{one.key}=": one.label for one in fits}.items())
    found: dict[str, str] = {}
    for field in named(known, name.strip()):
        choices = [(choice, "") for choice in field.choices]
        if field.kind == FieldKind.CHECKBOX:
            choices = [(YES, _("Yes")), ("no", _("No"))]
        found |= {f"{field.key}={word}": hint for word, hint in choices if word.lower().startswith(begun.lower())}
    return list(found.items())


VALUES: dict[str, Callable[[str, AbstractBaseUser], Values]] = {
    "is": _states,
    "tag": _tags,
    "queue": _queues,
    "topic": _topics,
    "assignee": _people,
    "to": _people,
    "field": _fields,
    "status": lambda value, user: _words(TicketStatus.choices, value),
    "priority": lambda value, user: _words(
        [(word, Priority(one).label) for word, one in FIRST_PRIORITY.items()], value
    ),
    "channel": lambda value, user: _words(Channel.choices, value),
    "has": lambda value, user: _words(
        [("attachment", _("A file")), ("photo", _("A picture")), ("topic", _("A topic"))], value
    ),
    "cycle": lambda value, user: _words([(str(number), "") for number in range(1, 7)], value),
}
