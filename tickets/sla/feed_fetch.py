"""Fetches a stranger's address: http and https alone, never inside our own network, within a time and a size.

The name is resolved once, every address that it has is looked at, and the connection goes to the one looked at: a
name that resolves differently a moment later changes nothing. Each redirection is looked at in the same way.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.translation import gettext

from subscribers.lazy import grouped

SECONDS = 10.0  # for any one answer of the network
SECONDS_IN_ALL = 30.0
MOST_REDIRECTIONS = 3
CHUNK = 65_536
REDIRECTIONS = {301, 302, 303, 307, 308}
# Addresses that carry another one inside: what they lead to cannot be judged by them.
CARRIERS = [ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]


class NotFetched(Exception):
    """Why there is nothing, in words for the person who gave the address."""


def is_outside(address: str) -> bool:
    """Whether an IP address is of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in network for network in CARRIERS):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def fetch(url: str, *, most_bytes: int, may_connect: Callable[[str], bool] = is_outside) -> bytes:
    """The content at `url`. Raises `NotFetched`. `may_connect` judges each IP address."""
    deadline = time.monotonic() + SECONDS_IN_ALL
    try:
        for _ in range(MOST_REDIRECTIONS + 1):
            content, redirection = _ask(checked(url), deadline, most_bytes, may_connect)
            if redirection is None:
                return content
            url = urljoin(url, redirection)
    except (OSError, http.client.HTTPException, ssl.SSLError) as error:
        raise NotFetched(gettext("It did not answer: %(error)s") % {"error": error or type(error).__name__}) from error
    raise NotFetched(gettext("It redirects too often."))


def checked(url: str) -> SplitResult:
    """The parts of an address that may be asked. Raises `NotFetched` for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotFetched(gettext("This is no address.")) from error
    if parts.scheme not in ("http", "https"):
        raise NotFetched("The address starts with https:// or http://.")
    if not parts.hostname or port == 0:
        raise NotFetched(gettext("This is no address."))
    if parts.username or parts.password:
        raise NotFetched(gettext("An address with a password in it is not used."))
    return parts


def _ask(
    parts: SplitResult, deadline: float, most_bytes: int, may_connect: Callable[[str], bool]
) -> tuple[bytes, str | None]:
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.sock = connected(host, port, parts.scheme, may_connect)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"Accept": "text/calendar, */*;q=0.1", "Accept-Encoding": "identity"})
        with connection.getresponse() as response:
            if response.status in REDIRECTIONS and (target := response.getheader("Location")):
                return b"", target
            if response.status != 200:
                raise NotFetched(f"It answered {response.status} {response.reason}".strip() + ".")
            return _read(response, deadline, most_bytes), None
    finally:
        connection.close()


def connected(host: str, port: int, scheme: str, may_connect: Callable[[str], bool]) -> socket.socket:
    """A connection to the address that was looked at, with TLS for https. Raises `NotFetched`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched(gettext("There is no server %(host)s.") % {"host": host}) from error
    addresses = list(dict.fromkeys(str(answer[4][0]) for answer in found))
    if not all(may_connect(address) for address in addresses):
        raise NotFetched(gettext("%(host)s is an internal address.") % {"host": host})
    plain = socket.create_connection((addresses[0], port), timeout=SECONDS)
    if scheme == "http":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _read(response: http.client.HTTPResponse, deadline: float, most_bytes: int) -> bytes:
    parts, size = [], 0
    while part := response.read1(CHUNK):
        size += len(part)
        if size > most_bytes:
            raise NotFetched(
                gettext("It is longer than %(most_bytes)s kB.") % {"most_bytes": grouped(most_bytes // 1000)}
            )
        if time.monotonic() > deadline:
            raise NotFetched(gettext("It took too long."))
        parts.append(part)
    return b"".join(parts)
