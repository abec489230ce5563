"""What happened on a ticket, in words."""

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from subscribers.enums import Actor
from tickets.assignment.words import why_words
from tickets.enums import Priority, Score, TicketEventKind, TicketStatus, WokenBy
from tickets.fields.kinds import shown
from tickets.linked import Relation
from tickets.models import TicketEvent
from tickets.satisfaction.scale import ICONS as SCORE_ICONS

ICONS = {
    TicketEventKind.RESOLVED: "circle-check",
    TicketEventKind.REOPENED: "rotate-ccw",
    TicketEventKind.STATUS_CHANGED: "circle-dot",
    TicketEventKind.ASSIGNED: "user",
    TicketEventKind.PRIORITY_CHANGED: "signal-high",
    TicketEventKind.QUEUE_CHANGED: "list",
    TicketEventKind.TOPIC_ADDED: "tag",
    TicketEventKind.TOPIC_REJECTED: "tag",
    TicketEventKind.BOX_SET: "package",
    TicketEventKind.SLA_BREACHED: "timer-off",
    TicketEventKind.ESCALATED: "trending-up",
    TicketEventKind.SEND_FAILED: "mail-x",
    TicketEventKind.SENT_AGAIN: "send",
    TicketEventKind.REPLY_HELD: "hand",
    TicketEventKind.REPLY_WITHDRAWN: "undo-2",
    TicketEventKind.MAIL_WORKS_AGAIN: "mail-check",
    TicketEventKind.ASKED: "smile",
    TicketEventKind.TAG_ADDED: "tag",
    TicketEventKind.TAG_REMOVED: "tag",
    TicketEventKind.FIELD_CHANGED: "square-pen",
    TicketEventKind.SNOOZED: "clock",
    TicketEventKind.WOKEN: "sun",
    TicketEventKind.FOLLOWED: "eye",
    TicketEventKind.UNFOLLOWED: "eye-off",
    TicketEventKind.LINKED: "link",
    TicketEventKind.UNLINKED: "link",
    TicketEventKind.MERGED: "merge",
    TicketEventKind.MERGED_IN: "merge",
    TicketEventKind.UNMERGED: "undo-2",
    TicketEventKind.SPLIT_OFF: "split",
    TicketEventKind.SPLIT_FROM: "split",
    TicketEventKind.DELETED: "trash-2",
    TicketEventKind.MARKED_SPAM: "shield-alert",
    TicketEventKind.RESTORED: "rotate-ccw",
    TicketEventKind.RULE_APPLIED: "workflow",
}

ICONS_OF_SCORES = {str(int(score)): icon for score, icon in SCORE_ICONS.items()}

PRIORITY_ICONS = {
    Priority.URGENT: "octagon-alert",
    Priority.HIGH: "signal-high",
    Priority.NORMAL: "signal-medium",
    Priority.LOW: "signal-low",
}


