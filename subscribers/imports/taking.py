"""Takes one chunk in: rows, records of what became of them, and the cursor, in one transaction."""

import json
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.db.utils import DataError, IntegrityError
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.imports.boxes import BoxResource
from subscribers.imports.enums import ImportKind, ImportState, Outcome, Phase
from subscribers.imports.people import SubscriberResource
from subscribers.imports.records import Record
from subscribers.imports.resource import PREVIEWED, ChunkResource, Draft, words_of
from subscribers.imports.subscriptions import SubscriptionResource
from subscribers.models import Import, ImportRow

logger = logging.getLogger(__name__)

RESOURCES: dict[ImportKind, type[ChunkResource]] = {
    ImportKind.SUBSCRIBERS: SubscriberResource,
    ImportKind.SUBSCRIPTIONS: SubscriptionResource,
    ImportKind.BOXES: BoxResource,
}
LEASE = timedelta(minutes=1)
REFUSED_BY_DATABASE = "The database refuses this row: its values contradict each other or what is known here."


class TakenOver(Exception):
    """Somebody else works on this import, or it was withdrawn."""


class Rolled(Exception):
    """Ends a dry run's savepoint."""


def take_chunk(job: Import, records: Sequence[Record], *, is_trial: bool) -> Counter[str]:
    """Take records in, or try it and leave no trace (`is_trial`); how many came to which end.

    `job.attempts` is the claim: whoever was taken over from writes nothing.
    """
    phase = Phase.CHECK if is_trial else Phase.IMPORT
    with transaction.atomic():
        state = ImportState.CHECKING if is_trial else ImportState.IMPORTING
        mine = Import.objects.select_for_update(no_key=True).filter(pk=job.pk, state=state, attempts=job.attempts)
        if not mine.exists():
            raise TakenOver
        resource = RESOURCES[ImportKind(job.kind)](job)
        drafts = resource.read(records)
        _refuse_repeated(job, phase, drafts)
        good = [draft for draft in drafts if draft.is_good]
        try:
            with transaction.atomic():
                _take(resource, good)
                if is_trial:
                    # What only the end of a transaction would check is checked now.
                    with connection.cursor() as cursor:
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    raise Rolled
        except Rolled:
            for draft in drafts:
                if draft.outcome == Outcome.NEW:
                    draft.pk = None
        counts: Counter[str] = Counter(str(draft.outcome) for draft in drafts)
        shown = ImportRow.objects.filter(source=job, phase=phase).exclude(changes="")[:PREVIEWED].count()
        ImportRow.objects.bulk_create(_rows(job, phase, drafts, shown))
        total = Counter(job.counts) + counts
        Import.objects.filter(pk=job.pk).update(
            done=F("done") + len(drafts),
            cursor=records[-1][0],
            counts=dict(total),
            claimed_until=timezone.now() + LEASE,
            stuck=0,
            error="",
        )
    job.counts = dict(total)
    return counts


def _take(resource: ChunkResource, drafts: Sequence[Draft]) -> None:
    """All together; where the database refuses that, by halves, until the row that is to blame stands alone."""
    if not drafts:
        return
    try:
        with transaction.atomic():
            resource.take_in(drafts)
    except (IntegrityError, DataError) as error:
        for draft in drafts:
            draft.forget_writing()
        if len(drafts) == 1:
            logger.warning("import %s, row %s: %s", resource.job.pk, drafts[0].number, type(error).__name__)
            drafts[0].refuse("", REFUSED_BY_DATABASE)
            return
        half = len(drafts) // 2
        _take(resource, drafts[:half])
        _take(resource, drafts[half:])


def _refuse_repeated(job: Import, phase: Phase, drafts: Sequence[Draft]) -> None:
    """What stands in a file twice is taken in once."""
    keys = [draft.key for draft in drafts if draft.is_good]
    before = ImportRow.objects.filter(source=job, phase=phase, key__in=keys).exclude(outcome=Outcome.REFUSED)
    seen = dict(before.values_list("key", "number"))
    for draft in drafts:
        if not draft.is_good:
            continue
        if (number := seen.get(draft.key)) is not None:
            draft.refuse("", gettext("Row %(number)s says this already; each is taken in once.") % {"number": number})
        else:
            seen[draft.key] = draft.number


def _rows(job: Import, phase: Phase, drafts: Sequence[Draft], shown: int) -> list[ImportRow]:
    words = words_of(job.kind)
    rows = []
    for draft in drafts:
        changes = ""
        if draft.is_good and draft.changes and shown < PREVIEWED:
            shown += 1
            changes = json.dumps(draft.changes, ensure_ascii=False)
        rows.append(
            ImportRow(
                source=job,
                phase=phase,
                number=draft.number,
                key=draft.key,
                outcome=draft.outcome,
                object_id=draft.pk,
                errors=[{**one, "label": words.get(one["column"], "")} for one in draft.errors],
                cells="" if draft.is_good else json.dumps(_kept(draft), ensure_ascii=False),
                changes=changes.replace("\\u0000", ""),
            )
        )
    return rows


def _kept(draft: Draft) -> list[str]:
    return [cell.replace("\x00", "�")[:5000].encode("utf-8", "replace").decode() for cell in draft.cells[:300]]
