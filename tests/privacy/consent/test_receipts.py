"""The receipt: signed, complete by ISO/IEC TS 27560, checked without a database, and silent about everything else (B5)."""

import base64
import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from privacy.consent.links import consents_url
from privacy.consent.mails import confirm_mail, receipt_mail
from privacy.consent.models import ConsentEvent, UnconfirmedConsent
from privacy.consent.receipts import MAX_BYTES, NOT_OURS, TOO_LONG, UNREADABLE, check, receipt
from privacy.mail.models import Mail
from privacy.register.models import Purpose, RetentionRule
from privacy.subjects.services import erase, find
from tests.factories import ConsentEventFactory, contact_page, publish, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "consent-receipt.schema.json").read_text())
EMAIL = "jan@voorbeeld.example"


def written(kind: str = "consent.receipt") -> EmailMessage:
    """Return the mail of this kind as it would go out now."""
    mail = Mail.objects.get(kind=kind)
    message = (receipt_mail if kind == "consent.receipt" else confirm_mail)(mail)
    assert message is not None
    return message


@pytest.fixture
def mailed(client: Client) -> EmailMessage:
    """The receipt of somebody who sent the form."""
    send(client, email=EMAIL, name="Jan Jansen", message="Mijn geheime vraag")
    return written()


@pytest.fixture
def raw(mailed: EmailMessage) -> bytes:
    """The file in that mail."""
    ((name, content, kind),) = mailed.attachments
    assert (name, kind) == ("toestemming.json", "application/json")
    return content if isinstance(content, bytes) else str(content).encode()


class TestMail:
    def test_goes_to_the_person_with_the_words_and_their_link(self, mailed: EmailMessage) -> None:
        person = find(EMAIL)
        assert person is not None
        event = ConsentEvent.objects.get()
        assert mailed.to == [EMAIL]
        assert event.wording in mailed.body
        assert consents_url(person) in mailed.body
        assert "/privacy/versies/1/" in mailed.body

    def test_holds_nothing_of_what_was_written(self, mailed: EmailMessage, raw: bytes) -> None:
        """I6; the file does not hold the address or the link either: it is made to be shown."""
        for text in (mailed.body, raw.decode()):
            assert "geheime" not in text
            assert "Jansen" not in text
        person = find(EMAIL)
        assert person is not None
        assert EMAIL not in raw.decode()
        assert consents_url(person).split("/")[-2] not in raw.decode()

    def test_is_the_same_at_a_second_attempt(self, raw: bytes) -> None:
        assert written().attachments[0][1] in {raw, raw.decode()}

    def test_one_for_all_boxes_that_were_ticked_together(self, client: Client) -> None:
        """The newsletter is asked about first, and gets its receipt when it is confirmed."""
        send(client, email=EMAIL, consent_newsletter="on")
        assert Mail.objects.filter(kind="consent.receipt").count() == 1
        receipt = json.loads(written().attachments[0][1])["receipt"]
        assert [event["purpose"] for event in receipt["events"]] == ["enquiry"]

    def test_is_not_written_for_somebody_who_is_gone(self, client: Client) -> None:
        send(client, email=EMAIL)
        mail = Mail.objects.get(kind="consent.receipt")
        person = find(EMAIL)
        assert person is not None
        erase([person], reason="verzoek", at=timezone.now())
        assert receipt_mail(mail) is None

    def test_the_question_to_confirm_holds_no_advertising(self, client: Client) -> None:
        """B11."""
        send(client, email=EMAIL, consent_newsletter="on")
        message = written("consent.confirm")
        waiting = UnconfirmedConsent.objects.get()
        assert waiting.wording in message.body
        assert "/bevestigen/newsletter/" in message.body
        assert "7 dagen" in message.body
        assert message.body.count("http") == 1
        waiting.delete()
        assert confirm_mail(Mail.objects.get(kind="consent.confirm")) is None


