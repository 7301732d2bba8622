"""Files are looked at for viruses, and a scanner that is away loses nobody's message (B14; art. 32)."""

import socket
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from contact.models import Attachment, Submission
from contact.tasks import scan_files_again
from contact.virus import Verdict, scan
from privacy.storage import private_storage
from privacy.subjects.registry import registry
from tests.clamd import VIRUS, Scanner, clamd
from tests.documents import PDF
from tests.factories import ask_for_a_file, send
from tests.markup import controls


@pytest.fixture
def scanner(settings: LazySettings) -> Iterator[Scanner]:
    with clamd() as server:
        settings.CLAMAV_URL = server.url
        settings.CLAMAV_SECONDS = 5
        yield server


class TestTheProtocol:
    @pytest.mark.parametrize(
        ("content", "verdict"),
        [(PDF, Verdict.CLEAN), (VIRUS, Verdict.FOUND), (b"", Verdict.CLEAN), (b"x" * 300_000, Verdict.CLEAN)],
    )
    def test_sends_the_whole_file_and_reads_the_verdict(self, scanner: Scanner, content: bytes, verdict: Verdict) -> None:
        file = BytesIO(content)
        file.seek(0, 2)
        assert scan(file) == verdict
        assert scanner.sent == [content]
        assert file.tell() == 0

    @pytest.mark.parametrize("behaviour", ["drop", "garble", "limit", "hang"])
    def test_a_scanner_that_makes_no_sense_knows_nothing(
        self, scanner: Scanner, behaviour: str, settings: LazySettings
    ) -> None:
        scanner.behaviour = behaviour
        settings.CLAMAV_SECONDS = 0.2 if behaviour == "hang" else 5
        assert scan(BytesIO(VIRUS)) == Verdict.UNKNOWN

    def test_nor_one_that_is_not_there(self, settings: LazySettings) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            settings.CLAMAV_URL = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        assert scan(BytesIO(PDF)) == Verdict.UNKNOWN
        settings.CLAMAV_URL = "unix:///run/nobody/clamd.sock"
        assert scan(BytesIO(PDF)) == Verdict.UNKNOWN


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
class TestTheForm:
    @pytest.fixture(autouse=True)
    def _file_field(self, demo_site: None) -> Iterator[None]:
        """A field for a file on the form; no files are left behind."""
        ask_for_a_file()
        yield
        for name in Attachment.objects.exclude(file="").values_list("file", flat=True):
            private_storage().delete(name)

    def sent(self, client: Client, content: bytes = PDF) -> HttpResponse:
        return send(client, drawing=SimpleUploadedFile("plan.pdf", content))

    def test_refuses_a_virus_beside_the_field(self, client: Client, scanner: Scanner) -> None:
        shown = controls(self.sent(client, VIRUS))
        assert "In “plan.pdf” zit een virus" in shown["drawing"].messages[0]
        assert shown["message"].typed == "Hoe duur is een website?"
        assert not Submission.objects.exists()
        assert not Attachment.objects.exists()

    def test_stores_what_is_clean_as_it_was_sent(self, client: Client, scanner: Scanner) -> None:
        assert self.sent(client).status_code == 302
        attachment = Attachment.objects.get()
        assert attachment.scan == Verdict.CLEAN
        with attachment.file.open() as kept:
            assert kept.read() == PDF

    @pytest.mark.parametrize("configured", [True, False])
    def test_without_a_scanner_the_message_is_safe_and_the_owner_warned(
        self, client: Client, admin_client: Client, scanner: Scanner, settings: LazySettings, configured: bool
    ) -> None:
        scanner.behaviour = "drop"
        settings.CLAMAV_URL = settings.CLAMAV_URL if configured else ""
        assert self.sent(client, VIRUS).status_code == 302
        screen = admin_client.get(reverse("contact-messages:inspect", args=[Submission.objects.get().pk])).content.decode()
        assert "niet op virussen nagekeken" in screen

    @pytest.mark.usefixtures("either_storage")
    def test_what_waited_is_looked_at_once_the_scanner_is_back(
        self,
        client: Client,
        admin_client: Client,
        scanner: Scanner,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        scanner.behaviour = "drop"
        self.sent(client, VIRUS)
        harmful = Attachment.objects.get()
        send(client, email="ander@voorbeeld.example", drawing=SimpleUploadedFile("plan.pdf", PDF))
        scan_files_again()
        assert set(Attachment.objects.values_list("scan", flat=True)) == {Verdict.UNKNOWN}

        scanner.behaviour = "protocol"
        name = str(harmful.file)
        with django_capture_on_commit_callbacks(execute=True):
            scan_files_again()
        assert list(Attachment.objects.order_by("pk").values_list("scan", flat=True)) == [Verdict.FOUND, Verdict.CLEAN]
        assert not private_storage().exists(name)
        assert harmful.submission.form_data["message"], "the message stays"
        asked = len(scanner.sent)
        scan_files_again()
        assert len(scanner.sent) == asked, "nothing is asked twice"

        screen = admin_client.get(reverse("contact-messages:inspect", args=[harmful.submission_id])).content.decode()
        assert "virus gevonden en gewist" in screen
        assert reverse("contact_attachment", args=[harmful.pk]) not in screen
        assert admin_client.get(reverse("contact_attachment", args=[harmful.pk])).status_code == 404
        (record,) = registry.sources["contact.attachments"].collect(harmful.submission.subject)
        assert record.files == []
