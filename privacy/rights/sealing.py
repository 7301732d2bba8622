"""Archives lie sealed: encrypted in the age format, with a key that exists only in the link that was mailed.

The disk and the database together open nothing; losing the mail means making the archive anew.
"""

from typing import IO

from pyrage import DecryptError, IdentityError, decrypt_io, encrypt_io, x25519

_PREFIX = "AGE-SECRET-KEY-1"


class Unopenable(Exception):
    """The file is damaged, or was sealed with another key."""


def new_token() -> str:
    """Return a new key as the token of a link: the part of an age identity that differs, in lower case."""
    return str(x25519.Identity.generate()).removeprefix(_PREFIX).lower()


def seal(plain: IO[bytes], sealed: IO[bytes], *, token: str) -> None:
    """Encrypt a stream for the holder of this token.

    Args:
        plain: what is sealed, from where it stands.
        sealed: where it goes.
        token: made by `new_token`.
    """
    encrypt_io(plain, sealed, [_identity(token).to_public()])


def unseal(sealed: IO[bytes], plain: IO[bytes], *, token: str) -> None:
    """Decrypt what `seal` made.

    Raises:
        Unopenable: not with this token.
    """
    try:
        decrypt_io(sealed, plain, [_identity(token)])
    except (DecryptError, IdentityError, OSError) as error:  # a damaged one ends as an error of reading
        raise Unopenable from error


def _identity(token: str) -> x25519.Identity:
    return x25519.Identity.from_str(_PREFIX + token.upper())
