"""Whether a mail is from whom it says: the results that our own receiver wrote down (RFC 8601).

Anybody may write an Authentication-Results header into a mail. Only those are believed that a trusted receiver
wrote, known by its authserv-id, and that stand where no sender can write: servers put their headers on top.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from tickets.mail.parsed import ParsedMail

Verdict = Literal["pass", "fail", "none"]

MAX_VALUE = 16 * 1024  # characters of one header that are read
MAX_HEADERS_READ = 20
# The author's own headers: below the first of them, everything may be the sender's.
AUTHORS = frozenset({"from", "to", "cc", "subject", "date", "message-id", "mime-version", "content-type", "reply-to"})
METHOD = re.compile(r"\s*([a-z][a-z0-9-]*)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)(?![a-z0-9_.@-])", re.I)
PROPERTY = re.compile(
    r"(?<![\w.-])([a-z][a-z0-9-]*)\s*\.\s*([a-z][a-z0-9_.-]*)\s*=\s*((?:\"(?:[^\"\\]|\\.)*\"|[^\s\";]+)+)", re.I
)
REASON = re.compile(r"(?<![\w.-])reason\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^\s\";]+)", re.I)
RECEIVED_BY = re.compile(r"\bby\s+([A-Za-z0-9.-]+)")
QUOTED_PAIR = re.compile(r"\\(.)", re.S)


@dataclass(frozen=True)
class Result:
    """One method's result, in lower case ("dkim", "pass"), with its properties as ("header.d", value)."""

    method: str
    result: str
    reason: str = ""
    properties: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> str:
        return next((value for key, value in self.properties if key == name), "")


