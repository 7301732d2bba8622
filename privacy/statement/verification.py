"""Checking the proof: every version's hashes, and the chain that binds each to the one before."""

from collections.abc import Iterator
from dataclasses import dataclass

from .facts import canonical, sha256
from .models import FrozenWords, StatementVersion


@dataclass(frozen=True, kw_only=True)
class Broken:
    """One link that does not hold.

    Args:
        number: the version.
        what: which of its parts: "number", "html", "facts", "previous" or "chain".
    """

    number: int
    what: str


def broken_links() -> Iterator[Broken]:
    """Yield what does not hold, lowest version first; nothing when all is as it was published.

    A row altered by hand shows in its own hashes. A hash altered with it shows in the chain, and an altered chain in the
    version after. Whoever alters all of them to the end changes the last hash, which anybody may have kept.
    """
    previous = ""
    versions = StatementVersion.objects.order_by("number").prefetch_related("translations")
    for expected, version in enumerate(versions.iterator(chunk_size=50), start=1):
        texts: list[FrozenWords] = [version, *version.translations.all()]
        checks = {
            "number": version.number == expected,
            "html": all(text.html_sha256 == sha256(text.html) for text in texts),
            "facts": all(text.facts_sha256 == sha256(canonical(text.facts)) for text in texts),
            "previous": version.previous_sha256 == previous,
            "chain": version.sha256 == version.chained_sha256(),
        }
        yield from (Broken(number=version.number, what=what) for what, holds in checks.items() if not holds)
        previous = version.sha256
