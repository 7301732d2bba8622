"""Signing receipts with Ed25519, and checking them with nothing but the published key.

The private key is derived from `ERASURE_KEY` (docs/decisions/0151-keys-are-derived.md). `settings.RECEIPT_KEY_GENERATION`
counts up when a new key is wanted; the public keys of all generations stay published, so that older receipts can still be
checked.
"""

import base64
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from privacy.keys import base64url, derived
from privacy.statement.facts import canonical, sha256

ALGORITHM = "Ed25519"


def sign(receipt: dict[str, Any]) -> dict[str, str]:
    """Return the signature over the canonical spelling of a receipt, with the name of its key."""
    key = _private_key(settings.RECEIPT_KEY_GENERATION, settings.ERASURE_KEY)
    return {
        "algorithm": ALGORITHM,
        "key_id": key_id(key.public_key()),
        "value": base64.b64encode(key.sign(canonical(receipt).encode())).decode(),
    }


def holds(receipt: dict[str, Any], signature: dict[str, Any]) -> bool:
    """Say whether `signature` is one of ours over exactly this receipt; looks at nothing but the keys."""
    if signature.get("algorithm") != ALGORITHM:
        return False
    key = next((key for key in public_keys() if key_id(key) == signature.get("key_id")), None)
    try:
        value = base64.b64decode(str(signature.get("value")), validate=True)
        if key:
            key.verify(value, canonical(receipt).encode())
    except (InvalidSignature, ValueError):  # what is no base64, or no text, is a ValueError
        return False
    return key is not None


def public_keys() -> list[Ed25519PublicKey]:
    """Return the public keys of all generations, newest first."""
    return [
        _private_key(generation, settings.ERASURE_KEY).public_key()
        for generation in range(settings.RECEIPT_KEY_GENERATION, 0, -1)
    ]


def published() -> dict[str, Any]:
    """Return the public keys as a JSON Web Key Set (RFC 7517, RFC 8037), newest first."""
    return {
        "keys": [
            {
                "kty": "OKP",
                "crv": ALGORITHM,
                "use": "sig",
                "alg": "EdDSA",
                "kid": key_id(key),
                "x": base64url(key.public_bytes_raw()),
            }
            for key in public_keys()
        ]
    }


def key_id(key: Ed25519PublicKey) -> str:
    """Return the name of a key: its thumbprint (RFC 7638), so that nobody can give it to another key."""
    return sha256(canonical({"crv": ALGORITHM, "kty": "OKP", "x": base64url(key.public_bytes_raw())}))[:16]


@cache
def _private_key(generation: int, _secret: str) -> Ed25519PrivateKey:
    # The secret is part of the cache's key only, so that tests may change it.
    return Ed25519PrivateKey.from_private_bytes(derived(f"consent.receipt {generation}"))
