"""Another e-mail address (art. 16): proven by its own mailbox, then the person is known by it everywhere, nobody else is."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact.models import Submission
from privacy.consent.chain import broken_links
from privacy.consent.links import consents_url
from privacy.consent.models import ConsentEvent, Suppression
from privacy.consent.services import may, object_to_mailings, withdraw
from privacy.consent.suppression import is_suppressed
from privacy.mail.models import Mail
from privacy.retention.services import expire_due
from privacy.rights import acts, new_address, services, steps
from privacy.rights.delivery import build_export
from privacy.rights.links import token_of
from privacy.rights.models import Correction, DataRequest, OneTimeLink, RecipientNotice
from privacy.rights.tasks import forget
from privacy.subjects.addresses import Taken, readdress
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase
from tests.factories import ConsentEventFactory, SubmissionFactory, relation
from tests.my_data import JAN, PostOffice, ask, link_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

NEW = "jan.nieuw@elders.example"
PAGE = "/mijn-gegevens/overzicht/adres/"


def to(mails: list[EmailMessage], address: str) -> list[EmailMessage]:
    return [mail for mail in mails if mail.to == [address]]


@pytest.fixture
def inside(client: Client, jan: DataSubject, post_office: PostOffice) -> Client:
    """Jan came through his link."""
    ask(client)
    (mail,) = post_office()
    assert client.post(link_in(mail)).status_code == 302
    post_office()
    return client


def offered(client: Client, email: str = NEW) -> Any:
    return client.post(PAGE, {"email": email, "again": email})


@pytest.fixture
def link(inside: Client, post_office: PostOffice) -> str:
    """He offered a new address, and reads the mail there."""
    assert offered(inside)["Location"].endswith("?done=address")
    (mail,) = post_office()
    assert mail.to == [NEW]
    return link_in(mail)


class TestAsking:
    """The form, and the mail to an address that is not theirs yet."""

    def test_nothing_changes_until_the_button_in_the_mail(self, inside: Client, link: str, jan: DataSubject) -> None:
        """Nor does it keep the person from being erased, or an officer busy."""
        for _ in range(3):
            seen = Client().get(link)
            assert (seen.status_code, seen["Referrer-Policy"]) == (200, "no-referrer")
            assert "no-store" in seen["Cache-Control"]
        assert NEW in seen.content.decode()
        assert JAN not in seen.content.decode()
        jan.refresh_from_db()
        assert jan.email == JAN
        assert not Correction.objects.exists()
        waiting = DataRequest.objects.get(kind="rectification")
        assert (waiting.state, waiting.new_email) == ("unconfirmed", NEW)
        assert waiting not in DataRequest.objects.pending()
        mine = inside.get("/mijn-gegevens/overzicht/").content.decode()
        assert f"Wij mailden een link naar {NEW}" in mine

    def test_known_or_not_the_answer_the_work_and_the_mail_are_the_same(self, inside: Client, post_office: PostOffice) -> None:
        """No enumeration: whose address it is shows only to who reads its mail, and not in the mail either."""
        relation(timezone.now(), email="bekend@elders.example")
        answers, mails = [], []
        for email in ("eerst@elders.example", "bekend@elders.example", "nieuws@elders.example"):
            with CaptureQueriesContext(connection) as asked:
                response = offered(inside, email)
            answers.append((response.status_code, response["Location"], response.content, len(asked)))
            (mail,) = to(post_office(), email)
            mails.append(mail.body.replace(link_in(mail), ""))
            # No earlier one to end: the same beginning for each.
            DataRequest.objects.filter(state="unconfirmed").update(state="expired", closed_at=timezone.now())
        assert answers[0] == answers[1] == answers[2]
        assert mails[0] == mails[1] == mails[2]
        assert JAN not in mails[0]

    @pytest.mark.parametrize(
        ("email", "again", "said"),
        [
            ("", "", "Vul uw nieuwe e-mailadres in."),
            ("geen adres", "geen adres", "Vul een volledig e-mailadres in"),
            (NEW, "jan.neiuw@elders.example", "Dit is niet hetzelfde adres."),
            (JAN.upper(), JAN, "Bij dit adres kennen wij u al."),
        ],
    )
    def test_refuses_what_cannot_be_meant(self, inside: Client, email: str, again: str, said: str) -> None:
        assert said in inside.post(PAGE, {"email": email, "again": again}).content.decode()
        assert not DataRequest.objects.filter(kind="rectification").exists()

    def test_the_last_one_offered_counts_and_one_with_a_mistake_is_taken_back(
        self, inside: Client, link: str, post_office: PostOffice
    ) -> None:
        offered(inside, "jan2@elders.example")
        (mail,) = post_office()
        assert Client().post(link).status_code == 404
        waiting = DataRequest.objects.get(state="unconfirmed")
        inside.post(f"/mijn-gegevens/overzicht/intrekken/{waiting.pk}/")
        waiting.refresh_from_db()
        assert (waiting.state, waiting.new_email) == ("withdrawn", "")
        assert Client().post(link_in(mail)).status_code == 404
        assert DataSubject.objects.get().email == JAN

    def test_nobody_floods_mailboxes_with_it(self, inside: Client, settings: Any) -> None:
        """Not one mailbox, which learns nothing by it, and not many."""
        limit = settings.ASKS_PER_HOUR["mailbox"]
        settings.ASKS_PER_HOUR = settings.ASKS_PER_HOUR | {"new address": limit + 1}
        for _ in range(limit + 1):
            assert offered(inside)["Location"].endswith("?done=address")
        assert Mail.objects.filter(kind=new_address.ADDRESS_MAIL).count() == limit
        assert "Probeer het over een uur opnieuw" in offered(inside, "jan3@elders.example").content.decode()

    def test_without_a_session_there_is_no_form(self, client: Client) -> None:
        assert client.get(PAGE).status_code == 302
        assert offered(client).status_code == 302
        assert not DataRequest.objects.exists()


class TestLink:
    """Once, for a day, only whole."""

    def test_works_once(self, link: str) -> None:
        assert "Uw adres is veranderd" in Client().post(link).content.decode()
        assert Client().post(link).status_code == 404
        assert Correction.objects.count() == 1

    def test_works_for_a_day_and_then_the_address_is_forgotten(self, link: str, monkeypatch: Any, settings: Any) -> None:
        now = timezone.now() + timedelta(hours=settings.LINK_HOURS, seconds=1)
        monkeypatch.setattr(timezone, "now", lambda: now)
        assert Client().get(link).status_code == Client().post(link).status_code == 404
        forget()
        request = DataRequest.objects.get(kind="rectification")
        assert (request.state, request.new_email) == ("expired", "")
        assert DataSubject.objects.get().email == JAN

    def test_altered_it_proves_nothing_and_five_times_it_is_dead(self, link: str, settings: Any) -> None:
        for number in range(settings.LINK_TRIES):
            assert Client().post(f"{link[:-4]}{number}aa/").status_code == 404
        assert Client().post(link).status_code == 404
        assert DataSubject.objects.get().email == JAN

    def test_of_somebody_erased_meanwhile_proves_nothing(self, link: str, jan: DataSubject) -> None:
        DataRequest.objects.pending().update(state="delivered", closed_at=timezone.now())
        erase([jan], reason="request", at=timezone.now())
        assert Client().post(link).status_code == 404
        assert not DataSubject.objects.exists()
        assert not DataRequest.objects.exclude(new_email="").exists()

    def test_does_not_keep_the_person_from_going_when_their_time_is_over(self, link: str) -> None:
        DataRequest.objects.pending().update(state="delivered", closed_at=timezone.now())
        assert expire_due(as_of=timezone.now() + timedelta(days=800)).erased == 1
        assert Client().post(link).status_code == 404

    def test_a_mail_that_is_tried_again_holds_the_same_link(self, link: str, post_office: PostOffice) -> None:
        Mail.objects.filter(kind=new_address.ADDRESS_MAIL).update(state="pending", next_attempt_at=timezone.now())
        (again,) = post_office()
        assert link_in(again) == link

    def test_opens_no_session(self, link: str) -> None:
        stranger = Client()
        stranger.post(link)
        assert not stranger.cookies


class TestChange:
    """What is true once the button was pressed."""

    def test_the_person_is_known_by_it_wherever_the_old_one_stood(self, link: str, jan: DataSubject) -> None:
        spam = SubmissionFactory.create(
            subject=jan, possible_spam=True, form_data={"email": JAN.upper(), "message": f"Mail {JAN}"}
        )
        other = relation(timezone.now(), email="ander@voorbeeld.example")
        other.submissions.update(form_data={"email": JAN})
        Client().post(link)
        jan.refresh_from_db()
        assert jan.email == NEW
        assert jan.submissions.get(form_data__has_key="name").form_data["email"] == NEW
        spam.refresh_from_db()
        assert spam.form_data == {"email": NEW, "message": f"Mail {JAN}"}, "what somebody wrote in words is theirs"
        assert set(jan.data_requests.values_list("email", flat=True)) == {NEW}
        assert other.submissions.get().form_data == {"email": JAN}, "of somebody else nothing changes"

    def test_old_and_new_are_kept_shown_and_in_the_archive(self, inside: Client, link: str, jan: DataSubject) -> None:
        """C17."""
        Client().post(link)
        kept = Correction.objects.get()
        assert (kept.subject, kept.label, kept.old, kept.new) == (jan, "E-mailadres", JAN, NEW)
        request = kept.request
        assert list(request.events.values_list("to_state", flat=True)) == ["unconfirmed", "open", "delivered"]
        assert (request.state, request.new_email, request.identity) == ("delivered", "", "link")
        mine = inside.get("/mijn-gegevens/overzicht/").content.decode()
        assert f"Bij het adres {NEW}." in mine
        assert JAN in mine
        out = io.BytesIO()
        build_export(email=NEW, out=out)
        with zipfile.ZipFile(out) as bundle:
            data = json.loads(bundle.read("data.json"))
        (row,) = data["sources"]["rights.corrections"]["records"]
        assert (row["values"]["Was"], row["values"]["Werd"]) == (JAN, NEW)
        assert data["subject"]["email"] == NEW

    def test_the_new_address_hears_what_and_the_old_one_only_that(self, link: str, post_office: PostOffice) -> None:
        """The old mailbox may be somebody else's by now."""
        Client().post(link)
        mails = post_office()
        (told,) = to(mails, NEW)
        assert f"was “{JAN}”, is nu “{NEW}”" in told.body
        (notice,) = to(mails, JAN)
        assert len(mails) == 2
        request = DataRequest.objects.get(kind="rectification")
        for words in (f"V{request.pk}", "Vroeg u dit niet?", "Koel ICT"):
            assert words in notice.body
        assert NEW not in notice.subject + notice.body
        assert "elders" not in str(notice.message())
        assert request.letters.get(kind="readdressed").body == notice.body

    def test_recipients_are_to_be_told(self, link: str) -> None:
        """C19, art. 19."""
        Client().post(link)
        assert RecipientNotice.objects.filter(request__kind="rectification").count() > 1

    def test_what_was_owed_goes_to_the_new_address_and_old_links_are_dead(
        self, inside: Client, jan: DataSubject, post_office: PostOffice
    ) -> None:
        """Whoever has a mailed link is taken for the person: to that mailbox nobody mailed it for who reads it now."""
        inside.post("/mijn-gegevens/overzicht/archief/", {"kind": "access"})
        consents = consents_url(jan).removeprefix(settings.SITE_URL)
        (ready,) = [mail for mail in post_office() if "staan klaar" in mail.subject]
        inside.post("/mijn-gegevens/overzicht/beperken/")
        offered(inside)
        with_link = DataRequest.objects.get(state="unconfirmed").links.get()
        proof = new_address.prove(token_of(with_link), at=timezone.now())
        assert not proof.is_taken
        assert {mail.to[0] for mail in post_office() if "beperkt" in mail.subject} == {NEW}
        assert Client().post(link_in(ready)).status_code == 404
        assert Client().get(consents).status_code == 410
        assert not OneTimeLink.objects.exists()

    def test_a_restriction_and_a_hold_stay(self, link: str, jan: DataSubject) -> None:
        """Art. 18(2): what the person asks for may be done. Asking was the contact; the button that proves it is none."""
        until, long_ago = timezone.now() + timedelta(days=90), timezone.now() - timedelta(days=9)
        DataSubject.objects.update(restricted_at=jan.created_at, hold_until=until, hold_reason="geschil")
        DataSubject.objects.update(last_contact_at=long_ago)
        Client().post(link)
        jan.refresh_from_db()
        assert jan.email == NEW
        assert (jan.restricted_at, jan.hold_until, jan.hold_reason) == (jan.created_at, until, "geschil")
        assert jan.last_contact_at == long_ago

    def test_asking_is_a_contact(self, inside: Client, jan: DataSubject) -> None:
        DataSubject.objects.update(last_contact_at=timezone.now() - timedelta(days=9))
        begin = timezone.now()
        offered(inside)
        jan.refresh_from_db()
        assert begin <= jan.last_contact_at <= timezone.now()

    def test_works_in_english(self, inside: Client, post_office: PostOffice) -> None:
        assert inside.post("/en/my-data/overview/address/", {"email": NEW, "again": NEW}).status_code == 302
        (mail,) = post_office()
        assert "Was that you?" in mail.body
        assert "/en/my-data/" in link_in(mail)
        assert "Your address has been changed" in Client().post(link_in(mail)).content.decode()
        assert "Did you not ask for this?" in to(post_office(), JAN)[0].body


