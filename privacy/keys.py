"""Keys for one job each, derived from the one secret that never changes (docs/decisions/0151-keys-are-derived.md)."""

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def derived(job: str) -> bytes:
    """Return the 32 bytes for `job`; whoever learns the key of one job knows nothing of the others.

    From `ERASURE_KEY` and not from `SECRET_KEY`: what these keys prove must hold for years, and the first is kept for ever
    while the second may be changed any day.

    Args:
        job: a fixed name, such as "consent.link".
    """
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"koel {job}".encode()).derive(settings.ERASURE_KEY.encode())


def keyed_hash(job: str, text: str) -> str:
    """Return the hash of `text` that only this site can compute (hexadecimal).

    Args:
        job: as for `derived`.
        text: what is hashed.
    """
    return hmac.new(derived(job), text.encode(), hashlib.sha256).hexdigest()


def token(job: str, nonce: str) -> str:
    """Return the token of a link that only this site can make: 256 bits, of which the database knows `nonce` alone.

    Args:
        job: as for `derived`.
        nonce: random; kept with the link, so that a mail that is written anew shows the same.
    """
    return base64url(bytes.fromhex(keyed_hash(job, nonce)))


def base64url(raw: bytes) -> str:
    """Return bytes as text for an address or a key file, without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
