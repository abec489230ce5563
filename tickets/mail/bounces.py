"""Bounces: the reports that a standard describes (RFC 3464), and the many that follow none."""

import email
import email.policy
import re

from flufl.bounce import all_failures

from tickets.mail.headers import HeaderBlock, plain, split
from tickets.mail.parsed import BouncedRecipients
from tickets.mail.report_words import (
    BODY,
    DAEMON,
    DELAYED,
    ENHANCED,
    FOLLOWS,
    LIST_REFUSED,
    MAILER_DAEMON,
    OF_MAIL,
    ROBOT,
    SERVER_SAID,
    STRONG_BODY,
    SUBJECT,
)
from tickets.mail.structure import Part

MAX_SCANNED = 256 * 1024
STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
ORIGINAL_TYPES = {
    "message/rfc822",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
    "message/partial",
}

NOTIFICATION = re.compile(
    r"\s*\{.{0,600}?\\?\"(?:notification|event)Type\\?\"\s*:\s*\\?\"(Bounce|Complaint|Delivery)\\?\"", re.S
)
NOTIFIED = re.compile(r"\"emailAddress\\?\"\s*:\s*\\?\"([^\"\s\\]{3,320})")
COPY = re.compile(r"^\W*-{2,}.{0,40}(?:original|below|header|copy)|^(?:return-path|received|message-id):", re.I | re.M)
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


def status_parts(root: Part) -> list[Part]:
    return _of_type(root, STATUS_TYPES)


def _of_type(root: Part, kinds: set[str]) -> list[Part]:
    found: list[Part] = []
    waiting = [root]
    while waiting and len(found) < 50:
        part = waiting.pop()
        if part.content_type in kinds:
            found.append(part)
        waiting += reversed(part.children)
    return found


def is_bounce(root: Part, headers: HeaderBlock, sender: str, subject: str, text: str, null_sender: bool) -> bool:
    """Whether a mail reports that another was not delivered. `text` is its body as plain text."""
    if statuses := status_parts(root):
        actions = [action for part in statuses for action, _, _ in recipients_of(part)]
        return not actions or any(action != "good" for action in actions)
    if headers.first("x-failed-recipients") or notification_kind(text) == "Bounce":
        return True
    start = text[:20_000]
    about, certain = bool(SUBJECT.search(subject[:1000])), bool(MAILER_DAEMON.search(sender[:1000]))
    if certain and (about or FOLLOWS.search(start) or _of_type(root, ORIGINAL_TYPES)):
        return True
    if _list_server(headers) and LIST_REFUSED.search(subject[:1000]):
        return True
    daemon = null_sender or bool(DAEMON.search(sender[:1000]))
    if not daemon and ROBOT.search(sender[:1000]):
        daemon = bool(OF_MAIL.search(subject[:1000]) or OF_MAIL.search(start))
    report = root.content_type == "multipart/report" and "disposition" not in root.parameters.get("report-type", "")
    if not (daemon or about or report):
        return False
    some = bool(BODY.search(start))
    if headers.first("auto-submitted").lower().startswith(b"auto-replied") and not some:
        return False
    if report and (daemon or about or some):
        return root.parameters.get("report-type", "").lower() != "feedback-report"
    strong = bool(STRONG_BODY.search(start))
    if daemon:
        return (
            strong
            or (about and (some or bool(ENHANCED.search(start))))
            or (about and bool(FOLLOWS.search(start) or _of_type(root, ORIGINAL_TYPES)))
        )
    return about and strong and some and _tells_who(headers, start)


def _tells_who(headers: HeaderBlock, start: str) -> bool:
    """Whether a report of somebody unknown names an address, so that it is not a parcel that did not arrive."""
    return bool(_only_address(start, headers) or (SERVER_SAID.search(start) and ADDRESS.search(start)))


def _list_server(headers: HeaderBlock) -> bool:
    return any(headers.first(name) for name in ("x-mlserver", "x-mailman-version", "list-id", "mailing-list"))


def notification_kind(text: str) -> str:
    """What Amazon's mail service reports as JSON in a mail: "Bounce", "Complaint", "Delivery", or ""."""
    found = NOTIFICATION.match(text[:1000])
    return found[1] if found else ""