# What is done with a whole ticket: what a person did, and what happened by itself.
HANDLED: dict[str, tuple[str, str]] = {
    TicketEventKind.TAG_ADDED: (gettext_noop("tagged it “%(to)s”"), gettext_noop("Tagged “%(to)s”")),
    TicketEventKind.TAG_REMOVED: (
        gettext_noop("took off the tag “%(from)s”"),
        gettext_noop("The tag “%(from)s” was taken off"),
    ),
    TicketEventKind.SNOOZED: (gettext_noop("put it aside until %(when)s"), gettext_noop("Put aside until %(when)s")),
    TicketEventKind.WOKEN: (gettext_noop("woke it"), gettext_noop("Back from being put aside: %(why)s")),
    TicketEventKind.FOLLOWED: (
        gettext_noop("added %(to)s as a follower"),
        gettext_noop("%(to)s follows it"),
    ),
    TicketEventKind.UNFOLLOWED: (
        gettext_noop("took %(from)s off the followers"),
        gettext_noop("%(from)s no longer follows it"),
    ),
    TicketEventKind.LINKED: (gettext_noop("linked it: %(how)s %(to)s"), gettext_noop("Linked: %(how)s %(to)s")),
    TicketEventKind.UNLINKED: (
        gettext_noop("removed the link with %(from)s"),
        gettext_noop("The link with %(from)s was removed"),
    ),
    TicketEventKind.MERGED: (gettext_noop("merged it into %(to)s"), gettext_noop("Merged into %(to)s")),
    TicketEventKind.MERGED_IN: (gettext_noop("merged %(from)s into it"), gettext_noop("%(from)s was merged into it")),
    TicketEventKind.UNMERGED: (
        gettext_noop("took the merge with %(from)s back"),
        gettext_noop("The merge with %(from)s was taken back"),
    ),
    TicketEventKind.SPLIT_OFF: (
        gettext_noop("made %(to)s of a part of it"),
        gettext_noop("%(to)s was made of a part of it"),
    ),
    TicketEventKind.SPLIT_FROM: (gettext_noop("split it off %(from)s"), gettext_noop("Split off %(from)s")),
    TicketEventKind.DELETED: (gettext_noop("deleted it"), gettext_noop("Deleted")),
    TicketEventKind.MARKED_SPAM: (gettext_noop("marked it as spam"), gettext_noop("Marked as spam")),
    TicketEventKind.RESTORED: (gettext_noop("brought it back"), gettext_noop("Brought back")),
}


def _handled(event: TicketEvent, *, by_person: bool) -> str:
    text = HANDLED[event.kind][0 if by_person else 1]
    known = {"from": event.from_value, "to": event.to_value}
    if event.kind == TicketEventKind.SNOOZED:
        until = parse_datetime(event.to_value)
        known["when"] = date_format(timezone.localtime(until), "D j M, H:i") if until else ""
        if event.data.get("waits_for"):
            known["when"] = _("the box is delivered, or %(when)s") % known
    if event.kind == TicketEventKind.LINKED:
        how = Relation(event.data.get("relation", Relation.RELATED)).label
        known["how"] = how[:1].lower() + how[1:]
    if event.kind == TicketEventKind.WOKEN:
        why = WokenBy(event.to_value).label if event.to_value in WokenBy.values else ""
        known["why"] = why[:1].lower() + why[1:]
        if by_person and event.to_value != WokenBy.HAND:
            text = gettext_noop("woke it by handing it over")
    return _(text) % known


def icon_of(event: TicketEvent) -> str:
    if event.kind == TicketEventKind.RATED:
        return ICONS_OF_SCORES.get(event.to_value, "meh")
    return ICONS.get(TicketEventKind(event.kind), "activity")


