"""The stored agreement (E3, art. 28(9)): known again by its hash, handed to who may see the register and nobody else."""

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from privacy.register.models import Processor
from privacy.register.validators import MAX_DOCUMENT
from privacy.statement.models import PrivacyStatementPage
from privacy.statement.panels import pending_changes
from privacy.storage import private_storage
from tests.factories import staff

pytestmark = pytest.mark.usefixtures("demo_site")

SIGNED = b"%PDF-1.7 getekend"


STORAGE = private_storage()


@pytest.fixture(autouse=True)
def _tidy() -> Iterator[None]:
    """Leave nothing behind in the private folder."""
    yield
    if STORAGE.exists("agreements"):
        for name in STORAGE.listdir("agreements")[1]:
            STORAGE.delete(f"agreements/{name}")


def zoho() -> Processor:
    return Processor.objects.get(key="zoho")


def fields(**changes: Any) -> dict[str, Any]:
    """Return what the browser sends for ZOHO's form."""
    row = zoho()
    names = ("name", "key", "role", "service", "url", "country", "transfer", "agreement", "agreement_date", "review_months")
    return {name: getattr(row, name) for name in names} | changes


def upload(client: Client, name: str = "ZOHO getekend Jan.PDF", content: bytes = SIGNED, **changes: Any) -> Any:
    """Send ZOHO's form with a document."""
    document = SimpleUploadedFile(name, content, content_type="application/pdf")
    return client.post(reverse("privacy-processor:edit", args=[zoho().pk]), fields(agreement_file=document, **changes))


def address() -> str:
    return reverse("privacy-processor:agreement", args=[zoho().pk])


class TestUpload:
    def test_is_hashed_and_kept_under_a_name_that_says_nothing(self, admin_client: Client) -> None:
        """E3."""
        assert upload(admin_client).status_code == 302
        row = zoho()
        assert row.agreement_sha256 == hashlib.sha256(SIGNED).hexdigest()
        kept = Path(row.agreement_file.path)
        assert kept.read_bytes() == SIGNED
        assert kept.is_relative_to(settings.STORAGES["private"]["OPTIONS"]["location"])
        assert kept.suffix == ".pdf"
        assert uuid.UUID(kept.stem).version == 4

    def test_the_form_shows_the_hash_and_leads_to_the_view(self, admin_client: Client) -> None:
        upload(admin_client)
        shown = admin_client.get(reverse("privacy-processor:edit", args=[zoho().pk])).content.decode()
        assert hashlib.sha256(SIGNED).hexdigest() in shown
        assert f'href="{address()}"' in shown
        assert zoho().agreement_file.name not in shown, "a private file has no address"

    @pytest.mark.usefixtures("either_storage")
    def test_another_document_has_another_hash_and_none_has_none(self, admin_client: Client) -> None:
        upload(admin_client)
        upload(admin_client, content=b"%PDF-1.7 anders")
        assert zoho().agreement_sha256 == hashlib.sha256(b"%PDF-1.7 anders").hexdigest()
        edit = reverse("privacy-processor:edit", args=[zoho().pk])
        assert admin_client.post(edit, fields(**{"agreement_file-clear": "on"})).status_code == 302
        assert (zoho().agreement_file.name, zoho().agreement_sha256) == ("", "")

    def test_saving_the_row_again_keeps_document_and_hash(self, admin_client: Client) -> None:
        upload(admin_client)
        before = zoho()
        edit = reverse("privacy-processor:edit", args=[zoho().pk])
        assert admin_client.post(edit, fields(agreement_audit="on")).status_code == 302
        after = zoho()
        assert after.agreement_audit
        assert (after.agreement_file.name, after.agreement_sha256) == (before.agreement_file.name, before.agreement_sha256)

    @pytest.mark.parametrize("name", ["overeenkomst.html", "overeenkomst.svg", "overeenkomst.exe", "overeenkomst"])
    def test_what_a_browser_would_run_is_refused(self, admin_client: Client, name: str) -> None:
        """32."""
        assert upload(admin_client, name=name).status_code == 200
        assert not zoho().agreement_file

    def test_what_nobody_would_sign_is_refused(self, admin_client: Client) -> None:
        response = upload(admin_client, content=b"%" * (MAX_DOCUMENT + 1))
        assert "groter dan 10 MB" in response.content.decode()
        assert not zoho().agreement_file

    def test_is_no_fact_of_the_statement(self, admin_client: Client) -> None:
        """A20: storing a copy of what was agreed changes nothing for the people whose data it is."""
        upload(admin_client, agreement_audit="on")
        assert pending_changes(PrivacyStatementPage.objects.get(locale__language_code="nl")) == []


class TestDownload:
    @pytest.mark.usefixtures("either_storage")
    def test_hands_over_the_very_bytes_and_never_as_a_page(self, admin_client: Client) -> None:
        upload(admin_client)
        response = admin_client.get(address())
        assert b"".join(response.streaming_content) == SIGNED
        assert response["Content-Disposition"] == 'attachment; filename="overeenkomst-zoho.pdf"'
        assert response["X-Content-Type-Options"] == "nosniff"

    def test_who_may_see_the_register_gets_it(self, admin_client: Client) -> None:
        upload(admin_client)
        response = staff("view_processor").get(address())
        assert response.status_code == 200
        assert b"".join(response.streaming_content) == SIGNED

    def test_who_may_not_see_the_register_does_not(self, admin_client: Client) -> None:
        """32(1)(b)."""
        upload(admin_client)
        assert staff("view_purpose").get(address()).status_code == 302
        assert Client().get(address()).url.startswith(reverse("wagtailadmin_login"))

    def test_without_a_document_there_is_none(self, admin_client: Client) -> None:
        assert admin_client.get(address()).status_code == 404

    def test_has_no_address_of_its_own(self, admin_client: Client) -> None:
        upload(admin_client)
        assert STORAGE.exists(zoho().agreement_file.name)
        assert Client().get(f"/media/{zoho().agreement_file.name}").status_code == 404
