"""What goes of a request once it was answered: the archive, and the address of whom we hold nothing on (law.md C14, D)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from privacy.mail.models import Mail

from .letters import LETTER_MAIL
from .models import DataRequest, Letter
from .services import LINK_MAIL
from .states import FINAL
from .steps import drop_archive


@transaction.atomic
def sweep_archives(*, at: datetime) -> int:
    """Delete archives past their days or taken a day ago; return how many went. What a crash left `privacy.files` sweeps.

    Args:
        at: now (aware).
    """
    expired = DataRequest.objects.filter(pk__in=DataRequest.objects.with_expired_archive(at).values("pk"))
    return _drop_archives(expired, at)


def end_archives(keys: Sequence[int]) -> int:
    """Delete the archives of these requests; return how many went."""
    return _drop_archives(DataRequest.objects.filter(pk__in=keys), timezone.now())


def _drop_archives(requests: "QuerySet[DataRequest]", at: datetime) -> int:
    swept = list(requests.select_for_update(of=("self",), skip_locked=True))
    return sum(drop_archive(request, at=at) for request in swept)


def forget_strangers() -> int:
    """Drop the address of closed requests of nobody we know, once no mail to it is owed any more; return how many."""
    return answered_strangers().update(email="", message="")


def answered_strangers() -> "QuerySet[DataRequest]":
    """Return the closed requests of nobody we know to which no mail is owed any more, and whose address is there still."""
    owed = Mail.objects.filter(state=Mail.State.PENDING)
    done = DataRequest.objects.filter(state__in=FINAL, subject=None).exclude(email="", message="")
    done = done.exclude(pk__in=owed.filter(kind=LINK_MAIL).values("reference"))
    return done.exclude(letters__in=Letter.objects.filter(pk__in=owed.filter(kind=LETTER_MAIL).values("reference")))
