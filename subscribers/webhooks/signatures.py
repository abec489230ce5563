"""Whether a webhook was signed by who knows the secret; over the raw body, in constant time."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

# Recharge's newer scheme signs the time as well: what is older is a copy that somebody kept.
LONGEST_AGO = 48 * 3600  # seconds


def shopify(secrets: Iterable[str], headers: Mapping[str, str], body: bytes) -> bool:
    """Base64 of HMAC-SHA256, in `X-Shopify-Hmac-Sha256`."""
    given = headers.get("x-shopify-hmac-sha256", "")
    return _any_matches(
        (base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode() for secret in secrets), given
    )


def recharge(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Hex of HMAC-SHA256 over time and body where the provider sends it, else of SHA-256(secret + body).

    The second is no HMAC, though its header is called so.
    """
    if timed := headers.get("x-recharge-webhook-signature"):
        parts = dict(part.strip().partition("=")[::2] for part in timed.split(","))
        time = parts.get("t", "")
        if not (time.isascii() and time.isdecimal() and len(time) < 12) or abs(now - int(time)) > LONGEST_AGO:
            return False
        signed = time.encode() + b"." + body
        digests = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
        return _any_matches(digests, parts.get("v1", "").lower())
    given = headers.get("x-recharge-hmac-sha256", "").lower()
    return _any_matches((hashlib.sha256(secret.encode() + body).hexdigest() for secret in secrets), given)


def _any_matches(digests: Iterable[str], given: str) -> bool:
    # Every secret is tried: how long it takes tells nothing of which one it was.
    matches = [hmac.compare_digest(digest.encode(), given.encode()) for digest in digests]
    return any(matches)
