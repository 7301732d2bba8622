"""Which records somebody must look at before they are handed out, since others may be named there (art. 15(4); law.md C13).

Two signs, and no guessing: an e-mail address or telephone number that is neither the person's own nor ours, or words that staff
wrote about the person. PostgreSQL looks, so that a hundred thousand messages are looked through in seconds; the officer is
told which record it is and what stands in it. What names somebody in other ways is not found (decision 0405).
"""

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from privacy.statement.models import StatementVersion
from privacy.subjects.addresses import known_addresses
from privacy.subjects.emails import normalise_email, spellings
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Source, registry

#: A telephone number as people write one: a nought or a plus, and nine to fourteen digits more. No day of the calendar, and
#: nothing that goes on from a word or another number, as that of an account or an invoice does.
_NUMBER = (
    r"(?<![[:alnum:]])(?<![0-9][-./])(?![0-9]{1,2}[-./][0-9]{1,2}[-./](?:19|20)[0-9]{2})"
    r"((?:[+]|0)(?:[ ()./-]{0,3}[0-9]){9,14})(?![[:alnum:]])"
)

#: So many digits at the end are the same at home and from abroad.
_SAME_DIGITS = 9

# A single character is found twenty times as fast as a pattern, and most texts have none of these. OFFSET 0: or each text would
# be searched once for the condition and once more for what stands in it.
_LOOK = """
    SELECT reference, is_staffs, addresses || numbers, encode(sha256(convert_to(text, 'UTF8')), 'hex') FROM (
        SELECT reference, text, is_staffs,
            CASE WHEN strpos(text, '@') + strpos(text, '%%40') + strpos(text, '&#64;') > 0 THEN ARRAY(
                SELECT address FROM privacy_addresses(text) AS address WHERE address <> ALL (%s) ORDER BY 1
            ) ELSE '{{}}' END AS addresses,
            CASE WHEN strpos(text, '0') + strpos(text, '+') > 0 THEN ARRAY(
                SELECT found[1] FROM regexp_matches(text, %s, 'g') AS found
                WHERE right(regexp_replace(found[1], '[^0-9]', '', 'g'), %s) <> ALL (%s) ORDER BY 1
            ) ELSE '{{}}' END AS numbers
        FROM ({query}) AS text_of WHERE text <> '' {which} OFFSET 0
    ) AS looked_at WHERE is_staffs OR addresses <> '{{}}' OR numbers <> '{{}}' ORDER BY reference, 4
"""


class Named(NamedTuple):
    """One record in which others may be named.

    Args:
        source: where it is.
        reference: its own name.
        is_staffs: whether staff wrote of the person in it.
        words: the addresses and numbers in it that are somebody else's.
        sha256: of the texts that were looked through.
    """

    source: Source
    reference: str
    is_staffs: bool = False
    words: tuple[str, ...] = ()
    sha256: str = ""

    @property
    def why(self) -> list[str]:
        """Why somebody must look, in the active language."""
        said = []
        if addresses := [word for word in self.words if "@" in word]:
            said.append(_("noemt een ander e-mailadres: %(words)s") % {"words": ", ".join(addresses)})
        if numbers := [word for word in self.words if "@" not in word]:
            said.append(_("noemt een ander nummer: %(words)s") % {"words": ", ".join(numbers)})
        if self.is_staffs:
            said.append(_("een medewerker schreef dit zelf"))
        return said


class Others:
    """Looks through the records of one person for others.

    Args:
        subject: the person.
    """

    def __init__(self, subject: DataSubject) -> None:
        self._subject = subject

    def named_in(self, source: Source, references: Collection[str] | None = None) -> list[Named]:
        """Return the records of a source that somebody must look at, always in the same order.

        Args:
            source: the source.
            references: only of these; None for all.
        """
        if source.texts is None:
            return []
        query, params = source.texts(self._subject)
        addresses, numbers = self._own
        which = "" if references is None else "AND reference = ANY (%s)"
        look = _LOOK.format(query=query, which=which)
        values: list[Any] = [addresses, _NUMBER, _SAME_DIGITS, numbers, *params]
        with connection.cursor() as cursor:
            cursor.execute(look, values if references is None else [*values, list(references)])
            rows = cursor.fetchall()
        found: dict[str, Named] = {}
        for reference, is_staffs, words, sha256 in rows:
            before = found.get(reference, Named(source, reference))
            found[reference] = before._replace(
                is_staffs=before.is_staffs or is_staffs,
                words=tuple(dict.fromkeys((*before.words, *words))),
                sha256=before.sha256 + sha256,
            )
        return list(found.values())

    @cached_property
    def _own(self) -> tuple[list[str], list[str]]:
        """The addresses and the ends of the numbers that are the person's own, or ours."""
        version = StatementVersion.objects.in_force()
        controller = version.facts["controller"] if version else {"email": "", "phone": ""}
        theirs = [email for _pk, email in known_addresses([self._subject.pk])]
        words = [*theirs, settings.PRIVACY_EMAIL, controller["email"], controller["phone"], *self._known_by()]
        addresses = {spelled for word in words if "@" in word for spelled in spellings(normalise_email(word))}
        # A whole answer that is a number; not a message in which one stands.
        numbers = {re.sub(r"\D", "", word)[-_SAME_DIGITS:] for word in words if not re.search(r"[^\d\s()+./-]", word)}
        return sorted(addresses), sorted(numbers - {""})

    def _known_by(self) -> Iterator[str]:
        for source in registry.in_order():
            if source.known_by:
                yield from source.known_by([self._subject.pk])
