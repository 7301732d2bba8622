"""Says on the admin's first page when the form does what the statement in force does not cover; it is closed by then."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from privacy.statement.drift import Deviation
from privacy.statement.models import StatementVersion
from privacy.statement.places import addresses

from .coverage import uncovered_parts
from .models import ContactPage


def uncovered_form(version: StatementVersion) -> Iterator[Deviation]:
    """Name each field and purpose of the live form that the version does not cover (law.md A15)."""
    page = ContactPage.objects.live().first()
    lacking = list(uncovered_parts(page, version)) if page else []
    if page is None or not lacking:
        return
    where = addresses((problem.place for problem in lacking), site=page.get_site())
    for problem in lacking:
        here = reverse("wagtailadmin_pages:edit", args=[page.pk]) if problem.place.model is None else ""
        yield Deviation(
            code="A15.form",
            message=_("Het contactformulier is gesloten. %(reason)s") % {"reason": problem.message},
            url=here + where[problem.place],
        )
