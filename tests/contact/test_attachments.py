"""Files that come with a message: kept privately, handed out to those who may, and gone with the person (B14, I7, C10, C18)."""

import contextlib
import hashlib
import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import jsonschema
import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact import services, uploads
from contact.models import Attachment, FormField, Opening, Submission
from privacy import files
from privacy.register.models import Purpose
from privacy.rights.delivery import build_export
from privacy.storage import private_storage
from privacy.subjects.models import DataSubject, DoomedFile
from privacy.subjects.services import erase
from tests.contact.conftest import Editor
from tests.documents import PDF, photo
from tests.factories import ask_for_a_file, contact_page, form_number, send
from tests.markup import controls
from tests.my_data import SCHEMA

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site", "file_field")]


@pytest.fixture
def file_field(demo_site: None) -> FormField:
    """A field for a file on the form."""
    return ask_for_a_file()


@pytest.fixture(autouse=True)
def _empty_storage() -> Iterator[None]:
    """No files of other tests, before and after."""
    _delete_files()
    yield
    _delete_files()


def _delete_files() -> None:
    for name in stored():
        private_storage().delete(name)


def stored() -> list[str]:
    with contextlib.suppress(FileNotFoundError):  # no file was ever kept
        return [f"contact/{name}" for name in private_storage().listdir("contact")[1]]
    return []


