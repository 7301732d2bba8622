"""The officer's view of consents: narrowed down, counted, taken along as a file that runs nothing (B5, A21)."""

import csv
import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from contact.models import ContactPage
from privacy.consent.links import find_link, token_for
from privacy.consent.models import ConsentEvent, ConsentLink, Method
from privacy.consent.services import withdraw
from privacy.register.models import Purpose
from tests.factories import ConsentEventFactory, contact_page, publish, send, set_period, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

LIST = "/admin/privacy-consent/"
HOSTILE = '=HYPERLINK("http://voorbeeld.example")'


@pytest.fixture
def events() -> dict[str, ConsentEvent]:
    """One that stands, one that was withdrawn, one that must be asked again."""
    old = ConsentEventFactory.create(purpose="reference", wording=HOSTILE)
    Purpose.objects.filter(key="reference").update(retention_rule=Purpose.objects.get(key="administration").retention_rule)
    publish()
    stands = ConsentEventFactory.create(purpose="enquiry", language="en")
    person = ConsentEventFactory.create(purpose="enquiry").subject
    gone = withdraw(subject=person, purpose="enquiry", place="mail", at=datetime.now(UTC), method=Method.MAIL)
    assert gone is not None
    return {"needs_renewal": old, "given": stands, "withdrawn": gone}


def listed(client: Client, **filters: Any) -> set[str]:
    response = client.get(LIST, filters)
    assert response.status_code == 200
    return {str(event) for event in response.context["object_list"]}


class TestList:
    def test_filters(self, admin_client: Client, events: dict[str, ConsentEvent]) -> None:
        for state, event in events.items():
            assert listed(admin_client, state=state) == {str(event)}, state
        assert listed(admin_client, language="en") == {str(events["given"])}
        assert listed(admin_client, purpose="reference") == {str(events["needs_renewal"])}
        assert listed(admin_client, version=events["needs_renewal"].version_id) == {str(events["needs_renewal"])}
        assert listed(admin_client, action="withdrawn", method="mail") == {str(events["withdrawn"])}
        assert len(listed(admin_client)) == 4

    def test_calls_a_purpose_by_its_name(self, admin_client: Client, events: dict[str, ConsentEvent]) -> None:
        """One that the register no longer has keeps its key."""
        Purpose.objects.filter(key="reference").update(key="elders")
        for event, name in ((events["given"], "Uw vraag beantwoorden"), (events["needs_renewal"], "reference")):
            row = next(row for row in admin_client.get(LIST).context["object_list"] if row.pk == event.pk)
            assert row.purpose_name == name
            html = admin_client.get(reverse("privacy-consent:inspect", args=[event.pk])).content.decode()
            assert re.search(rf"<dt>Doel</dt>\s*<dd>\s*{name}\s*</dd>", html)

    def test_finds_a_person(self, admin_client: Client, events: dict[str, ConsentEvent]) -> None:
        assert listed(admin_client, q=events["given"].subject.email) == {str(events["given"])}

    def test_as_csv_holds_no_formula(self, admin_client: Client, events: dict[str, ConsentEvent]) -> None:
        response = admin_client.get(LIST, {"export": "csv"})
        rows = list(csv.reader(io.StringIO(response.getvalue().decode())))
        assert len(rows) == 5
        cells = [cell for row in rows for cell in row]
        assert f"'{HOSTILE}" in cells
        assert not [cell for cell in cells if cell.startswith("=")]

    def test_as_workbook_holds_no_formula(self, admin_client: Client, events: dict[str, ConsentEvent]) -> None:
        response = admin_client.get(LIST, {"export": "xlsx", "state": "needs_renewal"})
        sheet = load_workbook(io.BytesIO(response.getvalue())).active
        assert sheet is not None
        (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == HOSTILE]
        assert cell.data_type == "s"


class TestReport:
    def test_counts_per_purpose(self, admin_client: Client, events: dict[str, ConsentEvent]) -> None:
        lines = {line.key: line for line in admin_client.get("/admin/privacy-consent-report/").context["lines"]}
        assert (lines["enquiry"].now.given, lines["enquiry"].now.withdrawn) == (1, 1)
        assert lines["reference"].now.needs_renewal == 1
        assert lines["newsletter"].now.given == 0

    def test_says_whom_the_draft_would_affect(self, admin_client: Client) -> None:
        ConsentEventFactory.create(purpose="reference")
        set_period(36)
        lines = {line.key: line for line in admin_client.get("/admin/privacy-consent-report/").context["lines"]}
        assert lines["reference"].to_ask_again == 1
        assert lines["enquiry"].to_ask_again == 0

    def test_the_form_of_a_purpose_says_so_too(self, admin_client: Client) -> None:
        ConsentEventFactory.create(purpose="reference")
        purpose = Purpose.objects.get(key="reference")
        html = admin_client.get(reverse("privacy-purpose:edit", args=[purpose.pk])).content.decode()
        assert "Eén persoon gaf hier toestemming voor" in html
        other = Purpose.objects.get(key="enquiry")
        assert "toestemming voor." not in admin_client.get(reverse("privacy-purpose:edit", args=[other.pk])).content.decode()
        assert "toestemming voor." not in admin_client.get(reverse("privacy-purpose:index")).content.decode()

    def test_is_for_who_may_see_consents(self) -> None:
        for codenames, status in (([], 302), (["view_consentevent"], 200)):
            client = staff(*codenames)
            assert client.get("/admin/privacy-consent-report/").status_code == status


class TestLinks:
    def test_the_officer_ends_one(self, client: Client) -> None:
        person = ConsentEventFactory.create().subject
        token = token_for(person)
        link = ConsentLink.objects.get()
        officer = staff("view_consentlink", "revoke_consentlink")
        assert token not in officer.get("/admin/privacy-links/").content.decode()
        assert officer.get(f"/admin/privacy-links/revoke/{link.pk}/").status_code == 405
        assert officer.post(f"/admin/privacy-links/revoke/{link.pk}/").status_code == 302
        assert client.get(f"/toestemming/{token}/").status_code == 410
        found = find_link(token)
        assert found is not None
        first = found.revoked_at
        officer.post(f"/admin/privacy-links/revoke/{link.pk}/")
        link.refresh_from_db()
        assert link.revoked_at == first

    def test_who_may_only_look_ends_none(self) -> None:
        token_for(ConsentEventFactory.create().subject)
        link = ConsentLink.objects.get()
        client = staff("view_consentlink", "change_consentlink")
        assert client.get("/admin/privacy-links/").status_code == 200
        client.post(f"/admin/privacy-links/revoke/{link.pk}/")
        link.refresh_from_db()
        assert link.revoked_at is None


def test_a_page_on_which_people_agreed_cannot_be_deleted(admin_client: Client, client: Client) -> None:
    """B5: the form and its revision are part of the proof."""
    send(client)
    page = contact_page()
    ConsentEvent.objects.get(page=page.pk, revision=page.live_revision)
    assert admin_client.post(reverse("wagtailadmin_pages:delete", args=[page.pk])).status_code == 302
    assert ContactPage.objects.exists()
