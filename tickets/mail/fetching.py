"""Mail that is fetched: each mail of a folder is stored once, in the order of its UIDs, before the place moves on.

The place is (UIDVALIDITY, UID). What is new lies behind it. Besides, from time to time, the mails on the server are
compared with what is stored, and what is missing is fetched: a mail that the server would not give, all of a folder
whose UIDVALIDITY changed. There a mail that we have is known by its bytes, and only takes its new number.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from imap_tools.errors import MailboxFetchError

from subscribers.later import soon
from tickets.enums import BeginAt
from tickets.mail.accounts import LeaseLost, claim, locked, note_failure, note_success, release, renew
from tickets.mail.imap import FAULTS, Fault, Folder, in_words, opened
from tickets.mail.intake import store_raw
from tickets.mail.parsing import parse_mail
from tickets.mail.threads import reference_key
from tickets.models import InboundMail, MailAccount

logger = logging.getLogger(__name__)

BATCH, BATCH_BYTES = 50, 4 * 1024 * 1024  # fetched and stored together
FEW = 3  # mails that are each worth a task of their own
KEYS = 1000  # compared with the database at once
COMPARE_EVERY = timedelta(minutes=10)
SECONDS = 120.0  # of one visit; the rest is for the next
BEGINNING = 1024 * 1024  # bytes of a mail that is too large


Stay = Callable[[MailAccount, Folder], None]


def fetch(account_id: int, *, early: bool = False, stay: Stay | None = None) -> int | None:
    """Fetch what one account has for us: how many mails, or None where it is not due or another fetches it.

    `early`: whether or not it is due. `stay` is called with the open folder afterwards, and may visit it again.
    What fails is on the row afterwards. Raises only if the database does not answer.
    """
    account = claim(account_id, early=early)
    if account is None:
        return None
    taken = 0
    try:
        with opened(account) as folder:
            taken = visit(account, folder)
            if stay is not None:
                stay(account, folder)
    except LeaseLost:
        logger.info("somebody else fetches the mail of %s, or it was changed", account)
    except Fault as fault:
        note_failure(account, str(fault))
        logger.warning("mail of %s cannot be fetched: %s", account, fault)
    release(account)  # not after a fault of the database, which is what raises here: the lease runs out
    return taken


def sweep() -> int:
    """Have each account that is due fetched, by a task of its own: one that hangs holds up no other; how many."""
    due = list(MailAccount.objects.due().order_by("next_attempt_at").values_list("pk", flat=True))
    for pk in due:
        soon("tickets.tasks.fetch_mail_account", pk)
    return len(due)


def visit(account: MailAccount, folder: Folder) -> int:
    """Store what is new in an open folder, and what turns out to be missing; how many mails.

    `account` is leased to the caller; LeaseLost where that ends.
    """
    end = time.monotonic() + SECONDS
    find_place(account, folder)
    taken, refused, compared = 0, [], False
    new = folder.uids_from(account.last_uid + 1)
    for sizes in _batches(folder, new):
        stored, left = take(account, folder, sizes, moves=True)
        taken += stored
        refused += left
        if time.monotonic() > end:
            break
    else:
        if account.counted_at is None or account.counted_at < timezone.now() - COMPARE_EVERY:
            stored, refused = compare(account, folder, end)
            taken += stored
            compared = True
    note_success(account, _complaint(refused) if compared or refused else None)
    return taken


def find_place(account: MailAccount, folder: Folder) -> None:
    """Where to begin in a folder that we have not seen, or that its server numbered anew."""
    if account.uid_validity == folder.uid_validity:
        return
    now = timezone.now()
    with transaction.atomic():
        row = locked(account)
        if row.uid_validity is None:
            row.began_at = now
            row.first_uid = folder.uid_next if row.begin == BeginAt.NOW else 1
            row.last_uid = row.first_uid - 1
        else:
            # Any mail may have any number now. What comes from here on is new; the rest is compared.
            row.first_uid, row.last_uid = 1, folder.uid_next - 1
            row.counted_at = None
            if row.begin == BeginAt.NOW and row.began_at:
                row.since_date = row.began_at.date() - timedelta(days=1)
        row.uid_validity = folder.uid_validity
        row.has_idle = folder.has_idle
        row.save()
    _copy(row, account)


def take(account: MailAccount, folder: Folder, sizes: Mapping[int, int], *, moves: bool) -> tuple[int, list[int]]:
    """Store these mails (bytes by UID, 0: gone) in one transaction, with the place behind the last where it `moves`.

    How many are new, and which ones the server has but does not give.
    """
    renew(account, size=sum(sizes.values()))
    mails, refused = _read(account, folder, sizes)
    with transaction.atomic():
        row = locked(account)
        new = [pk for uid, raw, size in mails if (pk := _store(row, uid, raw, size))]
        if moves:
            row.last_uid = max(row.last_uid, *sizes)
        if new:
            row.last_mail_at = timezone.now()
        row.save(update_fields=["last_uid", "last_mail_at"])
        if len(new) > FEW:
            soon("tickets.tasks.sweep_inbound_mail")  # takes in many at a time
        else:
            for pk in new:
                soon("tickets.tasks.process_inbound_mail", pk)
    _copy(row, account)
    return len(new), refused


def compare(account: MailAccount, folder: Folder, end: float) -> tuple[int, list[int]]:
    """Fetch what is on the server and not stored, and note both counts. As `take`."""
    there = folder.uids_from(account.first_uid, account.since_date)
    missing = _missing(account, there)
    taken, refused = 0, []
    for sizes in _batches(folder, missing):
        stored, left = take(account, folder, sizes, moves=False)
        taken += stored
        refused += left
        if time.monotonic() > end:
            return taken, refused  # not noted as compared: goes on at the next visit
    if missing:
        there = folder.uids_from(account.first_uid, account.since_date)
        missing = _missing(account, there)
    with transaction.atomic():
        row = locked(account)
        row.server_count, row.stored_count = len(there), len(there) - len(missing)
        row.counted_at = timezone.now()
        row.save(update_fields=["server_count", "stored_count", "counted_at"])
    _copy(row, account)
    return taken, refused


def key_of(account: MailAccount, uid: int) -> str:
    """Under what a mail is stored; the account is in it, for two folders of a mailbox may be numbered alike."""
    return f"imap:{account.pk}:{account.uid_validity}:{uid}"


def _missing(account: MailAccount, uids: Sequence[int]) -> list[int]:
    missing = []
    for start in range(0, len(uids), KEYS):
        keys = {key_of(account, uid): uid for uid in uids[start : start + KEYS]}
        stored = InboundMail.objects.filter(mailbox=account.mailbox_id, source_key__in=keys)
        have = set(stored.values_list("source_key", flat=True))
        missing += [uid for key, uid in keys.items() if key not in have]
    return missing


def _batches(folder: Folder, uids: Sequence[int]) -> Iterator[dict[int, int]]:
    """What is read together: bytes by UID, 0 for mails that are gone."""
    for start in range(0, len(uids), KEYS):
        some = uids[start : start + KEYS]
        sizes = folder.sizes(some)
        batch: dict[int, int] = {}
        for uid in some:
            size = sizes.get(uid, 0)
            if batch and (len(batch) == BATCH or sum(batch.values()) + size > BATCH_BYTES):
                yield batch
                batch = {}
            batch[uid] = size
        if batch:
            yield batch


def _read(
    account: MailAccount, folder: Folder, sizes: Mapping[int, int]
) -> tuple[list[tuple[int, bytes, int]], list[int]]:
    """(UID, mail, its size) of each, and those that are there and that the server does not give."""
    large = {uid for uid, size in sizes.items() if size > settings.MAIL_MAX_BYTES}
    found = _given(account, folder, {uid: size for uid, size in sizes.items() if size and uid not in large})
    read = [(uid, raw, len(raw)) for uid, raw in found.items() if raw]
    # Its beginning, where its words are; what was left out is said when it is taken in.
    most = min(BEGINNING, settings.MAIL_MAX_BYTES)
    read += [(uid, raw, sizes[uid]) for uid in large if (raw := folder.beginning(uid, most))]
    have = {uid for uid, *_ in read}
    lacking = [uid for uid, size in sizes.items() if size and uid not in have]
    still_there = folder.sizes(lacking) if lacking else {}
    return sorted(read), sorted(still_there)


def _given(account: MailAccount, folder: Folder, sizes: Mapping[int, int]) -> dict[int, bytes]:
    """What the server gives of them. Where it stumbles, each is asked for by itself: one stops no other."""
    uids = list(sizes)
    if not uids:
        return {}
    try:
        return folder.mails(uids)
    except FAULTS as error:
        logger.warning("%s does not give mails %s: %s", account, uids, in_words(error, account))
        if not isinstance(error, MailboxFetchError):
            folder.reopen()  # a server that is gone ends the visit here
    found: dict[int, bytes] = {}
    for uid in uids:
        renew(account, size=sizes[uid])
        try:
            found |= folder.mails([uid])
        except MailboxFetchError:
            continue
        except FAULTS:
            # Servers hang up on a mail that they cannot read themselves: this one is passed over.
            folder.reopen()
    return found


def _store(account: MailAccount, uid: int, raw: bytes, size: int) -> int | None:
    """The row of a mail that is new."""
    key = key_of(account, uid)
    if InboundMail.objects.filter(mailbox=account.mailbox_id, source_key=key).exists():
        return None
    if earlier := _known(account, raw):
        InboundMail.objects.filter(pk=earlier.pk).update(source_key=key)
        return None
    inbound = store_raw(mailbox=account.mailbox, raw=raw, source="imap", source_key=key)
    if size != len(raw):
        InboundMail.objects.filter(pk=inbound.pk).update(size=size)
    return inbound.pk


def _known(account: MailAccount, raw: bytes) -> InboundMail | None:
    """The same bytes, fetched when the folder was numbered otherwise or by an account that is gone."""
    head = raw.partition(b"\r\n\r\n")[0]
    message_id = reference_key(parse_mail(head + b"\r\n\r\n").message_id)
    if not message_id:
        return None  # a copy of it is known when it is read
    earlier = InboundMail.objects.filter(
        mailbox=account.mailbox_id,
        rfc822_id__in=[message_id, ""],  # "": not read yet
        source="imap",
        size=len(raw),
        raw=raw,
    )
    return earlier.exclude(_held_by_their_folders(account)).order_by("pk").first()


def _held_by_their_folders(account: MailAccount) -> Q:
    """Mails that this account and others still fetch: the same mail in two folders is a row of each."""
    held = Q(source_key__startswith=key_of(account, 0)[:-1])
    others = MailAccount.objects.fetched().filter(mailbox=account.mailbox_id).exclude(pk=account.pk)
    for other in others.exclude(uid_validity=None):
        held |= Q(source_key__startswith=key_of(other, 0)[:-1])
    return held


def _copy(row: MailAccount, account: MailAccount) -> None:
    """What was written down about the place, for whoever goes on with `account`."""
    for name in ("uid_validity", "first_uid", "last_uid", "since_date", "began_at", "counted_at", "last_mail_at"):
        setattr(account, name, getattr(row, name))
    account.server_count, account.stored_count, account.has_idle = row.server_count, row.stored_count, row.has_idle


def _complaint(refused: Sequence[int]) -> str:
    if not refused:
        return ""
    some = ", ".join(map(str, refused[:10])) + (" …" if len(refused) > 10 else "")
    return f"The server does not give these mails (UID): {some}. They are asked for again every ten minutes."
