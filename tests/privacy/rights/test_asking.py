"""The pages of “Mijn gegevens”: asking without an account, proving an address, and everything a person can do there."""

import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery import Task
from django.core import signing
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.models import Submission
from privacy.consent.links import consents_url
from privacy.mail.models import Mail
from privacy.proof_of_work import AltchaField
from privacy.rights import acts, delivery, search, services, steps
from privacy.rights.links import SELECTOR_LENGTH
from privacy.rights.models import Correction, DataRequest, OneTimeLink, RecipientNotice, RequestEvent
from privacy.rights.session import COOKIE
from privacy.rights.states import FINAL, TOLD, State
from privacy.rights.tasks import forget
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from tests.factories import relation, solved
from tests.my_data import JAN, PostOffice, ask, link_in, papers

from .conftest import archives

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


def unzipped(response: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


@pytest.fixture
def link(client: Client, jan: DataSubject, post_office: PostOffice) -> str:
    """Jan has asked for inzage and reads his mail."""
    ask(client)
    (mail,) = post_office()
    assert mail.to == [JAN]
    return link_in(mail)


@pytest.fixture
def inside(client: Client, link: str) -> Client:
    """Jan has confirmed."""
    assert client.post(link).status_code == 302
    return client


def sent(client: Client, *, proof: bool = False, **more: str) -> Any:
    """Send the form, with a proof as a browser makes one or without."""
    made = {"form_proof": solved(AltchaField().challenge)} if proof else {}
    return client.post("/mijn-gegevens/", {"email": JAN, "kind": "access", **made, **more})


@pytest.fixture
def limits(settings: Any) -> dict[str, int]:
    """The limits of asking, to be changed by the test."""
    settings.ASKS_PER_HOUR = dict(settings.ASKS_PER_HOUR)
    found: dict[str, int] = settings.ASKS_PER_HOUR
    return found


class TestAsking:
    """The form."""

    def test_known_and_unknown_addresses_get_the_same_answer(
        self, client: Client, jan: DataSubject, django_assert_num_queries: Any
    ) -> None:
        """C8: byte for byte, header for header, query for query."""
        answers = []
        for email in (JAN, "niemand@voorbeeld.example"):
            page = client.get("/mijn-gegevens/")
            with django_assert_num_queries(5):
                sent = client.post("/mijn-gegevens/", {"email": email, "kind": "access", "message": ""})
            shown = client.get(sent["Location"])
            answers.append((page.status_code, sent.status_code, sent["Location"], sent.content, shown.content))
            assert "no-store" in sent["Cache-Control"]
            assert sent["Referrer-Policy"] == "same-origin"
            assert "noindex" in sent["X-Robots-Tag"]
        assert answers[0] == answers[1]

    def test_known_and_unknown_addresses_cost_the_same_work(
        self, client: Client, jan: DataSubject, monkeypatch: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        """C8: the same questions to the database, in the same order; the same jobs to the broker."""
        jobs: list[str] = []
        monkeypatch.setattr(Task, "apply_async", lambda task, *args, **kwargs: jobs.append(task.name))
        work = []
        for email in ("eerst@voorbeeld.example", JAN, "niemand@voorbeeld.example"):
            with CaptureQueriesContext(connection) as asked, django_capture_on_commit_callbacks(execute=True):
                sent(client, proof=True, email=email)
            # Numbers of rows and moments differ from call to call, whoever asks.
            shapes = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in asked.captured_queries]
            work.append((shapes, jobs.copy()))
            jobs.clear()
        first, known, unknown = work
        assert first == known == unknown
        assert known[1] == ["privacy.mail.tasks.deliver_one"]

    def test_known_and_unknown_addresses_take_the_same_time(self, client: Client, jan: DataSubject, limits: Any) -> None:
        """C8: the two distributions overlap. Taken in turns, so that what else the machine does hits both alike.

        Drawing one of each, the known one takes longer half of the time. A mail sent or an archive made before the answer would
        make that always; chance alone does not get it out of these bounds once in a million runs.
        """
        limits.update(dict.fromkeys(limits, 1_000_000))
        took: dict[str, list[float]] = {JAN: [], "niemand@voorbeeld.example": []}
        for _ in range(60):
            for email, times in took.items():
                begin = time.perf_counter()
                sent(client, email=email)
                times.append(time.perf_counter() - begin)
        known, unknown = took.values()
        longer = sum(one > other for one in known for other in unknown) / (len(known) * len(unknown))
        assert 0.2 < longer < 0.8

    def test_somebody_unknown_gets_the_answer_that_nothing_is_held(self, client: Client, post_office: PostOffice) -> None:
        """C8: to that address and nowhere else; afterwards the address is forgotten."""
        request = ask(client, email="Niemand@voorbeeld.example")
        (mail,) = post_office()
        assert mail.to == ["niemand@voorbeeld.example"]
        assert "bewaren niets bij dit adres" in mail.body
        assert "/mijn-gegevens/" not in mail.body
        assert not DataSubject.objects.exists()
        forget()
        request.refresh_from_db()
        assert (request.state, request.email, request.subject) == ("delivered", "", None)

    def test_an_address_is_not_forgotten_while_its_mail_is_owed(self, client: Client) -> None:
        request = ask(client, email="niemand@voorbeeld.example")
        services.nothing_held(request, at=timezone.now())
        forget()
        request.refresh_from_db()
        assert request.email == "niemand@voorbeeld.example"

    def test_nothing_happens_until_the_link_is_used(self, client: Client, jan: DataSubject, post_office: PostOffice) -> None:
        ask(client, kind="erasure")
        post_office()
        assert DataRequest.objects.get().state == "unconfirmed"
        assert DataSubject.objects.get() == jan
        assert not DataRequest.objects.pending().exists()

    def test_refuses_what_is_no_address_and_no_right(self, client: Client) -> None:
        response = client.post("/mijn-gegevens/", {"email": "geen adres", "kind": "everything"})
        page = response.content.decode()
        assert response.status_code == 200
        assert "Vul een volledig e-mailadres in" in page
        assert "Kies wat u wilt" in page
        assert not DataRequest.objects.exists()

    def test_a_mailbox_gets_so_many_mails_an_hour(self, client: Client, settings: Any) -> None:
        """The same answer at every attempt: who asks does not learn that somebody asked before."""
        for _ in range(settings.ASKS_PER_HOUR["mailbox"] + 2):
            response = client.post("/mijn-gegevens/", {"email": JAN, "kind": "access"})
            assert response["Location"] == "/mijn-gegevens/gevraagd/"
        assert DataRequest.objects.count() == settings.ASKS_PER_HOUR["mailbox"]

    def test_one_network_cannot_ask_for_ever(self, client: Client, limits: dict[str, int]) -> None:
        """F6: with a proof for each; elsewhere it goes on, and whoever has to wait loses nothing they typed."""
        limits["proven network"] = 2
        for number in range(2):
            assert sent(client, proof=True, email=f"n{number}@voorbeeld.example").status_code == 302
        refused = sent(client, proof=True, email="n3@voorbeeld.example", message="Wat ik typte")
        page = refused.content.decode()
        assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
        assert "Er kwamen net te veel verzoeken tegelijk" in page
        assert "Wat ik typte" in page
        assert 'name="form_proof" autocomplete="off" id="id_form_proof"' in page, "the proof is used up"
        elsewhere = Client(headers={"X-Forwarded-For": "1.2.3.4, 198.51.100.7"})
        assert sent(elsewhere, proof=True, email="n3@voorbeeld.example").status_code == 302
        assert DataRequest.objects.count() == 3

    def test_without_its_proof_a_request_is_answered_all_the_same(self, client: Client) -> None:
        """The contract: a captcha only sorts."""
        assert sent(client, proof=False).status_code == 302
        assert DataRequest.objects.get().email == JAN

    def test_a_field_filled_in_by_a_browser_loses_nobody_their_right(self, client: Client) -> None:
        """F6: the trap sorts too."""
        assert sent(client, proof=True, form_website="https://voorbeeld.example").status_code == 302
        assert DataRequest.objects.get().email == JAN

    @pytest.mark.parametrize("scope", ["network", "everybody"])
    def test_a_flood_without_proofs_keeps_nobody_out_who_has_one(
        self, client: Client, limits: dict[str, int], scope: str
    ) -> None:
        """What sorting is here: limits of their own, tighter ones."""
        limits[f"unproven {scope}"] = 1
        assert sent(client, proof=False).status_code == 302
        assert sent(client, proof=False).status_code == 429
        assert sent(client, proof=True, form_website="robot").status_code == 429
        assert sent(client, proof=True).status_code == 302

    def test_a_proof_that_is_wrong_old_or_used_is_none(self, client: Client, limits: dict[str, int], settings: Any) -> None:
        """Never a refusal: whoever let the page lie for a day is no robot."""
        limits["unproven network"] = 0
        used = solved(AltchaField().challenge)
        assert sent(client, form_proof=used).status_code == 302
        settings.ALTCHA_SECONDS = -1
        old = solved(AltchaField().challenge)
        for proof in (used, old, "geen base64", "A" * 100_000):
            assert sent(client, form_proof=proof).status_code == 429
        limits["unproven network"] = 9
        assert sent(client, form_proof=old).status_code == 302

    def test_a_form_that_is_refused_keeps_its_proof(self, client: Client, limits: dict[str, int]) -> None:
        limits["unproven network"] = 0
        proof = solved(AltchaField().challenge)
        refused = sent(client, form_proof=proof, email="geen adres")
        assert proof in refused.content.decode()
        assert sent(client, form_proof=proof).status_code == 302

    def test_the_statement_and_every_page_lead_here(self, client: Client) -> None:
        """A9, A10, art. 12(2): how to use one's rights, and how to withdraw, in both languages."""
        for page, here, withdraw in (
            ("/privacy/", "/mijn-gegevens/", "uw eigen link in de bevestiging"),
            ("/en/privacy/", "/en/my-data/", "your own link in the confirmation"),
        ):
            text = client.get(page).content.decode()
            assert text.count(f'href="{here}"') == 2, "in the statement, and at the foot"
            assert withdraw in text

    def test_works_in_english(self, client: Client, jan: DataSubject, post_office: PostOffice) -> None:
        client.post("/en/my-data/", {"email": JAN, "kind": "access"})
        assert DataRequest.objects.get().language == "en"
        (mail,) = post_office()
        assert "/en/my-data/" in mail.body

    def test_an_unused_link_expires_and_the_address_with_it(
        self, client: Client, link: str, settings: Any, time_passes: Any
    ) -> None:
        time_passes(hours=settings.LINK_HOURS, seconds=1)
        forget()
        forget()
        request = DataRequest.objects.get()
        assert (request.state, request.email) == ("expired", "")


@pytest.fixture
def time_passes(monkeypatch: Any) -> Callable[..., None]:
    """Move the clock of everything that asks Django for the time."""

    def move(**by: float) -> None:
        now = timezone.now() + timedelta(**by)
        monkeypatch.setattr(timezone, "now", lambda: now)

    return move


class TestLink:
    """The link: once, for a day, and only for who has it."""

    def test_is_nowhere_but_in_the_mail(self, link: str) -> None:
        token = link.rstrip("/").rpartition("/")[2]
        stored = OneTimeLink.objects.get()
        assert token not in {stored.nonce, stored.selector, stored.token_sha256}
        assert stored.token_sha256 != token

    def test_a_mail_scanner_changes_nothing(self, client: Client, link: str) -> None:
        """GET shows, POST acts; a session is not opened by looking."""
        for _ in range(5):
            response = client.get(link)
            assert response.status_code == 200
            assert not response.cookies
            assert response["Referrer-Policy"] == "no-referrer"
            assert "no-store" in response["Cache-Control"]
        assert client.head(link).status_code == 200
        assert DataRequest.objects.get().state == "unconfirmed"
        assert client.post(link).status_code == 302

    def test_no_answer_of_a_link_tells_its_address_on(self, client: Client, link: str) -> None:
        """I12: not when it works, not when it no longer does, and not when it opens something."""
        for response in (client.get(link), client.post(link), client.post(link), client.post(link[:-4] + "AAA/")):
            assert response["Referrer-Policy"] == "no-referrer"
            assert "no-store" in response["Cache-Control"]

    def test_works_once(self, client: Client, link: str) -> None:
        client.post(link)
        replayed = Client().post(link)
        assert replayed.status_code == 404
        assert COOKIE not in replayed.cookies
        assert RequestEvent.objects.filter(to_state="open").count() == 1

    def test_works_for_a_day(self, client: Client, link: str, settings: Any, time_passes: Any) -> None:
        time_passes(hours=settings.LINK_HOURS)
        assert client.get(link).status_code == 404
        assert client.post(link).status_code == 404
        assert DataRequest.objects.get().state == "unconfirmed"

    def test_altered_it_opens_nothing_and_five_times_it_is_dead(self, client: Client, link: str, settings: Any) -> None:
        head, _, token = link.rstrip("/").rpartition("/")
        for number in range(settings.LINK_TRIES):
            assert client.post(f"{head}/{token[:-2]}{number}A/").status_code == 404
        assert client.post(link).status_code == 404

    def test_looking_at_an_altered_one_kills_nothing(self, client: Client, link: str) -> None:
        for _ in range(9):
            assert client.get(link[:-4] + "AAA/").status_code == 404
        assert client.post(link).status_code == 302

    def test_somebody_elses_opens_their_own_page_only(self, inside: Client, jan: DataSubject, post_office: PostOffice) -> None:
        """Also in the browser in which Jan is, whose session ends there."""
        theirs = relation(timezone.now(), email="ander@voorbeeld.example")
        ask(Client(), email=theirs.email)
        link = link_in(next(mail for mail in post_office() if mail.to == [theirs.email]))
        assert inside.post(link).status_code == 302
        page = inside.get("/mijn-gegevens/overzicht/").content.decode()
        assert theirs.email in page
        assert JAN not in page

    def test_two_halves_of_two_links_open_nothing(self, client: Client, link: str, post_office: PostOffice) -> None:
        theirs = relation(timezone.now(), email="ander@voorbeeld.example")
        ask(client, email=theirs.email)
        other = link_in(next(mail for mail in post_office() if mail.to == [theirs.email]))
        half = len("/mijn-gegevens/") + SELECTOR_LENGTH
        assert client.post(link[:half] + other[half:]).status_code == 404
        assert client.post(other[:half] + link[half:]).status_code == 404
        assert COOKIE not in client.cookies

    def test_a_link_for_something_else_opens_nothing(self, client: Client, jan: DataSubject) -> None:
        """The link to one's consents is long-lived, and no key to everything."""
        token = consents_url(jan).rstrip("/").rpartition("/")[2]
        assert client.post(f"/mijn-gegevens/{token}/").status_code == 404

    def test_a_mail_that_is_tried_again_holds_the_same_link(self, client: Client, link: str, post_office: PostOffice) -> None:
        Mail.objects.update(state="pending", next_attempt_at=timezone.now())
        (again,) = post_office()
        assert link_in(again) == link

    def test_of_somebody_erased_meanwhile_opens_nothing(self, client: Client, link: str, jan: DataSubject) -> None:
        from privacy.subjects.services import erase

        erase([jan], reason="request", at=timezone.now())
        assert client.post(link).status_code == 404


class TestSession:
    """The cookie: short, signed, for these pages alone."""

    def test_is_narrow(self, inside: Client, settings: Any) -> None:
        cookie = inside.cookies[COOKIE]
        assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/mijn-gegevens/", "Strict", True)
        assert int(cookie["max-age"]) == settings.MY_DATA_SESSION_MINUTES * 60
        assert "sessionid" not in inside.cookies

    def test_goes_on_in_the_other_language_and_ends_in_both(self, inside: Client, settings: Any) -> None:
        """A cookie has one path, and the pages an address in each language."""
        mine = inside.get("/mijn-gegevens/overzicht/")
        assert b'href="/en/my-data/overview/"' in mine.content
        assert inside.cookies[f"{COOKIE}_en"]["path"] == "/en/my-data/"
        assert JAN in inside.get("/en/my-data/overview/").content.decode()
        inside.post("/en/my-data/overview/restrict/")
        assert DataRequest.objects.get(kind="restriction").language == "en"
        inside.post("/en/my-data/close/")
        for path in ("/mijn-gegevens/overzicht/", "/en/my-data/overview/"):
            assert inside.get(path).status_code == 302

    def test_its_cookies_are_the_ones_that_the_statement_names(self, inside: Client) -> None:
        """G4."""
        version = StatementVersion.objects.in_force()
        assert version is not None
        assert {name for name in inside.cookies if name.startswith(COOKIE)} <= {row["name"] for row in version.facts["cookies"]}

    def test_without_it_there_is_nothing_to_see(self, client: Client, jan: DataSubject) -> None:
        for path in ("", "archief/", "beperken/", "bezwaar/", "wissen/", "intrekken/1/"):
            for response in (client.get(f"/mijn-gegevens/overzicht/{path}"), client.post(f"/mijn-gegevens/overzicht/{path}")):
                assert response.status_code in {302, 405}
                assert JAN.encode() not in response.content

    @pytest.mark.parametrize("value", ["1", "1:2:3", "", "x" * 4000])
    def test_made_up_it_is_none(self, client: Client, jan: DataSubject, value: str) -> None:
        client.cookies[COOKIE] = value
        assert client.get("/mijn-gegevens/overzicht/").status_code == 302

    def test_signed_for_something_else_it_is_none(self, client: Client, jan: DataSubject) -> None:
        client.cookies[COOKIE] = signing.TimestampSigner().sign(jan.pk)
        assert client.get("/mijn-gegevens/overzicht/").status_code == 302

    def test_ends_by_itself(self, inside: Client, settings: Any, monkeypatch: Any) -> None:
        import time

        later = time.time() + settings.MY_DATA_SESSION_MINUTES * 60 + 1
        monkeypatch.setattr(time, "time", lambda: later)
        assert inside.get("/mijn-gegevens/overzicht/").status_code == 302

    def test_ends_when_told(self, inside: Client) -> None:
        inside.post("/mijn-gegevens/sluiten/")
        assert inside.get("/mijn-gegevens/overzicht/").status_code == 302


class TestPage:
    """What the person sees and does."""

    def test_shows_everything_of_theirs_and_nothing_of_others(self, inside: Client) -> None:
        """C9: per source in plain language, with purpose, period and day of deletion."""
        relation(timezone.now(), email="ander@voorbeeld.example")
        response = inside.get("/mijn-gegevens/overzicht/")
        page = response.content.decode()
        for words in ("Mag het iets ronder?", "Jan Janssen", "Uw vraag beantwoorden", "24 maanden", "Wij wissen dit na"):
            assert words in page, words
        assert "ander@" not in page
        assert "no-store" in response["Cache-Control"]

    def test_the_archive_arrives_by_mail_and_opens_with_its_link(self, inside: Client, post_office: PostOffice) -> None:
        """C14: from the confirmed link to the zip, by nobody's hand."""
        mails = post_office()
        (ready,) = [mail for mail in mails if "staan klaar" in mail.subject]
        address = link_in(ready)
        assert inside.get(address).status_code == 200
        files = unzipped(Client().post(address))
        assert json.loads(files["data.json"])["subject"]["email"] == JAN
        assert "Jan Janssen" in files["index.html"].decode()
        request = DataRequest.objects.get()
        assert request.state == "delivered"
        assert request.events.filter(reason="Archief opgehaald.").exists()
        # The letter as it is shown later has words where the link was, and no hole where nothing was missing.
        letters = inside.get("/mijn-gegevens/overzicht/").content.decode()
        assert "(de link stond alleen in de mail)" in letters
        assert "{link}" not in letters
        assert "\n\n\n" not in ready.body.replace("\r", "")

    def test_corrects_and_keeps_what_was(self, inside: Client, post_office: PostOffice) -> None:
        """C17, C19."""
        message = Submission.objects.get(form_data__has_key="name")
        address = f"/mijn-gegevens/overzicht/verbeteren/contact.submissions/Submission%20%23{message.pk}/"
        assert 'value="Jan Janssen"' in inside.get(address).content.decode()
        inside.post(address, {"value_0": "Jan Jansen", "value_1": "Mag het iets ronder?"})
        message.refresh_from_db()
        assert message.form_data["name"] == "Jan Jansen"
        change = Correction.objects.get()
        assert (change.label, change.old, change.new) == ("Naam", "Jan Janssen", "Jan Jansen")
        assert DataRequest.objects.get(kind="rectification").state == "delivered"
        assert any("was “Jan Janssen”" in mail.body for mail in post_office())
        assert "Jan Janssen" in inside.get("/mijn-gegevens/overzicht/").content.decode()

    def test_corrects_only_what_was_changed(self, inside: Client) -> None:
        """A browser writes line ends in its own way; and nothing at all makes no request, letter or task."""
        message = Submission.objects.get(form_data__has_key="name")
        message.form_data["message"] = "Eerst dit.\nDan dat."
        message.save()
        address = f"/mijn-gegevens/overzicht/verbeteren/contact.submissions/Submission%20%23{message.pk}/"
        inside.post(address, {"value_0": "Jan Janssen", "value_1": "Eerst dit.\r\nDan dat.\r\n"})
        assert not Correction.objects.exists()
        assert not DataRequest.objects.filter(kind="rectification").exists()
        inside.post(address, {"value_0": "Jan", "value_1": "Eerst dit.\r\nDan dat."})
        assert Correction.objects.get().label == "Naam"

    def test_leaves_as_it_is_what_did_not_come_along(self, inside: Client) -> None:
        """A program that sends one value of several takes no other away."""
        message = Submission.objects.get(form_data__has_key="name")
        address = f"/mijn-gegevens/overzicht/verbeteren/contact.submissions/Submission%20%23{message.pk}/"
        inside.post(address, {})
        assert not Correction.objects.exists()
        inside.post(address, {"value_0": ""})
        message.refresh_from_db()
        assert (message.form_data["name"], message.form_data["message"]) == ("", "Mag het iets ronder?")

    def test_a_correction_does_not_answer_what_was_asked_in_words(self, client: Client, jan: DataSubject) -> None:
        """What somebody wrote with their request is read by somebody."""
        now = timezone.now()
        asked = services.begin(subject=jan, kind="rectification", language="nl", message="En mijn telefoonnummer.", at=now)
        assert services.begin(subject=jan, kind="rectification", language="nl", at=now) != asked
        restriction = services.begin(subject=jan, kind="restriction", language="nl", message="Graag.", at=now)
        assert services.begin(subject=jan, kind="restriction", language="nl", at=now) == restriction

    def test_an_archive_that_is_being_made_is_not_made_twice(self, inside: Client) -> None:
        for _ in range(3):
            inside.post("/mijn-gegevens/overzicht/archief/", {"kind": "access"})
            search.collect(DataRequest.objects.get(kind="access").pk, at=timezone.now())
        assert DataRequest.objects.get(kind="access").state == "ready"

    def test_corrects_nothing_of_anybody_else(self, inside: Client) -> None:
        theirs = relation(timezone.now(), email="ander@voorbeeld.example").submissions.get()
        address = f"/mijn-gegevens/overzicht/verbeteren/contact.submissions/Submission%20%23{theirs.pk}/"
        assert inside.post(address, {"value_0": "gekaapt"}).status_code == 302
        assert not Correction.objects.exists()
        theirs.refresh_from_db()
        assert "gekaapt" not in str(theirs.form_data)

    def test_restricts(self, inside: Client, jan: DataSubject, post_office: PostOffice) -> None:
        """C17: frozen for use and for the clock; recipients get a task (C19)."""
        inside.post("/mijn-gegevens/overzicht/beperken/")
        jan.refresh_from_db()
        assert jan.restricted_at is not None
        assert list(DataSubject.objects.held(timezone.now())) == [jan]
        request = DataRequest.objects.get(kind="restriction")
        assert (request.state, request.identity) == ("delivered", "link")
        assert RecipientNotice.objects.filter(request=request).exists()
        assert any("beperkt" in mail.subject for mail in post_office())

    def test_stops_marketing_at_once(self, inside: Client) -> None:
        """C21: 21(2)-(3)."""
        inside.post("/mijn-gegevens/overzicht/bezwaar/", {"against": "marketing"})
        assert DataRequest.objects.get(kind="objection").state == "delivered"

    def test_other_objections_wait_for_a_person_and_stop_the_use(self, inside: Client, jan: DataSubject) -> None:
        """C21, 18(1)(d)."""
        inside.post("/mijn-gegevens/overzicht/bezwaar/", {"against": "other", "message": "Ik wil dit niet."})
        request = DataRequest.objects.get(kind="objection")
        assert (request.state, request.message) == ("open", "Ik wil dit niet.")
        jan.refresh_from_db()
        assert jan.restricted_at is not None

    def test_an_objection_is_lost_to_no_byte_and_pressed_twice_is_one(self, inside: Client, jan: DataSubject) -> None:
        for _press in range(2):
            inside.post("/mijn-gegevens/overzicht/bezwaar/", {"against": "other", "message": "Ik wil\0 dit niet."})
        request = DataRequest.objects.get(kind="objection")
        assert request.message == "Ik wil dit niet."
        assert request.events.exclude(reason="").count() == 1
        DataSubject.objects.update(restricted_at=None)
        inside.post("/mijn-gegevens/overzicht/bezwaar/", {"against": "other", "message": "Ik wil dit niet."})
        jan.refresh_from_db()
        assert jan.restricted_at, "somebody lifted it, and it is still not weighed"

    def test_erases_when_the_word_is_typed(self, inside: Client, post_office: PostOffice) -> None:
        """C18: gone from everywhere; the request stays without its person, and the letter still arrives."""
        post_office()
        refused = inside.post("/mijn-gegevens/overzicht/wissen/", {"confirmation": "ja"})
        assert refused.status_code == 302
        assert DataSubject.objects.exists()
        response = inside.post("/mijn-gegevens/overzicht/wissen/", {"confirmation": "wissen"})
        assert "zijn gewist" in response.content.decode()
        assert not DataSubject.objects.exists()
        assert not Submission.objects.exists()
        (letter,) = [mail for mail in post_office() if "gewist" in mail.subject]
        assert letter.to == [JAN]
        assert inside.get("/mijn-gegevens/overzicht/").status_code == 302
        forget()
        request = DataRequest.objects.get(kind="erasure")
        assert (request.state, request.subject, request.email, request.message) == ("delivered", None, "", "")
        assert [row.body for row in request.letters.exclude(kind="recipient")] == [letter.body]
        assert not DataRequest.objects.exclude(email="").exists()

    def test_the_letter_names_what_the_page_said_would_stay(self, inside: Client, post_office: PostOffice) -> None:
        """C18: the same list before and after, also of who objected to marketing."""
        inside.post("/mijn-gegevens/overzicht/bezwaar/", {"against": "marketing"})
        page = inside.get("/mijn-gegevens/overzicht/").content.decode()
        inside.post("/mijn-gegevens/overzicht/wissen/", {"confirmation": "wissen"})
        (letter,) = [mail for mail in post_office() if "zijn gewist" in mail.subject]
        for words in (
            "Dat u om wissen vroeg",
            "Een onleesbare code van uw e-mailadres",
            "op de lijst van wie geen reclame wil",
        ):
            assert words in page, words
            assert words in letter.body, words

    def test_a_dispute_is_for_a_person_to_decide(self, inside: Client, jan: DataSubject) -> None:
        """17(3)(e)."""
        DataSubject.objects.update(hold_until=timezone.now() + timedelta(days=9), hold_reason="geschil")
        inside.post("/mijn-gegevens/overzicht/wissen/", {"confirmation": "WISSEN"})
        assert DataSubject.objects.exists()
        assert DataRequest.objects.get(kind="erasure").state == "open"

    @pytest.mark.parametrize("state", State)
    def test_says_how_far_a_request_is_in_words_for_who_asked(self, inside: Client, state: State) -> None:
        """What staff have to do is no news to them; the same stands in their archive."""
        now = timezone.now()
        is_over = state in FINAL
        DataRequest.objects.update(
            state=state, closed_at=now if is_over else None, waiting_since=now.date() if state == State.WAITING else None
        )
        page = inside.get("/mijn-gegevens/overzicht/").content.decode()
        told = str(TOLD[state])
        assert f"<strong>{told[:1].upper()}{told[1:]}</strong>" in page
        assert f"<dd>{told}</dd>" in papers("nl")["index.html"].decode()

    def test_says_what_happened_without_the_words_of_staff(self, inside: Client, jan: DataSubject) -> None:
        """Neither what is still to be done for them, nor what a record is called in our files."""
        request = services.begin(subject=jan, kind="rectification", language="nl", at=timezone.now())
        (message,) = jan.submissions.filter(form_data__has_key="name")
        acts.correct(
            request,
            source="contact.submissions",
            reference=str(message),
            values={"Naam": "Jan Jansen"},
            actor="officer",
            at=timezone.now(),
            is_all=False,
        )
        page, letter = inside.get("/mijn-gegevens/overzicht/").content.decode(), papers("nl")["index.html"].decode()
        for read in (page, letter):
            assert "in behandeling" in read
            assert "te doen" not in read
            assert f"bericht {message.pk}" in read
            assert str(message) not in re.sub(r"<[^>]+>", "", read)

    def test_takes_a_request_back(self, inside: Client, jan: DataSubject) -> None:
        inside.post("/mijn-gegevens/overzicht/bezwaar/", {"against": "other", "message": "Toch niet."})
        request = DataRequest.objects.get(kind="objection")
        inside.post(f"/mijn-gegevens/overzicht/intrekken/{request.pk}/")
        request.refresh_from_db()
        assert request.state == "withdrawn"
        theirs = services.take(email="ander@voorbeeld.example", kind="objection", received_at=timezone.now(), at=timezone.now())
        inside.post(f"/mijn-gegevens/overzicht/intrekken/{theirs.pk}/")
        theirs.refresh_from_db()
        assert theirs.state == "open"

    def test_says_it_took_back_only_what_it_did(self, inside: Client) -> None:
        answer = inside.post("/mijn-gegevens/overzicht/intrekken/999999/", follow=True)
        assert 'role="status"' not in answer.content.decode().split("<main")[1].split("<h2")[0]

    @pytest.mark.parametrize("done", ["onzin", "\0", "<b>"])
    def test_says_nothing_was_done_that_it_does_not_know(self, inside: Client, done: str) -> None:
        def said(done: str) -> int:
            return inside.get("/mijn-gegevens/overzicht/", {"done": done}).content.decode().count('class="notice')

        assert said(done) == said("") == said("withdrawn") - 1

    def test_takes_along_what_they_gave(self, inside: Client, post_office: PostOffice) -> None:
        """C20: provided by the person alone, whatever the site made of it (what it holds for spam was given as well)."""
        post_office()
        inside.post("/mijn-gegevens/overzicht/archief/", {"kind": "portability"})
        (ready,) = [mail for mail in post_office() if "staan klaar" in mail.subject]
        files = unzipped(Client().post(link_in(ready)))
        data = json.loads(files["data.json"])
        given = {"contact.submissions", "contact.attachments", "contact.possible_spam", "contact.possible_spam_files"}
        assert (data["right"], set(data["sources"])) == ("portability", given)
        messages = data["sources"]["contact.submissions"]["records"]
        assert messages[-1]["values"] == {"Naam": "Jan Janssen", "E-mailadres": JAN, "Uw bericht": "Mag het iets ronder?"}
        tables = {name for name in files if name.startswith("csv/")}
        assert tables == {f"csv/{source}.csv" for source in given}


def test_a_button_locks_the_person_once(jan: DataSubject) -> None:
    """Before it looks for what the same press did a moment ago."""
    with (
        transaction.atomic(),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        services.press(subject=jan, kind="restriction", language="nl", at=timezone.now())
    people, requests = DataSubject._meta.db_table, DataRequest._meta.db_table
    said = [query["sql"] for query in asked if people in query["sql"] or f'FROM "{requests}"' in query["sql"]]
    assert "FOR NO KEY UPDATE" in said[0]
    assert sum(sql.startswith("SELECT") and "FOR NO KEY UPDATE" in sql for sql in said) == 1


class TestArchiveLink:
    """C14: sealed at rest, taken once, gone after its days."""

    @pytest.fixture
    def address(self, inside: Client, post_office: PostOffice) -> str:
        return link_in(next(mail for mail in post_office() if "staan klaar" in mail.subject))

    @pytest.mark.usefixtures("either_storage")
    def test_lies_sealed(self, address: str) -> None:
        (name,) = archives()
        with DataRequest.objects.get().archive.open() as file:
            raw = file.read()
        assert name
        assert raw.startswith(b"age-encryption.org/v1")
        assert b"Janssen" not in raw
        assert address.rstrip("/").rpartition("/")[2] not in str(OneTimeLink.objects.values())

    @pytest.mark.usefixtures("either_storage")
    def test_may_be_taken_again_for_a_day_and_then_goes(
        self, address: str, settings: Any, time_passes: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        assert unzipped(Client().post(address))
        time_passes(hours=settings.DOWNLOAD_AGAIN_HOURS - 1)
        assert unzipped(Client().post(address))
        time_passes(hours=2)
        assert Client().post(address).status_code == 404
        with django_capture_on_commit_callbacks(execute=True):
            forget()
        assert not archives()

    @pytest.mark.usefixtures("either_storage")
    def test_goes_after_seven_days_untaken(
        self, address: str, settings: Any, time_passes: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        time_passes(days=settings.EXPORT_KEEP_DAYS, seconds=-5)
        forget()
        assert len(archives()) == 1
        time_passes(seconds=10)
        with django_capture_on_commit_callbacks(execute=True):
            forget()
        assert not archives()
        assert Client().post(address).status_code == 404
        assert DataRequest.objects.get().events.filter(reason="Archief gewist.").count() == 1

    def test_a_mail_scanner_takes_nothing(self, address: str) -> None:
        """GET shows a button; the archive and its days are as they were."""
        for _ in range(3):
            response = Client().get(address)
            assert response.status_code == 200
            assert response["Content-Type"].startswith("text/html")
            assert response["Referrer-Policy"] == "no-referrer"
            assert "no-store" in response["Cache-Control"]
        assert OneTimeLink.objects.get(opens="archive").used_at is None
        assert unzipped(Client().post(address))

    def test_altered_it_opens_nothing_and_five_times_it_is_dead(self, address: str, settings: Any) -> None:
        for number in range(settings.LINK_TRIES):
            assert Client().post(f"{address[:-4]}{number}aa/").status_code == 404
        assert Client().post(address).status_code == 404

    def test_opens_no_session(self, address: str) -> None:
        response = Client().post(address)
        assert COOKIE not in response.cookies
        assert unzipped(response)

    def test_somebody_elses_link_opens_their_own_archive_only(
        self, address: str, client: Client, post_office: PostOffice
    ) -> None:
        theirs = relation(timezone.now(), email="ander@voorbeeld.example")
        services.take(email=theirs.email, kind="access", received_at=timezone.now(), at=timezone.now())
        other = link_in(next(mail for mail in post_office() if mail.to == [theirs.email]))
        assert b"jan@voorbeeld" not in unzipped(Client().post(other))["data.json"]

    def test_a_mail_that_fails_makes_it_anew_under_a_new_key(
        self, inside: Client, post_office: PostOffice, monkeypatch: Any
    ) -> None:
        """Nobody keeps the key: not even for a second attempt."""
        from django.core.mail.backends.locmem import EmailBackend

        with monkeypatch.context() as patch:
            patch.setattr(EmailBackend, "send_messages", lambda *args: (_ for _ in ()).throw(ConnectionError()))
            post_office()
        (first,) = archives()
        assert DataRequest.objects.get().state == "ready"
        Mail.objects.filter(state="pending").update(next_attempt_at=timezone.now())
        (mail,) = [mail for mail in post_office() if "staan klaar" in mail.subject]
        assert unzipped(Client().post(link_in(mail)))
        assert DataRequest.objects.get().archive.name != f"inzage/{first}"

    def test_damaged_it_says_so_calmly(self, address: str) -> None:
        request = DataRequest.objects.get()
        with request.archive.open("r+b") as file:
            file.seek(-10, io.SEEK_END)
            file.write(b"0123456789")
        assert Client().post(address).status_code == 404

    @pytest.mark.usefixtures("either_storage")
    def test_erasure_takes_the_file_along(
        self, address: str, jan: DataSubject, django_capture_on_commit_callbacks: Any
    ) -> None:
        """C18, I7."""
        from privacy.subjects.services import erase

        with django_capture_on_commit_callbacks(execute=True):
            erase([jan], reason="request", at=timezone.now())
        assert not archives()
        assert Client().post(address).status_code == 404

    @pytest.mark.parametrize("end", ["withdrawn", "refused", "collecting"])
    def test_goes_at_once_when_the_request_ends_without_it(
        self, inside: Client, post_office: PostOffice, monkeypatch: Any, django_capture_on_commit_callbacks: Any, end: str
    ) -> None:
        """5(1)(e): taken back, refused, or to be put together anew; its period is for who waits for it."""
        from django.core.mail.backends.locmem import EmailBackend

        with monkeypatch.context() as patch:
            patch.setattr(EmailBackend, "send_messages", lambda *args: (_ for _ in ()).throw(ConnectionError()))
            post_office()
        assert len(archives()) == 1
        request = DataRequest.objects.get()
        now = timezone.now()
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            if end == "withdrawn":
                services.withdraw(request, actor="officer", at=now, reason="Gebeld.")
            else:
                steps.move(steps.locked(request), State.COLLECTING, actor="site", at=now)
                if end == "refused":
                    services.refuse(request, reason="Buitensporig.", user=None, at=now)
        assert archives() == []
        request.refresh_from_db()
        assert (request.state, request.archive.name) == (end, "")
        assert not request.links.filter(opens="archive").exists()
        assert request.events.filter(reason="Archief gewist.").count() == 1

    def test_half_an_archive_is_never_delivered(self, inside: Client, monkeypatch: Any, post_office: PostOffice) -> None:
        """A worker that dies while building leaves the answer owed."""

        def dies(*args: Any, **kwargs: Any) -> None:
            raise ConnectionError

        with monkeypatch.context() as patch:
            patch.setattr(delivery.archive, "write", dies)
            post_office()
        assert not archives()
        assert DataRequest.objects.get().state == "ready"
        Mail.objects.filter(state="pending").update(next_attempt_at=timezone.now())
        assert any("staan klaar" in mail.subject for mail in post_office())
        assert len(archives()) == 1