class TestConsents:
    """What was agreed to and refused is the person's, whatever they are called."""

    def test_the_chain_still_leads_to_what_was_shown(self, link: str, jan: DataSubject) -> None:
        before = list(ConsentEvent.objects.order_by("pk").values())
        Client().post(link)
        assert not list(broken_links())
        assert list(ConsentEvent.objects.order_by("pk").values()) == before
        ConsentEventFactory.create(subject=jan, purpose="reference")
        assert not list(broken_links())

    def test_withdrawn_stays_withdrawn_and_given_stays_given(self, link: str, jan: DataSubject) -> None:
        for purpose in ("newsletter", "reference"):
            ConsentEventFactory.create(subject=jan, purpose=purpose)
        withdraw(subject=jan, purpose="reference", place="phone", at=timezone.now(), method="phone")
        Client().post(link)
        jan.refresh_from_db()
        assert may(subject=jan, purpose="newsletter")
        assert not may(subject=jan, purpose="reference")

    def test_an_objection_holds_for_the_new_address_too(self, link: str, jan: DataSubject) -> None:
        """21(3): since its own moment, so that what is agreed to later counts; the old address stays on the list."""
        at = timezone.now()
        ConsentEventFactory.create(subject=jan, purpose="newsletter", at=at - timedelta(days=1))
        object_to_mailings(email=JAN, place="phone", at=at, method="phone")
        Client().post(link)
        assert is_suppressed(NEW, since=at)
        assert is_suppressed(JAN, since=at)
        jan.refresh_from_db()
        assert not may(subject=jan, purpose="newsletter")
        ConsentEventFactory.create(subject=jan, purpose="newsletter", at=at + timedelta(seconds=1))
        assert may(subject=jan, purpose="newsletter")

    def test_an_objection_of_the_new_address_holds_as_well(self, link: str, jan: DataSubject) -> None:
        ConsentEventFactory.create(subject=jan, purpose="newsletter", at=timezone.now() - timedelta(days=1))
        object_to_mailings(email=NEW, place="phone", at=timezone.now(), method="phone")
        Client().post(link)
        jan.refresh_from_db()
        assert not may(subject=jan, purpose="newsletter")
        assert Suppression.objects.count() == 1


