"""Who is told of a new version, and how far that is (law.md A20; WP260 p. 29-31).

This room says that and whom; the mail itself is written by the room of consent, which knows in which language a person spoke to
us and how they withdraw.
"""

from django.db.models import QuerySet

from privacy.mail.models import Mail, MailQuerySet
from privacy.mail.services import send_to_all
from privacy.subjects.models import DataSubject

from .models import StatementVersion

#: The kind of mail; its reference is the version's key.
NOTICE = "statement.notice"


def receivers() -> QuerySet[DataSubject]:
    """Return everybody whose data is held.

    Also whose processing is restricted (art. 18): that protects them against use of their data for our purposes. What
    becomes of the data, and how they claim their rights, is theirs to know (art. 12-14).
    """
    return DataSubject.objects.all()


def notify(version: StatementVersion, *, previous: StatementVersion | None) -> int:
    """Owe everybody a notice of a material version, in the transaction that makes it; return how many.

    Args:
        version: the new version.
        previous: the one before; nothing changed for anybody with the first one.
    """
    if previous is None or not version.is_material:
        return 0
    return send_to_all(kind=NOTICE, reference=version.pk, people=receivers())


def notices_of(version_id: int) -> MailQuerySet:
    """Return the notices of one version.

    Args:
        version_id: its key.
    """
    return Mail.objects.filter(kind=NOTICE, reference=version_id)


def under_way() -> list[StatementVersion]:
    """Return the versions of which somebody still has to be told, newest first."""
    waiting = Mail.objects.filter(kind=NOTICE, next_attempt_at__isnull=False).values("reference")
    return list(StatementVersion.objects.filter(pk__in=waiting).defer("html", "facts"))