def words_of(event: TicketEvent) -> str:
    """A sentence that follows the actor's name where a person acted, and stands alone where nobody did."""
    by_person = event.actor_kind == Actor.AGENT
    before, after = event.from_value, event.to_value
    match event.kind:
        case TicketEventKind.RESOLVED:
            return gettext("resolved it") if by_person else gettext("Resolved")
        case TicketEventKind.REOPENED:
            return gettext("reopened it") if by_person else gettext("Reopened by the customer’s answer")
        case TicketEventKind.STATUS_CHANGED:
            label = TicketStatus(after).label.lower() if after in TicketStatus.values else after
            return (
                gettext("set it to %(label)s") % {"label": label}
                if by_person
                else gettext("Is %(label)s again") % {"label": label}
            )
        case TicketEventKind.ASSIGNED:
            return _assigned(event, by_person=by_person)
        case TicketEventKind.PRIORITY_CHANGED:
            changed = gettext("the priority from %(before)s to %(after)s") % {
                "before": before.lower(),
                "after": after.lower(),
            }
            return (
                gettext("changed %(changed)s") % {"changed": changed}
                if by_person
                else gettext("Changed %(changed)s") % {"changed": changed}
            )
        case TicketEventKind.QUEUE_CHANGED:
            return gettext("moved it from %(before)s to %(after)s") % {"before": before, "after": after}
        case TicketEventKind.TOPIC_ADDED:
            if by_person:
                return gettext("marked it as %(after)s") % {"after": after.lower()}
            quoted = ", ".join(f"“{words}”" for words in event.data.get("evidence", [])[:3])
            return (gettext("Recognised as %(after)s") % {"after": after.lower()}) + (
                gettext(" by %(quoted)s") % {"quoted": quoted} if quoted else ""
            )
        case TicketEventKind.TOPIC_REJECTED:
            return gettext("said that it is not about %(before)s") % {"before": before.lower()}
        case TicketEventKind.BOX_SET:
            return gettext("tied it to %(after)s") % {"after": after} if after else gettext("untied it from its box")
        case TicketEventKind.SLA_BREACHED:
            return gettext("%(after)s was due and did not come") % {"after": after or "A promise"}
        case TicketEventKind.ESCALATED:
            return gettext("Escalated: %(lower)s%(after)s") % {"lower": after[:1].lower(), "after": after[1:]}
        case TicketEventKind.SEND_FAILED:
            return (
                gettext("The mail to %(after)s could not be delivered: %(data)s")
                % {"after": after, "data": event.data.get("error", "")}
            )[:200]
        case TicketEventKind.SENT_AGAIN:
            return gettext("sent the answer to %(after)s again") % {"after": after}
        case TicketEventKind.REPLY_HELD:
            return gettext("The scheduled answer waits: the customer wrote before it left")
        case TicketEventKind.REPLY_WITHDRAWN:
            return (
                gettext("took an answer back before it left")
                if by_person
                else gettext("An answer was taken back before it left")
            )
        case TicketEventKind.MAIL_WORKS_AGAIN:
            return gettext("said that mail to %(after)s works again") % {"after": after}
        case TicketEventKind.RULE_APPLIED:
            because = "; ".join(map(str, event.data.get("because", [])))
            return _("Rule “%(name)s”") % {"name": after} + (f" ({because})" if because else "")
        case TicketEventKind.FIELD_CHANGED:
            return _field_changed(event, by_person=by_person)
        case kind if kind in HANDLED:
            return _handled(event, by_person=by_person)
        case TicketEventKind.RATED:
            return _rated(before, after, event.data.get("comment", ""))
        case _:
            return event.get_kind_display()


def _assigned(event: TicketEvent, *, by_person: bool) -> str:
    before, after = event.from_value, event.to_value
    if not after:
        said = gettext("gave it back to the queue") if by_person else gettext("Given back to the queue")
        why = why_words(event.data)
        return f"{said}: {before} {why}" if why and before else said
    if event.actor is not None and str(event.actor) == after:
        return gettext("took it")
    said = (
        gettext("gave it to %(after)s") % {"after": after}
        if by_person
        else gettext("Given to %(after)s") % {"after": after}
    )
    why = why_words(event.data)
    return f"{said}, {why}" if why else said


def _field_changed(event: TicketEvent, *, by_person: bool) -> str:
    kind = event.data.get("takes", "")
    known = {"field": event.data.get("label") or _("a field")}
    known |= {"from": shown(kind, event.from_value), "to": shown(kind, event.to_value)}
    if not event.to_value:
        text = _("emptied %(field)s (it was “%(from)s”)") if by_person else _("%(field)s was emptied (“%(from)s”)")
    elif not event.from_value:
        text = _("set %(field)s to “%(to)s”") if by_person else _("%(field)s was set to “%(to)s”")
    elif by_person:
        text = _("changed %(field)s from “%(from)s” to “%(to)s”")
    else:
        text = _("%(field)s was changed from “%(from)s” to “%(to)s”")
    return text % known


def _rated(before: str, after: str, comment: str) -> str:
    score = Score(int(after)).label if after.isdecimal() and int(after) in Score.values else after
    said = (
        gettext("The customer changed their answer to “%(score)s” (%(after)s of 5)") % {"score": score, "after": after}
        if before
        else ""
    )
    said = said or gettext("The customer rated our help “%(score)s” (%(after)s of 5)") % {
        "score": score,
        "after": after,
    }
    words = " ".join(comment.split())
    return f"{said}: “{words[:300]}{'…' if len(words) > 300 else ''}”" if words else said