class TestTaken:
    """Two people are never made one; who proved the address hears it, and a person decides."""

    @pytest.fixture
    def other(self, link: str) -> DataSubject:
        """Somebody takes the address between the mail and the button."""
        return relation(timezone.now(), email=NEW)

    def test_nothing_changes_and_the_officer_has_it(
        self, link: str, other: DataSubject, jan: DataSubject, post_office: PostOffice
    ) -> None:
        page = Client().post(link).content.decode()
        assert "Wij kijken hiernaar" in page
        assert JAN not in page
        jan.refresh_from_db()
        assert jan.email == JAN
        assert not Correction.objects.exists()
        request = DataRequest.objects.get(kind="rectification")
        assert (request.state, request.new_email) == ("open", NEW)
        assert "hoort al bij andere gegevens" in request.events.latest("pk").reason
        mails = post_office()
        assert [mail.to for mail in mails] == [[settings.PRIVACY_EMAIL]], "neither address hears of a change"
        assert other.submissions.count() == 1
        assert services.begin(subject=jan, kind="rectification", language="nl", at=timezone.now()) != request, (
            "not theirs to end"
        )
        assert not RecipientNotice.objects.exists()
        assert Client().post(link).status_code == 404

    def test_once_the_other_is_erased_the_officer_finishes_it(
        self, link: str, other: DataSubject, jan: DataSubject, admin_client: Client
    ) -> None:
        Client().post(link)
        request = DataRequest.objects.get(kind="rectification")
        step = reverse("privacy_rights_step", args=[request.pk, "address_now"])
        said = {"address_now-email": NEW, "address_now-reason": "De link is gebruikt."}
        refused = admin_client.post(step, said | {"seen": request.last_event_id()}, follow=True).content.decode()
        assert "twee mensen voegen wij niet samen" in refused
        result = erase([other], reason="request", at=timezone.now())
        assert [kept.source for kept in result.retained] == ["rights.requests"], "Jan's request has the address still"
        admin_client.post(step, said | {"seen": request.last_event_id()})
        jan.refresh_from_db()
        assert jan.email == NEW


