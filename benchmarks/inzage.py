"""The archive of one person."""

import tempfile

from privacy.rights.delivery import build_export


def build(email: str) -> None:
    """Write the archive to a temporary file."""
    with tempfile.TemporaryFile("w+b") as out:
        assert build_export(email=email, out=out).records