class TestReceipt:
    def test_follows_its_schema(self, raw: bytes) -> None:
        jsonschema.validate(json.loads(raw), SCHEMA, format_checker=jsonschema.FormatChecker())

    def test_says_who_what_when_and_under_what(self, raw: bytes) -> None:
        receipt = json.loads(raw)["receipt"]
        event = ConsentEvent.objects.select_related("version").get()
        page = contact_page()
        notice, method = receipt["processing"]["privacy_notice"], receipt["processing"]["collection_method"]
        assert receipt["header"]["record_id"] == event.sha256
        assert notice["html_sha256"] == event.version.html_sha256
        assert notice["url"] == "http://localhost/privacy/versies/1/"
        assert (method["method"], method["page"], method["revision"]) == ("form", page.pk, page.live_revision_id)
        assert receipt["processing"]["purposes"][0]["wording"] == event.wording
        assert receipt["processing"]["purposes"][0]["retention_period"]["months"] == 24
        assert receipt["parties"][0]["name"] == "Koel ICT"
        assert datetime.fromisoformat(receipt["events"][0]["event_time"]) == event.at

    def test_says_a_period_in_days(self) -> None:
        Purpose.objects.filter(key="reference").update(retention_rule=RetentionRule.objects.get(key="unconfirmed"))
        publish()
        signed = receipt([ConsentEventFactory.create(purpose="reference")])
        jsonschema.validate(signed, SCHEMA)
        period = signed["receipt"]["processing"]["purposes"][0]["retention_period"]
        assert (period["months"], period["days"], period["period_label"]) == (0, 7, "7 dagen")

    def test_can_be_checked_with_the_published_key_alone(self, client: Client, raw: bytes) -> None:
        """Without any code of ours: the key from its address, the documented spelling, the signature."""
        response = client.get("/toestemming/sleutel.json")
        assert response["Content-Type"] == "application/jwk-set+json"
        signed = json.loads(raw)
        (key,) = [key for key in response.json()["keys"] if key["kid"] == signed["signature"]["key_id"]]
        public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
        spelled = json.dumps(signed["receipt"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        public.verify(base64.b64decode(signed["signature"]["value"]), spelled.encode())

    def test_a_new_key_leaves_old_receipts_good(self, client: Client, raw: bytes, settings: Any) -> None:
        settings.RECEIPT_KEY_GENERATION = 2
        assert check(raw).receipt
        keys = client.get("/toestemming/sleutel.json").json()["keys"]
        assert len(keys) == 2
        assert keys[0]["kid"] != json.loads(raw)["signature"]["key_id"]
        assert json.loads(written().attachments[0][1])["signature"]["key_id"] == keys[0]["kid"]

    def test_of_another_site_is_not_ours(self, raw: bytes, settings: Any) -> None:
        settings.ERASURE_KEY = "another-key-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF"
        assert check(raw).problem == NOT_OURS


class TestCheck:
    def test_needs_no_table(self, raw: bytes, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            verdict = check(raw)
        assert verdict.receipt
        assert not verdict.problem

    @pytest.mark.parametrize("spelled", ["as mailed", "one line", "with a mark before it"])
    def test_white_space_does_not_matter(self, raw: bytes, spelled: str) -> None:
        forms = {
            "as mailed": raw.replace(b"\n", b"\r\n") + b"\n\n",
            "one line": json.dumps(json.loads(raw)).encode(),
            "with a mark before it": b"\xef\xbb\xbf" + raw,
        }
        assert check(forms[spelled]).receipt

    @pytest.mark.parametrize(
        "change",
        [
            lambda signed: signed["receipt"]["processing"]["purposes"][0].update(wording="Ja, alles mag."),
            lambda signed: signed["receipt"]["events"][0].update(event_time="2020-01-01T00:00:00+00:00"),
            lambda signed: signed["receipt"].update(extra=1),
            lambda signed: signed["receipt"]["parties"].clear(),
            lambda signed: signed["signature"].update(key_id="0" * 16),
            lambda signed: signed["signature"].update(key_id=["x"]),
            lambda signed: signed["signature"].update(algorithm="none"),
            lambda signed: signed["signature"].update(value=base64.b64encode(b"x" * 64).decode()),
            lambda signed: signed["signature"].update(value="geen base64 €"),
            lambda signed: signed["signature"].update(value=None),
        ],
    )
    def test_one_change_is_enough(self, raw: bytes, change: Callable[[dict[str, Any]], None]) -> None:
        signed = copy.deepcopy(json.loads(raw))
        change(signed)
        verdict = check(json.dumps(signed).encode())
        assert (verdict.problem, verdict.receipt) == (NOT_OURS, None)

    @pytest.mark.parametrize(
        "hostile",
        [
            b"",
            b"[]",
            b"null",
            b"1",
            b'"receipt"',
            b'{"receipt": 1, "signature": 2}',
            b'{"receipt": {}, "signature": []}',
            b'{"receipt": {"a": NaN}, "signature": {"algorithm": "Ed25519", "key_id": "x", "value": ""}}',
            b'{"receipt": {"a": "\\ud800"}, "signature": {"algorithm": "Ed25519", "key_id": "x", "value": ""}}',
            b"[" * 60_000,
            b'{"a":' * 10_000,
            b"9" * 60_000,
            b"\xff\xfe\x00",
            b"\x00",
            b"PK\x03\x04",
        ],
    )
    def test_hostile_input_is_harmless(self, client: Client, hostile: bytes) -> None:
        assert check(hostile).problem in {UNREADABLE, NOT_OURS}
        from django.core.files.uploadedfile import SimpleUploadedFile

        response = client.post("/toestemming/controle/", {"file": SimpleUploadedFile("x.json", hostile or b" ")})
        assert response.status_code == 200
        assert "Dit bewijs klopt niet" in response.content.decode()

    @hypothesis_settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.binary(max_size=300)
        | st.text(max_size=300).map(lambda text: json.dumps({"receipt": text, "signature": {}}).encode())
    )
    def test_anything_at_all_is_answered(self, anything: bytes) -> None:
        assert check(anything).problem

    def test_what_is_too_long_is_not_looked_at(self, client: Client) -> None:
        assert check(b"{" + b" " * MAX_BYTES).problem == TOO_LONG
        for size in (MAX_BYTES + 1, 3_000_000):
            response = client.post("/toestemming/controle/", {"text": "x" * size})
            assert response.status_code == 200
            assert "te lang" in response.content.decode()

    @pytest.mark.parametrize("upload", [True, False])
    def test_the_page_says_what_it_means(self, client: Client, raw: bytes, upload: bool) -> None:
        from django.core.files.uploadedfile import SimpleUploadedFile

        data = {"file": SimpleUploadedFile("toestemming.json", raw)} if upload else {"text": raw.decode()}
        with connection.execute_wrapper(_only_the_frame):
            response = client.post("/toestemming/controle/", data)
        html = response.content.decode()
        assert "Dit bewijs klopt<" in html
        assert "Uw vraag beantwoorden" in html
        assert "/privacy/versies/1/" in html
        assert timezone.localtime(datetime.now(UTC)).strftime("%Y") in html
        assert not response.cookies

    def test_a_script_in_it_is_text(self, client: Client) -> None:
        response = client.post("/toestemming/controle/", {"text": "<script>alert(1)</script>"})
        assert "<script>alert(1)" not in response.content.decode()


def _only_the_frame(execute: Any, sql: str, *args: Any) -> Any:
    """Allow what every page of the site asks (its menu and the company's name); no table of ours about people or proof."""
    assert "privacy_consent" not in sql
    assert "privacy_subjects" not in sql
    return execute(sql, *args)
