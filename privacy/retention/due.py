"""Who is due: the one query behind the run, its dry run and the count of what is past its date."""

from datetime import datetime

from django.db.models import Q
from django.db.models.lookups import LessThanOrEqual

from privacy.register.periods import EndsAt, Period, due_before, not_due_after
from privacy.subjects.models import DataSubject, DataSubjectQuerySet


def end_of_period(months: int) -> EndsAt:
    """Return the SQL expression for the moment from which a person is due.

    Args:
        months: the period in calendar months.
    """
    return EndsAt("last_contact_at", Period(months))


def past_their_period(*, as_of: datetime, months: int) -> DataSubjectQuerySet:
    """Return the people whose last contact lies `months` calendar months or more before `as_of`.

    Holds and restrictions are not looked at here; see `DataSubjectQuerySet.free` and `.held`.

    Args:
        as_of: the moment of the decision (aware).
        months: the period the statement in force promises, in calendar months.
    """
    # The first condition uses the index; the second decides almost everybody by one comparison; the third is exact, and is
    # asked only about the few days around the limit.
    exact = LessThanOrEqual(end_of_period(months), as_of)
    maybe, surely = not_due_after(as_of, months), due_before(as_of, months)
    return DataSubject.objects.filter(last_contact_at__lte=maybe).filter(Q(last_contact_at__lt=surely) | Q(exact))
