"""A link of the gate ends at its field, in sight: also at the bottom of a long form, and among the English words."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from privacy.register.models import Processor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demo_site"),
]


@pytest.mark.parametrize("field", ["id_transfer", "id_agreement_date", "id_transfer_en"])
def test_the_field_is_in_sight(staff: Callable[..., Page], field: str) -> None:
    """A6, A17, E3: Wagtail's scripts stop the browser on its way there, and a folded panel hides where it goes."""
    page = staff(viewport={"width": 1280, "height": 800})
    page.goto(f"/admin/privacy-processor/edit/{Processor.objects.get(key='zoho').pk}/#{field}")
    page.wait_for_load_state()
    expect(page.locator(f"#{field}")).to_be_in_viewport()