class TestOfficer:
    """For who phoned or wrote: the same link, or a reason why none is needed."""

    @pytest.fixture
    def request_(self, jan: DataSubject) -> DataRequest:
        now = timezone.now()
        return services.take(email=JAN, kind="rectification", channel="phone", identity="callback", received_at=now, at=now)

    def do(self, client: Client, request: DataRequest, name: str, **fields: str) -> str:
        """Press the button of a step."""
        values = {f"{name}-{key}": value for key, value in fields.items()} | {"seen": str(request.last_event_id())}
        found = client.post(reverse("privacy_rights_step", args=[request.pk, name]), values, follow=True)
        return found.content.decode()

    def test_sends_the_link_and_reports_it_when_it_was_used(
        self, admin_client: Client, request_: DataRequest, jan: DataSubject, post_office: PostOffice
    ) -> None:
        page = self.do(admin_client, request_, "address", email=NEW.upper())
        assert NEW in page, "what waits for its link is on the screen"
        (mail,) = post_office()
        assert mail.to == [NEW]
        Client().post(link_in(mail))
        jan.refresh_from_db()
        assert jan.email == NEW
        request_.refresh_from_db()
        assert (request_.state, request_.new_email, request_.identity) == ("open", "", "callback")
        mails = post_office()
        assert {mail.to[0] for mail in mails} == {JAN, settings.PRIVACY_EMAIL}
        self.do(admin_client, request_, "corrected")
        (told,) = post_office()
        assert told.to == [NEW]
        assert f"is nu “{NEW}”" in told.body
        request_.refresh_from_db()
        assert request_.state == "delivered"
        assert request_.notices.exists()

    def test_an_address_that_was_heard_wrong_is_sent_again(
        self, admin_client: Client, request_: DataRequest, post_office: PostOffice
    ) -> None:
        self.do(admin_client, request_, "address", email="jan.niew@elders.example")
        (wrong,) = post_office()
        self.do(admin_client, request_, "address", email=NEW)
        (right,) = post_office()
        assert Client().post(link_in(wrong)).status_code == 404
        assert "veranderd" in Client().post(link_in(right)).content.decode()

    def test_without_a_link_it_says_why(
        self, admin_client: Client, request_: DataRequest, jan: DataSubject, post_office: PostOffice
    ) -> None:
        for reason in ("", f"Belde vanaf {NEW}."):
            self.do(admin_client, request_, "address_now", email=NEW, reason=reason)
            jan.refresh_from_db()
            assert jan.email == JAN
        self.do(admin_client, request_, "address_now", email=NEW, reason="Kwam langs en wordt herkend.")
        jan.refresh_from_db()
        assert jan.email == NEW
        event = request_.events.get(reason__contains="Kwam langs")
        assert (event.actor, event.user is not None) == ("officer", True)
        assert [mail.to for mail in post_office()] == [[JAN]], "the old address hears it all the same"

    def test_puts_the_old_one_back_for_who_objects(
        self, request_: DataRequest, jan: DataSubject, officer: User, post_office: PostOffice
    ) -> None:
        for email in (NEW, JAN):
            new_address.change(request_, email=email, reason="Uitgezocht.", user=officer, at=timezone.now())
        jan.refresh_from_db()
        assert jan.email == JAN
        assert [(row.old, row.new) for row in Correction.objects.order_by("pk")] == [(JAN, NEW), (NEW, JAN)]
        assert [mail.to for mail in post_office()] == [[JAN], [NEW]]

    def test_refuses_the_address_that_they_have_and_requests_for_something_else(
        self, admin_client: Client, request_: DataRequest, jan: DataSubject
    ) -> None:
        assert "kennen wij de betrokkene al" in self.do(admin_client, request_, "address", email=JAN)
        other = services.take(email=JAN, kind="objection", received_at=timezone.now(), at=timezone.now())
        for name in ("address", "address_now"):
            self.do(admin_client, other, name, email=NEW, reason="Zomaar.")
        jan.refresh_from_db()
        assert jan.email == JAN
        assert not Mail.objects.filter(kind=new_address.ADDRESS_MAIL).exists()

    def test_a_stale_screen_changes_nothing(self, request_: DataRequest, jan: DataSubject) -> None:
        seen = request_.last_event_id()
        new_address.offer_for(request_, email=NEW, user=None, at=timezone.now(), seen=seen)
        with pytest.raises(steps.Outdated):
            new_address.change(request_, email=NEW, reason="Dubbel.", user=None, at=timezone.now(), seen=seen)
        jan.refresh_from_db()
        assert jan.email == JAN