def recipients_of(part: Part) -> list[tuple[str, str, str]]:
    """(outcome, address, status) for each recipient of a delivery-status part: permanent, temporary or good."""
    found = []
    for group in re.split(rb"\r?\n[ \t]*\r?\n", part.decoded()[:MAX_SCANNED]):
        headers, _ = split(group.lstrip(b"\r\n"), 0, len(group.lstrip(b"\r\n")), [])
        action = headers.text("action").strip().lower().split("(")[0].split(";")[0].strip()
        status = headers.text("status").strip()
        who = headers.text("original-recipient") or headers.text("final-recipient")
        final = headers.text("final-recipient") or who
        if not (action or status) or not who:
            continue
        outcome = "temporary"
        if action == "failed" or (action not in {"delayed", "delivered", "relayed", "expanded"} and status[:1] == "5"):
            outcome = "permanent"
        elif action in {"delivered", "relayed", "expanded"}:
            outcome = "good"
        for name in dict.fromkeys((final, who)):
            if address := ADDRESS.search(name.partition(";")[2] or name):
                found.append((outcome, address[0].lower(), status))
    return found


def recipients(root: Part, headers: HeaderBlock, text: str) -> BouncedRecipients:
    """Whom a bounce is about."""
    permanent: set[str] = set()
    temporary: set[str] = set()
    for part in status_parts(root):
        for outcome, address, _ in recipients_of(part):
            if outcome == "permanent":
                permanent.add(address)
            elif outcome == "temporary":
                temporary.add(address)
    permanent |= {address.lower() for address in ADDRESS.findall(headers.text("x-failed-recipients"))}
    if notification_kind(text) == "Bounce":
        permanent_kind = '"bounceType":"Permanent"' in text[:5000].replace(" ", "").replace("\\", "")
        (permanent if permanent_kind else temporary).update(a.lower() for a in NOTIFIED.findall(text[:50_000]))
    if not permanent and not temporary:
        scanned_temporary, scanned_permanent = _scanned(root)
        permanent |= scanned_permanent
        temporary |= scanned_temporary - scanned_permanent
    if not permanent and not temporary and not _list_server(headers):
        found = _said(text) or _only_address(text, headers)
        (temporary if DELAYED.search(text[:20_000]) else permanent).update(found)
    return BouncedRecipients(tuple(sorted(permanent)), tuple(sorted(temporary - permanent)))


def _scanned(root: Part) -> tuple[set[str], set[str]]:
    """What the detectors of flufl.bounce find, on a bounded piece and a message shallow enough to parse."""
    if root.end > MAX_SCANNED and root.content_type.startswith("multipart/"):
        return set(), set()
    try:
        message = email.message_from_bytes(root.raw[:MAX_SCANNED], policy=email.policy.compat32)
        temporary, permanent = all_failures(message)
    except (ValueError, LookupError, AttributeError, TypeError, IndexError, AssertionError, RecursionError):
        return set(), set()  # a detector stumbled over a malformed report; the mail is a bounce all the same
    return _decoded(temporary), _decoded(permanent)


def _decoded(found: set[bytes] | frozenset[bytes]) -> set[str]:
    return {plain(address).lower() for address in found}


def _said(text: str) -> set[str]:
    """The addresses in a line that also says what failed, before the original message begins."""
    found: set[str] = set()
    for line in text[:20_000].split("\n")[:200]:
        if re.match(r"\s*-{2,}.{0,20}(?:original|below|header)", line, re.I) or len(found) > 20:
            break
        if (matched := re.match(r"\s*(?:to:? )?<?(" + ADDRESS.pattern + r")>?\s*[:;,.(-]?\s*$", line, re.I)) or (
            BODY.search(line) and (matched := re.search(r"<(" + ADDRESS.pattern + r")>", line))
        ):
            found.add(matched[1].lower())
    return found


def _only_address(text: str, headers: HeaderBlock) -> set[str]:
    """The one address that the report names above the message that came back, besides those that it runs between."""
    start = text[:20_000]
    if copy := COPY.search(start):
        start = start[: copy.start()]
    between = " ".join(headers.text(name) for name in ("from", "to", "reply-to", "sender", "return-path")).lower()
    found = {address.lower().rstrip(".") for address in ADDRESS.findall(start)}
    found = {address for address in found if address not in between and not DAEMON.search(address)}
    return found if len(found) == 1 else set()


def original_message_ids(root: Part, text: str) -> tuple[str, ...]:
    """Message-IDs of the mail that bounced: from the copy of it, or from the report's text."""
    for part in _of_type(root, ORIGINAL_TYPES):
        data = part.decoded()[:MAX_SCANNED]
        headers, _ = split(data, 0, len(data), [])
        if found := re.findall(r"<([^<>\s]+)>", headers.text("message-id")):
            return tuple(found)
    return tuple(dict.fromkeys(re.findall(r"^[> \t]*message-id:\s*<([^<>\s]+)>", text[:200_000], re.I | re.M)))
