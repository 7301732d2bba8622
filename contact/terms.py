"""When a message goes: the dates that the version in force makes of its clocks, as the nightly jobs do."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from privacy.register.periods import Period, expires_at
from privacy.statement.gate import RELATIONS
from privacy.statement.models import StatementVersion

from .models import Submission
from .spam import POSSIBLE_SPAM


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The periods that decide about messages.

    Args:
        relations: months from the person's last contact; None when no statement is in force, and nothing goes.
        spam: how long after possible spam came in; None where the statement has none, and it goes with the person.
    """

    relations: int | None
    spam: Period | None

    @classmethod
    def in_force(cls) -> "Terms":
        """Return those of the version in force; one query, whatever follows."""
        version = StatementVersion.objects.in_force()
        if version is None:
            return cls(relations=None, spam=None)
        spam = version.period(POSSIBLE_SPAM) if version.look.rule(POSSIBLE_SPAM) else None
        return cls(relations=version.period_months(RELATIONS), spam=spam)

    def end_of(self, message: Submission) -> datetime | None:
        """Return when a message goes, if nobody is in contact until then and nothing holds it; None: it does not.

        Args:
            message: with its person fetched.
        """
        if self.relations is None:
            return None
        with_person = expires_at(message.subject.last_contact_at, self.relations)
        if message.state == Submission.State.SPAM and self.spam is not None:
            return min(with_person, expires_at(message.submit_time, *self.spam))
        return with_person

    def said(self, message: Submission, *, is_held: bool) -> str:
        """Return the same in words: a day, that it is held, or a dash."""
        if is_held:
            return _("aangehouden")
        end = self.end_of(message)
        return formats.date_format(timezone.localtime(end)) if end else "—"
