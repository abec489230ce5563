"""What the composer of a ticket holds for one person: their drafts, files, actions, and what they had seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Prefetch

from tickets.actions import Vocabulary
from tickets.enums import Composing, ParticipantRole
from tickets.forms import MOST_BYTES, MOST_FILES, ReplyForm
from tickets.macros.offering import worded
from tickets.models import Draft, DraftFile, Message, Ticket
from tickets.selectors import Entry


@dataclass(frozen=True)
class Begun:
    """One kind of draft as the composer shows it; without a row, an empty one."""

    kind: str
    draft: Draft | None
    actions: list[tuple[Any, str]]

    @property
    def text(self) -> str:
        return self.draft.text if self.draft else ""

    @property
    def revision(self) -> int:
        return self.draft.revision if self.draft else 0

    @property
    def other(self) -> dict[str, str] | None:
        """What another tab wrote, the newest."""
        return self.draft.others[0] if self.draft and self.draft.others else None

    @property
    def files(self) -> list[DraftFile]:
        return list(self.draft.files.all()) if self.draft else []

    @property
    def macros(self) -> list[int]:
        return self.draft.macros if self.draft else []


def begun_by(ticket: Ticket, user: AbstractBaseUser) -> dict[str, Begun]:
    """The person's drafts on this ticket by kind, with their files. Two queries, one where there is none."""
    rows = Draft.objects.filter(ticket=ticket.pk, author=user.pk).select_related("resumes")
    drafts = {draft.kind: draft for draft in rows.prefetch_related(Prefetch("files", DraftFile.objects.order_by("pk")))}
    return {kind: _begun(kind, drafts.get(kind), ticket) for kind in Composing.values}


def _begun(kind: str, draft: Draft | None, ticket: Ticket) -> Begun:
    return Begun(kind, draft, worded(draft.actions, Vocabulary(ticket.store)) if draft else [])


def last_seen(entries: Iterable[Entry]) -> int:
    """The newest message of a thread that is shown with the composer: what comes later crosses an answer."""
    return max((entry.message.pk for entry in entries if entry.message is not None), default=0)


def composer_context(
    ticket: Ticket,
    user: AbstractBaseUser,
    *,
    entries: Iterable[Entry],
    resumed: Message | None = None,
    form: ReplyForm | None = None,
    kind: Composing | None = None,
) -> dict[str, Any]:
    """What `tickets/_composer.html` shows: `form` as it was sent, an answer taken back, else the draft kept last.

    `kind`: what is written at first, whatever was kept last.
    """
    begun = begun_by(ticket, user)
    if kind is None:
        kept = [one for one in begun.values() if one.draft is not None]
        latest = max(kept, key=lambda one: one.draft.updated_at, default=None)  # type: ignore[union-attr]
        kind = Composing(latest.kind) if latest and resumed is None and form is None else Composing.REPLY
    if form is None:
        draft = begun[Composing.REPLY].draft
        form = ReplyForm.fresh(resumed or (draft.resumes if draft else None))
        if resumed is None:
            form.initial["text"] = begun[kind].text
            if draft is not None:
                form.initial["cc"] = draft.cc
                form.copied = {*form.copied, *draft.copies}
    others = ticket.participants.exclude(role=ParticipantRole.REQUESTER).exclude(
        address=ticket.subscriber.email.lower()
    )
    return {
        "form": form,
        "participants": list(others.order_by("added_at", "pk")),
        "begun": list(begun.values()),
        "is_note": kind == Composing.NOTE,
        "seen": last_seen(entries),
        "limits": {"bytes": MOST_BYTES, "files": MOST_FILES},
    }
