"""The state of an account that mail is fetched from: who fetches, how far it came, what went wrong."""

import uuid
from datetime import timedelta

from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone

from tickets.models import InboundMail, MailAccount

LEASE = timedelta(seconds=60)
SLOWEST = 64 * 1024  # bytes a second that a server gives at least; what is slower may be fetched twice at once
EVERY = timedelta(seconds=30)  # between two looks at a folder whose server does not tell us
# Seconds until the next attempt, by failures in a row.
BACK_OFF = (15, 30, 60, 120, 300, 600)


class LeaseLost(Exception):
    """Somebody else fetches from the account, or it was changed or switched off: whoever held it lets go."""


def claim(account_id: int, *, early: bool = False) -> MailAccount | None:
    """The account, leased to the caller; None where it is not due (`early`: whether or not) or another holds it."""
    rows = MailAccount.objects.free() if early else MailAccount.objects.due()
    owner = uuid.uuid4()
    # Compare and set: of two who ask at once one gets it.
    if not rows.filter(pk=account_id).update(claimed_by=owner, claimed_until=timezone.now() + LEASE):
        return None
    return MailAccount.objects.select_related("mailbox__store").filter(pk=account_id, claimed_by=owner).first()


def renew(account: MailAccount, *, size: int = 0) -> None:
    """Hold on to the account, for as long as so many bytes take at most; LeaseLost where it is not ours any more."""
    held = MailAccount.objects.fetched().filter(pk=account.pk, claimed_by=account.claimed_by)
    if not held.update(claimed_until=timezone.now() + LEASE + timedelta(seconds=size / SLOWEST)):
        raise LeaseLost


def locked(account: MailAccount) -> MailAccount:
    """The row, until the transaction ends; LeaseLost where it is not ours any more."""
    row = MailAccount.objects.select_for_update().filter(pk=account.pk, claimed_by=account.claimed_by).first()
    if row is None:
        raise LeaseLost
    return row


def note_success(account: MailAccount, complaint: str | None = None) -> None:
    """The folder was read. `complaint`: what about single mails stays to be mended; None where nobody looked."""
    now = timezone.now()
    if complaint is None:
        complaint = "" if account.failing_since else account.last_error
    _note(
        account,
        last_success_at=now,
        failing_since=None,
        failures=0,
        last_error=complaint[:2000],
        next_attempt_at=now + EVERY,
    )


def note_failure(account: MailAccount, words: str) -> None:
    """It was not; the next attempt comes the later the more failed."""
    now = timezone.now()
    failures = account.failures + 1
    account.failures = failures
    _note(
        account,
        failures=failures,
        failing_since=account.failing_since or now,
        last_error=words[:2000],
        next_attempt_at=now + timedelta(seconds=BACK_OFF[min(failures, len(BACK_OFF)) - 1]),
    )


def release(account: MailAccount) -> None:
    MailAccount.objects.filter(pk=account.pk, claimed_by=account.claimed_by).update(claimed_by=None, claimed_until=None)


def begin_anew(account: MailAccount) -> None:
    """After its settings changed: whoever fetches lets go, and the next attempt is now. The caller saves."""
    account.claimed_by = account.claimed_until = None
    account.failures, account.failing_since, account.last_error = 0, None, ""
    account.next_attempt_at = timezone.now()


def number_anew(account: MailAccount) -> None:
    """It is the same folder in another place: what we have of it is known by its bytes. The caller saves."""
    _free_keys(account)
    if account.uid_validity is not None:
        account.uid_validity = 0  # no server's
        account.counted_at = None


def forget_place(account: MailAccount) -> None:
    """It is another folder now: nothing of it is known. The caller saves."""
    _free_keys(account)
    account.uid_validity = account.since_date = account.began_at = account.counted_at = account.has_idle = None
    account.first_uid, account.last_uid = 1, 0
    account.server_count = account.stored_count = 0


def _free_keys(account: MailAccount) -> None:
    """Another folder may number its mails as the former one did."""
    if account.pk is None or account.uid_validity is None:
        return
    stored = InboundMail.objects.filter(mailbox=account.mailbox_id, source_key__startswith=f"imap:{account.pk}:")
    stored.update(source_key=Concat(Value(f"was:{timezone.now():%Y%m%d%H%M%S%f}:"), "source_key"))


def _note(account: MailAccount, **changes: object) -> None:
    for name, value in changes.items():
        setattr(account, name, value)
    MailAccount.objects.filter(pk=account.pk, claimed_by=account.claimed_by).update(**changes)