@dataclass(frozen=True)
class AuthenticationResults:
    """One header. `authserv_id`: who wrote it, in lower case; "" where it does not say so."""

    authserv_id: str
    results: tuple[Result, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """What the trusted receiver found. A method that it did not report is ""."""

    verdict: Verdict = "none"
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    authserv_id: str = ""


def verdict(mail: ParsedMail, trusted: Collection[str]) -> Verdict:
    """Whether the domain in From vouches for the mail, by the word of a receiver whose authserv-id is `trusted`.

    "none" where no trusted receiver said anything about it. An id also covers the hosts below it. A receiver that
    is named here must write its results into every mail, or remove strangers' headers of its name (RFC 8601, 5).
    """
    return assess(mail, trusted).verdict


def assess(mail: ParsedMail, trusted: Collection[str]) -> Assessment:
    """The verdict with the results that it rests on."""
    headers = list(trusted_headers(mail, trusted))
    results = [result for header in headers for result in header.results]
    if not results:
        return Assessment()
    found = {method: _summary(results, method) for method in ("spf", "dkim", "dmarc")}
    return Assessment(_verdict(mail, results), found["spf"], found["dkim"], found["dmarc"], headers[0].authserv_id)


def trusted_headers(mail: ParsedMail, trusted: Collection[str]) -> Iterator[AuthenticationResults]:
    """The headers to believe: all of a trusted receiver above the topmost Received, else its topmost one alone.

    Below its own Received a receiver writes directly above what the sender wrote, so a second header may be forged.
    """
    names = {name.strip().rstrip(".").lower() for name in trusted if name.strip()}
    by, found, read = "", False, 0
    for key, value in mail.headers if names else ():
        name = key.lower()
        if name in AUTHORS:
            return
        if name == "received":
            if found:
                return
            matched = RECEIVED_BY.search(value[:MAX_VALUE])
            by = matched[1].lower() if matched else ""
        elif name == "authentication-results" and read < MAX_HEADERS_READ:
            read += 1
            header = parse(value)
            if _is_trusted(header.authserv_id or by, names):
                found = True
                yield AuthenticationResults(header.authserv_id or by, header.results)
                if by:
                    return


def parse(value: str) -> AuthenticationResults:
    """Read one header's unfolded value, leniently; what is no result is left out."""
    pieces = _pieces(value[:MAX_VALUE])
    head = pieces[0].strip()
    authserv_id, bodies = "", pieces
    if "=" not in head:  # some large receivers leave their name out
        authserv_id, bodies = (head.split() or [""])[0].strip('"').rstrip(".").lower(), pieces[1:]
    results = []
    for body in bodies:
        if not (found := METHOD.match(body)):
            continue
        rest = body[found.end() :]
        reason = REASON.search(rest)
        properties = tuple(
            (f"{kind}.{name}".lower(), _unquoted(text)) for kind, name, text in PROPERTY.findall(_without_reason(rest))
        )
        results.append(Result(found[1].lower(), found[2].lower(), _unquoted(reason[1]) if reason else "", properties))
    return AuthenticationResults(authserv_id, tuple(results))


def _without_reason(text: str) -> str:
    return REASON.sub(" ", text)


def _pieces(value: str) -> list[str]:
    """Split at semicolons outside of quotes, comments taken out. What never closes is left out."""
    pieces: list[str] = []
    piece: list[str] = []
    position, length, depth = 0, len(value), 0
    while position < length:
        character = value[position]
        if character == "\\":
            if not depth:
                piece.append(value[position : position + 2])
            position += 2
            continue
        if depth:
            depth += (character == "(") - (character == ")")
        elif character == "(":
            depth = 1
            piece.append(" ")
        elif character == '"':
            end = _closing_quote(value, position + 1)
            if end < 0:
                break
            piece.append(value[position : end + 1])
            position = end
        elif character == ";":
            pieces.append("".join(piece))
            piece = []
        else:
            piece.append(character)
        position += 1
    pieces.append("".join(piece))
    return pieces


def _closing_quote(value: str, position: int) -> int:
    while position < len(value):
        if value[position] == "\\":
            position += 1
        elif value[position] == '"':
            return position
        position += 1
    return -1


def _unquoted(text: str) -> str:
    return QUOTED_PAIR.sub(r"\1", text[1:-1]) if len(text) > 1 and text[0] == text[-1] == '"' else text


def _is_trusted(authserv_id: str, names: set[str]) -> bool:
    return any(authserv_id == name or authserv_id.endswith(f".{name}") for name in names)


def _summary(results: list[Result], method: str) -> str:
    """One word for a method that may have been tried several times, as for each signature."""
    words = [result.result for result in results if result.method == method]
    if method == "dkim" and "pass" in words:
        return "pass"
    return "fail" if "fail" in words else (words[0] if words else "")


def _verdict(mail: ParsedMail, results: list[Result]) -> Verdict:
    domain = _domain(mail.from_address)
    if not domain or len(mail.header_values("from")) != 1:
        return "fail" if any(result.result == "fail" for result in results) else "none"
    policy = [result for result in results if result.method == "dmarc"]
    if any(result.result in ("fail", "reject", "quarantine") for result in policy):
        return "fail"
    if policy and all(result.result == "pass" for result in policy):
        about = {_domain(result.value("header.from")) for result in policy} - {""}
        return "pass" if about <= {domain} else "fail"
    # The domain publishes no policy, or it was not looked up: a signature or a server of its own vouches for it.
    if any(result.result == "pass" and _vouches(_signer(result), domain) for result in results):
        return "pass"
    refused = (result for result in results if result.method == "spf" and result.result == "fail")
    return "fail" if any(_vouches(_signer(result), domain) for result in refused) else "none"


def _signer(result: Result) -> str:
    """The domain that a signature or the envelope names."""
    if result.method == "dkim":
        return _domain(result.value("header.d") or result.value("header.i"))
    if result.method == "spf":
        return _domain(result.value("smtp.mailfrom") or result.value("smtp.mail"))
    return ""


def _vouches(signer: str, domain: str) -> bool:
    """Whether a domain speaks for another: it is the same, or the one above it."""
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))


def _domain(address: str) -> str:
    """The domain of an address, or the domain itself, in lower case and ASCII."""
    domain = address.rpartition("@")[2].strip("<> .\"'").lower()
    try:
        return domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        return domain
