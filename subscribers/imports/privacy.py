"""What files and their rows know about people, and what is left of it."""

from collections.abc import Mapping

from django.core.files.storage import default_storage
from django.db.models import Q

from subscribers.imports.enums import ImportKind, ImportState
from subscribers.imports.records import sheet_of
from subscribers.imports.tables import rows_of
from subscribers.models import Cycle, Import, ImportRow, Subscriber, Subscription
from subscribers.privacy.registry import Scope, Table


def _rows(scope: Scope) -> Q:
    """Rows that made or changed what is theirs, and those that were refused and hold an address of theirs."""
    here = Q(source__store=scope.store_id) & scope.before("source__requested_at")
    if scope.is_store:
        return here
    people = Subscriber.objects.filter(scope.of()).values("pk")
    found = (
        Q(source__kind=ImportKind.SUBSCRIBERS, object_id__in=people)
        | Q(
            source__kind=ImportKind.SUBSCRIPTIONS,
            object_id__in=Subscription.objects.filter(scope.of("subscriber")).values("pk"),
        )
        | Q(
            source__kind=ImportKind.BOXES,
            object_id__in=Cycle.objects.filter(scope.of("subscription__subscriber")).values("pk"),
        )
    )
    for address in scope.addresses:
        found |= Q(cells__icontains=address) | Q(changes__icontains=address)
    for number in scope.external_ids:
        found |= Q(cells__contains=f'"{number}"')
    return here & found


def erase_files(scope: Scope) -> Mapping[str, int]:
    """The raw files that they stand in, whole; an import that has not been taken in is withdrawn by it."""
    from subscribers.imports import services  # it stands on what the registry serves

    jobs = Import.objects.filter(scope.before("requested_at"), store=scope.store_id).exclude(file="")
    found = [job for job in jobs if scope.is_store or _holds(job, scope)]
    running = [job for job in found if job.state == ImportState.IMPORTING]
    # One that is just taken in refuses their rows by their certificate; its file goes with the others' in time.
    gone = services.erase_files([job for job in found if job not in running])
    return {"imported files": gone} if gone else {}


def _holds(job: Import, scope: Scope) -> bool:
    numbers = set(scope.external_ids)
    try:
        with default_storage.open(job.file) as file:
            return any(
                cell in numbers or any(address in cell.lower() for address in scope.addresses)
                for _, cells in rows_of(file, sheet_of(job), with_header=True)
                for cell in cells
            )
    except FileNotFoundError:
        return False
    except Exception:  # what cannot be read any more may hold anybody
        return True


TABLES = (
    Table(ImportRow, _rows, empties=("errors", "cells", "changes")),
    Table(
        Import,
        lambda scope: Q(pk__in=()),
        keeps=(
            *("name", "file", "digest", "format", "encoding", "header", "mapping", "samples", "questions"),
            *("consent_proof", "counts", "checked", "error"),
        ),
        is_exported=False,
    ),
)
