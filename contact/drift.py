"""Says on the admin's first page when the form does what the statement in force does not cover; it is closed by then."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from privacy.statement.drift import Deviation
from privacy.statement.models import StatementVersion

from .coverage import demanded, uncovered_parts
from .models import ContactPage


def uncovered_form(version: StatementVersion) -> Iterator[Deviation]:
    """Name each field and purpose of the live form that the version does not cover or says otherwise (law.md A12, A15)."""
    page = ContactPage.objects.live().first()
    if page is None:
        return
    # What the statement does not name is mended by publishing it anew; only a form for nothing is mended in the form.
    mended_in = version.page_id if page.asked else page.pk
    for message in uncovered_parts(page, version):
        yield Deviation(
            code="A15.form",
            message=_("Het contactformulier is gesloten. %(reason)s") % {"reason": message},
            url=reverse("wagtailadmin_pages:edit", args=[mended_in]),
        )
    # The form itself says what it demands, so it stays open; one of the two is to be put right.
    required = page.form_fields.filter(required=True).select_related("category")
    for message in demanded(version, required=[field.category for field in required]):
        yield Deviation(code="A12.form", message=message, url=reverse("wagtailadmin_pages:edit", args=[page.pk]))
