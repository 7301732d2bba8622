"""Says on the admin's first page when the form does what the statement in force does not cover; it is closed by then."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from privacy.statement.drift import Deviation
from privacy.statement.models import StatementVersion
from privacy.statement.places import addresses

from .coverage import asked_by, demanded, uncovered_parts, unsaid_captcha
from .models import ContactPage


def uncovered_form(version: StatementVersion) -> Iterator[Deviation]:
    """Name each field and purpose of a live form that the version does not cover or says otherwise (law.md A12, A15).

    The form in one language as in the other; what both lack is said once.
    """
    said: set[tuple[str, str]] = set()
    for page in ContactPage.objects.live().select_related("locale"):
        for deviation in _of(page, version):
            if (deviation.code, deviation.message) not in said:
                said.add((deviation.code, deviation.message))
                yield deviation


def _of(page: ContactPage, version: StatementVersion) -> Iterator[Deviation]:
    closed = list(uncovered_parts(page, version))
    # The form itself says what it demands, so it stays open; one of the two is to be put right. Without Google in the statement
    # it uses ALTCHA in the meantime (`captcha.field_for`).
    differs = [*demanded(version, fields=asked_by(page)), *unsaid_captcha(version, captcha=page.captcha)]
    if not closed and not differs:
        return
    where = addresses((problem.place for problem in [*closed, *differs]), site=page.get_site())
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    for problem in [*closed, *differs]:
        said = _("Het contactformulier is gesloten. %(reason)s") % {"reason": problem.message}
        yield Deviation(
            code="A15.form" if problem in closed else problem.code,
            message=said if problem in closed else problem.message,
            url=("" if problem.place.model else edit) + where[problem.place],
        )