def pdf(name: str = "schets.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


class TestTheForm:
    def test_offers_to_choose_a_file_and_says_which(self, client: Client) -> None:
        """3.3.2: what is let in stands beside the field before anybody tries."""
        response = client.get("/contact/")
        html = response.content.decode()
        assert 'enctype="multipart/form-data"' in html
        field = controls(response)["drawing"]
        assert (field.attrs["type"], field.attrs["accept"]) == ("file", uploads.ACCEPT)
        assert "hoogstens 10\xa0MB" in html
        assert "id_drawing_helptext" in field.attrs["aria-describedby"]

    @pytest.mark.usefixtures("either_storage")
    def test_stores_the_file_with_the_message(self, client: Client) -> None:
        assert send(client, drawing=pdf()).status_code == 302
        (attachment,) = Submission.objects.get().attachments.all()
        assert (attachment.label, attachment.filename, attachment.content_type) == ("Tekening", "schets.pdf", "application/pdf")
        assert (attachment.size, attachment.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
        assert stored() == [attachment.file.name]
        assert "schets" not in attachment.file.name
        assert not DoomedFile.objects.exists()
        assert Submission.objects.get().form_data["drawing"] == "schets.pdf"

    def test_takes_a_message_without_one(self, client: Client) -> None:
        assert send(client).status_code == 302
        assert not Attachment.objects.exists()
        assert stored() == []

    @pytest.mark.parametrize(
        ("file", "said"),
        [
            (pdf(content=b"MZ" + b"\x00" * 100), "geen bestand dat wij aannemen"),
            (pdf(content=b""), "leeg"),
            (pdf(content=b"%PDF-" + b"x" * 1000), "wij nemen hoogstens"),
        ],
        ids=["program", "empty", "too large"],
    )
    def test_refuses_others_beside_the_field(
        self, client: Client, file: SimpleUploadedFile, said: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "MAX_FILE", 500)
        file.seek(0)
        response = send(client, drawing=file)
        assert response.status_code == 200
        shown = controls(response)
        assert said in shown["drawing"].messages[0]
        assert shown["drawing"].attrs["aria-invalid"] == "true"
        assert shown["message"].typed == "Hoe duur is een website?"
        assert stored() == []
        assert not Submission.objects.exists()

    def test_refuses_too_much_together(self, client: Client, monkeypatch: pytest.MonkeyPatch, file_field: FormField) -> None:
        file_field.pk, file_field.clean_name, file_field.label = None, "second", "Nog een"
        file_field.save()
        monkeypatch.setattr("contact.forms.MAX_FILES", len(PDF) * 2 - 1)
        response = send(client, drawing=pdf(), second=pdf())
        assert "Samen zijn de bestanden groter" in controls(response)["drawing"].messages[0]
        assert not Submission.objects.exists()
        monkeypatch.setattr("contact.forms.MAX_FILES", len(PDF) * 2)
        assert send(client, drawing=pdf(), second=pdf()).status_code == 302

    def test_says_to_choose_again_when_something_else_was_wrong(self, client: Client) -> None:
        """3.3.7: the one thing that a browser cannot keep."""
        response = send(client, drawing=pdf(), consent_enquiry=None)
        assert "Kies “schets.pdf” opnieuw" in controls(response)["drawing"].messages[0]
        assert stored() == []

    def test_a_required_one_is_asked_for(self, client: Client, file_field: FormField) -> None:
        file_field.required = True
        file_field.save()
        assert controls(send(client))["drawing"].messages[0].endswith("Kies een bestand bij “Tekening”.")
        assert send(client, drawing=pdf()).status_code == 302

    def test_a_photograph_says_nothing_of_where_it_was_taken(self, client: Client) -> None:
        assert send(client, drawing=SimpleUploadedFile("foto.jpg", photo("JPEG"))).status_code == 302
        assert Attachment.objects.get().content_type == "image/jpeg"

    def test_sent_twice_is_kept_once(self, client: Client) -> None:
        number = form_number(client.get("/contact/"))
        for _ in range(2):
            assert send(client, submission_id=number, drawing=pdf()).status_code == 302
        attachment = Attachment.objects.get()
        files.sweep(at=timezone.now() + 2 * files.GRACE)
        assert stored() == [attachment.file.name]


def test_a_message_that_fails_leaves_no_file(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(**kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(services, "give", breaks)
    with pytest.raises(ZeroDivisionError):
        send(client, drawing=pdf())
    assert len(stored()) == 1
    files.sweep(at=timezone.now() + 2 * files.GRACE)
    assert stored() == []


def test_a_storage_that_is_full_keeps_what_was_typed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **kwargs: Any) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr(files, "keep", full)
    response = send(client, drawing=pdf(), name="Jan")
    assert response.status_code == 503
    html = response.content.decode()
    assert "Uw bericht is niet opgeslagen" in html
    assert "Hoe duur is een website?" in html
    assert not Submission.objects.exists()


@pytest.mark.usefixtures("either_storage")
class TestErasure:
    def test_takes_row_and_file_and_leaves_those_of_others(
        self, client: Client, django_capture_on_commit_callbacks: Any
    ) -> None:
        """C18: also from storage, and only then."""
        send(client, drawing=pdf())
        send(client, drawing=pdf(), email="ander@voorbeeld.example")
        other = Attachment.objects.get(submission__subject__email="ander@voorbeeld.example")
        with django_capture_on_commit_callbacks(execute=True):
            result = erase([DataSubject.objects.get(email="jan@voorbeeld.example")], reason="verzoek", at=timezone.now())
            assert len(stored()) == 2, "not before the commit"
        assert result.by_source["contact.attachments"] == 1
        assert list(Attachment.objects.all()) == [other]
        assert stored() == [other.file.name]


class TestInzage:
    def archive(self) -> tuple[dict[str, Any], zipfile.ZipFile]:
        out = BytesIO()
        build_export(email="jan@voorbeeld.example", out=out)
        bundle = zipfile.ZipFile(out)
        return json.loads(bundle.read("data.json")), bundle

    @pytest.mark.usefixtures("either_storage")
    def test_hands_over_the_file_itself(self, client: Client) -> None:
        """C10, C11: in `files/`, named in the letter and in the JSON, with its hash in the manifest."""
        send(client, drawing=pdf("Schets voor Jan.pdf"))
        attachment = Attachment.objects.get()
        data, bundle = self.archive()
        jsonschema.validate(data, SCHEMA)
        (record,) = data["sources"]["contact.attachments"]["records"]
        (file,) = record["files"]
        assert record["values"]["Tekening"] == "Schets voor Jan.pdf"
        assert file["path"] == f"files/attachment-{attachment.pk}-Schets voor Jan.pdf"
        assert bundle.read(file["path"]) == PDF
        assert json.loads(bundle.read("manifest.json"))["files"][file["path"]] == file["sha256"] == attachment.sha256
        assert f'href="files/attachment-{attachment.pk}-Schets%20voor%20Jan.pdf"' in bundle.read("index.html").decode()

    @pytest.mark.usefixtures("either_storage")
    def test_says_so_when_a_file_is_lost(self, client: Client) -> None:
        send(client, drawing=pdf())
        private_storage().delete(Attachment.objects.get().file.name)
        data, bundle = self.archive()
        jsonschema.validate(data, SCHEMA)
        assert data["sources"]["contact.attachments"]["records"][0]["files"][0]["path"] is None
        assert "kunnen wij niet meer vinden" in bundle.read("index.html").decode()

    def test_holds_no_file_of_anybody_else(self, client: Client) -> None:
        send(client, email="jan@voorbeeld.example")
        send(client, drawing=pdf(), email="ander@voorbeeld.example")
        _, bundle = self.archive()
        assert [name for name in bundle.namelist() if name.startswith("files/")] == ["files/"]


class TestTheOwner:
    @pytest.fixture
    def attachment(self, client: Client, file_field: FormField) -> Attachment:
        send(client, drawing=pdf("Schets “één”.pdf"))
        return Attachment.objects.get()

    @pytest.mark.usefixtures("either_storage")
    def test_finds_it_with_the_message_and_takes_it(self, admin_client: Client, attachment: Attachment) -> None:
        screen = admin_client.get(reverse("contact-messages:inspect", args=[attachment.submission_id])).content.decode()
        url = reverse("contact_attachment", args=[attachment.pk])
        assert f'<a href="{url}">Schets “één”.pdf</a>' in screen
        assert "Bestand: Tekening" in screen
        response = admin_client.get(url)
        assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Type"] == "application/pdf"
        assert "no-store" in response["Cache-Control"]

    def test_leaves_a_trace_without_a_name(self, admin_client: Client, attachment: Attachment) -> None:
        """Art. 32: who, which, when; I2: not whose."""
        b"".join(admin_client.get(reverse("contact_attachment", args=[attachment.pk])).streaming_content)  # type: ignore[attr-defined]
        line = Opening.objects.get()
        assert (line.message, line.attachment) == (attachment.submission_id, attachment.pk)
        assert line.what == f"Attachment #{attachment.pk}"
        assert line.user is not None

    def test_is_the_only_one_who_may(self, client: Client, attachment: Attachment, django_user_model: Any) -> None:
        url = reverse("contact_attachment", args=[attachment.pk])
        assert client.get(url).status_code == 302
        editor = django_user_model.objects.create_user("redacteur", password="wachtwoord")
        editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(editor)
        refused: HttpResponse = client.get(url)
        assert refused.status_code == 302
        assert not refused.get("Content-Disposition")
        assert not Opening.objects.exists()
        editor.user_permissions.add(Permission.objects.get(codename="view_submission"))
        allowed = client.get(url)
        assert allowed.status_code == 200
        allowed.close()

    def test_sees_what_was_sent_after_the_field_is_gone(
        self, admin_client: Client, attachment: Attachment, file_field: FormField
    ) -> None:
        file_field.delete()
        screen = admin_client.get(reverse("contact-messages:inspect", args=[attachment.submission_id])).content.decode()
        assert reverse("contact_attachment", args=[attachment.pk]) in screen


def test_an_editor_adds_a_field_for_a_file(editor: Editor) -> None:
    page = contact_page()
    field = page.form_fields.last()
    assert field is not None
    field.delete()
    enquiry = Purpose.objects.get(key="enquiry")
    assert (
        editor.publish(
            page,
            form_fields__3__field_type="file",
            form_fields__3__label="Bijlage",
            form_fields__3__purpose=str(enquiry.pk),
        ).status_code
        == 302
    )
    assert page.form_fields.filter(field_type="file", label="Bijlage").exists()