def test_an_act_with_an_old_page_goes_to_the_person_and_makes_nobody_new(jan: DataSubject) -> None:
    """Another tab changed the address since this one was loaded."""
    loaded = DataSubject.objects.get()
    readdress(jan, email=NEW, at=timezone.now())
    request = services.begin(subject=loaded, kind="restriction", language="nl", at=timezone.now())
    acts.restrict(request, actor="person", at=timezone.now())
    assert [(who.pk, who.email) for who in DataSubject.objects.all()] == [(jan.pk, NEW)]
    assert request.email == NEW


def test_an_unused_link_to_the_old_mailbox_opens_nothing_any_more(
    client: Client, jan: DataSubject, post_office: PostOffice
) -> None:
    ask(client)
    (mail,) = post_office()
    readdress(jan, email=NEW, at=timezone.now())
    assert client.post(link_in(mail)).status_code == 404
    assert DataSubject.objects.count() == 1


def test_a_ledger_that_cannot_be_written_changes_nothing(link: str, settings: Any, tmp_path: Any) -> None:
    """Without its line, whoever is erased under the new address could come back under the old; the link works once it can."""
    good, settings.ERASURE_LEDGER_DIR = settings.ERASURE_LEDGER_DIR, tmp_path / "file"
    settings.ERASURE_LEDGER_DIR.write_text("a file where a folder should be")
    with pytest.raises(OSError, match="file"):
        Client().post(link)
    assert DataSubject.objects.get().email == JAN
    settings.ERASURE_LEDGER_DIR = good
    assert "veranderd" in Client().post(link).content.decode()


def test_somebody_elses_address_is_refused_whole(jan: DataSubject) -> None:
    other = relation(timezone.now(), email=NEW)
    with pytest.raises(Taken):
        readdress(jan, email=NEW.upper(), at=timezone.now())
    assert Submission.objects.get(form_data__has_key="name").form_data["email"] == JAN
    assert set(DataSubject.objects.values_list("pk", "email")) == {(jan.pk, JAN), (other.pk, NEW)}
