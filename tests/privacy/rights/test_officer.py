"""The officer: requests by phone, the clock, letters, review, recipients, and two officers at once."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from wagtail.models import ModelLogEntry

from privacy.mail.models import Mail
from privacy.retention.classes import end_classes
from privacy.rights import acts, delivery, recipients, review, search, services, steps
from privacy.rights.alarms import give_alarms
from privacy.rights.letter_kinds import LetterKind
from privacy.rights.letters import placeholders, write, write_to_recipient
from privacy.rights.models import Correction, DataRequest, Letter, LetterTemplate, RecipientNotice, RequestEvent
from privacy.rights.redaction import spans, without
from privacy.rights.services import TooLate
from privacy.rights.states import TRANSITIONS, NotAllowed, State
from privacy.rights.steps import Outdated
from privacy.storage import private_storage
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, registry
from tests.factories import relation, staff
from tests.my_data import JAN, NOTE, PostOffice, link_in, notes

from .conftest import archives

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

MAY_12 = datetime(2026, 5, 12, 9, tzinfo=UTC)


def taken(
    kind: str = "rectification", *, received_at: datetime = MAY_12, at: datetime | None = None, **more: Any
) -> DataRequest:
    """Somebody phoned."""
    return services.take(
        email=JAN, kind=kind, channel="phone", identity="callback", received_at=received_at, at=at or received_at, **more
    )


def states(request: DataRequest) -> list[str]:
    return list(request.events.values_list("to_state", flat=True))


class TestStates:
    """One table of transitions, and an event for each."""

    @pytest.mark.parametrize("current", State)
    @pytest.mark.parametrize("wanted", State)
    def test_what_is_not_in_the_table_cannot_happen(self, current: State, wanted: State) -> None:
        request = DataRequest(kind="access", state=current, email=JAN, received_at=MAY_12)
        request.closed_at = MAY_12 if not TRANSITIONS[current] else None
        request.waiting_since = MAY_12.date() if current == State.WAITING else None
        request.save()
        if wanted in TRANSITIONS[current]:
            steps.move(request, wanted, actor="officer", at=MAY_12)
            assert states(request) == [wanted]
        else:
            with pytest.raises(NotAllowed):
                steps.move(request, wanted, actor="officer", at=MAY_12)
            assert not states(request)

    @pytest.mark.parametrize("change", ["update", "delete"])
    def test_events_are_proof(self, change: str) -> None:
        """C16: PostgreSQL itself refuses."""
        taken()
        events = RequestEvent.objects.all()
        with pytest.raises(IntegrityError), transaction.atomic():
            events.update(reason="anders") if change == "update" else events._raw_delete("default")

    def test_an_event_never_names_the_person(self) -> None:
        request = taken()
        with pytest.raises(ValueError, match="must not name"):
            services.withdraw(request, actor="officer", at=MAY_12, reason=f"Mail van {JAN.upper()}")


class TestClock:
    """C2-C6 on real requests."""

    def test_starts_at_the_true_receipt(self, jan: DataSubject) -> None:
        request = taken(received_at=MAY_12, at=MAY_12 + timedelta(days=9))
        assert (request.due_on.isoformat(), request.promised_on.isoformat()) == ("2026-06-12", "2026-06-09")

    def test_overdue_the_day_after_and_not_before(self) -> None:
        request = taken()
        last = datetime(2026, 6, 12, 21, 59, tzinfo=UTC)  # 23:59 here
        assert not DataRequest.objects.overdue(last).exists()
        assert DataRequest.objects.overdue(last + timedelta(minutes=2)).get() == request
        assert request.is_overdue(last + timedelta(minutes=2))
        services.answer(request, reason="Per brief.", user=None, at=last)
        assert not DataRequest.objects.overdue(last + timedelta(days=99)).exists()

    def test_extension_goes_with_its_letter_once_and_in_time(self, officer: User, post_office: PostOffice) -> None:
        """C4."""
        request = taken()
        with pytest.raises(ValueError, match="reasons"):
            services.extend(request, months=1, reason=" ", user=officer, at=MAY_12)
        with pytest.raises(ValueError, match="one or two"):
            services.extend(request, months=3, reason="Veel.", user=officer, at=MAY_12)
        services.extend(request, months=2, reason="Zeven systemen.", user=officer, at=MAY_12 + timedelta(days=31))
        request.refresh_from_db()
        assert request.due_on.isoformat() == "2026-08-12"
        (mail,) = post_office()
        assert "Zeven systemen." in mail.body
        assert "12 augustus 2026" in mail.body
        assert "Autoriteit Persoonsgegevens" in mail.body
        with pytest.raises(TooLate):
            services.extend(request, months=1, reason="Nog meer.", user=officer, at=MAY_12 + timedelta(days=31))

    def test_no_extension_after_the_first_month(self, officer: User) -> None:
        """C4."""
        with pytest.raises(TooLate):
            services.extend(taken(), months=1, reason="Veel.", user=officer, at=MAY_12 + timedelta(days=32))
        assert not Letter.objects.exists()

    def test_waits_only_for_what_was_asked_at_once(self, officer: User, post_office: PostOffice) -> None:
        """C6: the days waited are added; a late question stops nothing."""
        request = taken()
        assert services.ask_person(request, question="Welke website?", user=officer, at=MAY_12 + timedelta(days=2))
        request.refresh_from_db()
        assert request.state == "waiting"
        assert not DataRequest.objects.overdue(MAY_12 + timedelta(days=99)).exists()
        services.resume(request, actor="officer", user=officer, at=MAY_12 + timedelta(days=12))
        request.refresh_from_db()
        assert (request.paused_days, request.due_on.isoformat()) == (10, "2026-06-22")
        late = taken()
        assert not services.ask_person(late, question="En?", user=officer, at=MAY_12 + timedelta(days=8))
        late.refresh_from_db()
        assert (late.state, late.paused_days) == ("open", 0)
        assert sum("Welke website?" in mail.body or "En?" in mail.body for mail in post_office()) == 2

    def test_alarms_come_once_each(self, post_office: PostOffice) -> None:
        """C3: at days 7, 21, 25 and daily from then; by number, without a name."""
        request = taken(received_at=timezone.now() - timedelta(days=26))
        received = request.received_at
        for day, mails in ((6, 0), (7, 1), (8, 1), (21, 2), (25, 3), (26, 4), (27, 5), (27, 5)):
            give_alarms(at=received + timedelta(days=day))
            assert Mail.objects.filter(kind="rights.alarm").count() == mails, day
        mail = post_office()[0]
        assert f"V{request.pk}" in mail.subject
        assert JAN not in mail.body
        services.answer(request, reason="Gebeld.", user=None, at=received)
        give_alarms(at=received + timedelta(days=29))
        assert Mail.objects.filter(kind="rights.alarm").count() == 5


class TestObjections:
    """C21, 18(1)(d), 18(3): weighed by somebody, frozen meanwhile, and not for ever."""

    def objects(self, at: datetime) -> DataRequest:
        request = services.begin(
            subject=DataSubject.objects.get(), kind="objection", language="nl", message=f"Nee. {at}", at=at
        )
        acts.object_on_grounds(request, at=at)
        return request

    @pytest.mark.parametrize("how", ["overruled", "refused", "withdrawn"])
    def test_what_was_frozen_for_an_objection_thaws_after_it_and_its_letter(
        self, jan: DataSubject, officer: User, post_office: PostOffice, how: str
    ) -> None:
        """Else who objected once would be kept for ever: the expiry passes over the restricted (D3)."""
        now = timezone.now()
        request = self.objects(now)
        jan.refresh_from_db()
        assert jan.restricted_at == now
        if how == "overruled":
            acts.uphold_objection(request, upheld=False, reason="Een lopend geding.", user=officer, at=now)
        elif how == "refused":
            services.refuse(request, reason="Buitensporig.", user=officer, at=now)
        else:
            services.withdraw(request, actor="person", at=now)
        acts.lift_announced()
        jan.refresh_from_db()
        assert jan.restricted_at == now, "not before the letter (18(3))"
        assert any("heffen die beperking nu op" in mail.body for mail in post_office())
        post_office()
        jan.refresh_from_db()
        assert jan.restricted_at is None
        assert request.letters.filter(kind="lifted").count() == 1

    def test_one_that_was_asked_for_or_is_weighed_still_stays(
        self, jan: DataSubject, officer: User, post_office: PostOffice
    ) -> None:
        now = timezone.now()
        acts.restrict(taken("restriction", received_at=now), actor="officer", at=now)
        first, second = self.objects(now), self.objects(now + timedelta(seconds=1))
        services.refuse(first, reason="Nee.", user=officer, at=now + timedelta(seconds=2))
        post_office()
        services.refuse(second, reason="Nee.", user=officer, at=now + timedelta(seconds=3))
        post_office()
        jan.refresh_from_db()
        assert jan.restricted_at is not None
        assert not Letter.objects.filter(kind="lifted").exists()

    def test_the_officer_freezes_for_who_phoned_and_thaws_after_giving_way(
        self, admin_client: Client, jan: DataSubject, post_office: PostOffice
    ) -> None:
        screen, request = TestScreen(), taken("objection", received_at=timezone.now())
        screen.act(admin_client, request, "freeze")
        jan.refresh_from_db()
        assert jan.restricted_at is not None
        again = reverse("privacy_rights_step", args=[request.pk, "freeze"])
        assert again not in screen.form(admin_client, request), "it is frozen"
        screen.act(admin_client, request, "uphold", reason="Wij stoppen met bellen.")
        post_office()
        jan.refresh_from_db()
        assert jan.restricted_at is not None, "until what is stopped has been seen to"
        screen.act(admin_client, request, "lift")
        post_office()
        jan.refresh_from_db()
        assert jan.restricted_at is None

    def test_stopping_marketing_does_not_answer_an_objection_to_something_else(self, jan: DataSubject) -> None:
        now = timezone.now()
        weighed = self.objects(now)
        asked = services.begin(subject=jan, kind="objection", language="nl", at=now)
        assert asked != weighed
        acts.object_to_marketing(asked, actor="person", at=now)
        weighed.refresh_from_db()
        assert weighed.state == "open"


class TestLetters:
    """Words that editors change, in two languages, kept as sent."""

    def test_a_refusal_says_why_and_where_to_complain(self, officer: User, post_office: PostOffice) -> None:
        """C15."""
        request = taken(language="en")
        services.refuse(request, reason="Excessive: {twelve} times this week.", user=officer, at=MAY_12)
        (mail,) = post_office()
        for words in ("Excessive: {twelve} times", "Autoriteit Persoonsgegevens", "six weeks", "12 May 2026"):
            assert words in mail.body, words
        assert request.letters.get().body == mail.body
        with pytest.raises(ValueError, match="reasons"):
            services.refuse(taken(), reason="", user=officer, at=MAY_12)

    @pytest.mark.parametrize("language", ["nl", "en"])
    @pytest.mark.parametrize("kind", LetterKind)
    def test_each_is_filled_in_and_kept_as_it_was_sent(
        self, jan: DataSubject, post_office: PostOffice, kind: LetterKind, language: str
    ) -> None:
        """C16: nothing in braces, in the person's language, signed; the mail is the copy that is kept."""
        request = taken(language=language)
        # The one to an old address finds it there.
        Correction.objects.create(request=request, subject=jan, source=Correction.ADDRESS, old=JAN, at=MAY_12)
        values = {name: f"<{name}>" for name in placeholders(kind) - placeholders(LetterKind.CONFIRMATION)}
        letter = write(request, kind, at=MAY_12, **values)
        assert "{" not in letter.heading + letter.body
        assert ("Kind regards," in letter.body) == (language == "en")
        assert all(value in letter.body or name in {"bewijs", "maanden"} for name, value in values.items())
        for words in (f"V{request.pk}", "Koel ICT"):
            assert words in letter.heading + letter.body
        if kind != LetterKind.DELIVERED:  # its mail makes the archive; see `TestReview`
            (mail,) = post_office()
            assert (mail.subject, mail.body, mail.to) == (letter.heading, letter.body, [JAN])

    @pytest.mark.parametrize("language", ["nl", "en"])
    def test_each_says_what_was_asked_in_a_sentence(self, jan: DataSubject, language: str) -> None:
        """As somebody reads it who knows no names of kinds: “you asked us for: erasure of your data”."""
        asked = {
            "access": ("inzage in uw gegevens", "access to your data"),
            "rectification": ("verbetering van uw gegevens", "correction of your data"),
            "erasure": ("het wissen van uw gegevens", "erasure of your data"),
            "restriction": ("beperking van het gebruik van uw gegevens", "restriction of the use of your data"),
            "portability": ("uw gegevens, om mee te nemen", "your data, to take with you"),
            "objection": ("te stoppen met een gebruik van uw gegevens (bezwaar)", "an end to a use of your data (objection)"),
        }
        for kind in DataRequest.Kind:
            letter = write(taken(kind, language=language), LetterKind.CONFIRMATION, at=MAY_12)
            assert f": {asked[kind][language == 'en']}." in letter.body

    @pytest.mark.parametrize(
        ("language", "months", "words"),
        [("nl", 1, "met 1 maand."), ("nl", 2, "met 2 maanden."), ("en", 1, "by 1 month."), ("en", 2, "by 2 months.")],
    )
    def test_an_extension_is_the_promise_from_then_on(
        self, officer: User, post_office: PostOffice, language: str, months: int, words: str
    ) -> None:
        """C4: with its length in words, and no page says the day of before any more."""
        request = taken(language=language)
        before = request.promised_on
        letter = services.extend(request, months=months, reason="Druk.", user=officer, at=MAY_12)
        assert words in letter.body
        request.refresh_from_db()
        assert request.promised_on == request.due_on > before

    def test_nobody_is_promised_a_day_that_is_over(self, post_office: PostOffice) -> None:
        """A letter that lay for 29 days: the answer comes on the last day of the law, and not yesterday."""
        taken(at=MAY_12 + timedelta(days=29), confirm_receipt=True)
        (mail,) = post_office()
        assert "U krijgt uiterlijk op 12 juni 2026 antwoord" in mail.body

    def test_nobody_is_promised_a_term_that_is_over(self, post_office: PostOffice) -> None:
        """A letter that lay for six weeks: the next one is the answer."""
        request = taken(at=MAY_12 + timedelta(days=45), confirm_receipt=True)
        assert not post_office()
        assert not request.letters.exists()

    def test_what_is_kept_has_no_hole_where_the_link_was(self, jan: DataSubject, admin_client: Client) -> None:
        """The link is in the mail alone; who reads the letter later is told so, and not what the site calls its place."""
        request = taken("access")
        letter = write(request, LetterKind.DELIVERED, at=MAY_12, link="{link}", dagen="7", ontbreekt="")
        assert "\n\n\n" not in letter.body
        (record,) = registry.sources["rights.requests"].collect(jan)
        for text in (str(record.values), TestScreen().form(admin_client, request)):
            assert "(de link stond alleen in de mail)" in text
            assert "{link}" not in text

    def test_who_gave_no_address_gets_paper(self, admin_client: Client) -> None:
        """The screen says which letters somebody has to print."""
        unknown = services.take(
            email="", kind="access", channel="letter", received_at=MAY_12, at=MAY_12, confirm_receipt=True, user=None
        )
        assert "Druk hem af" in TestScreen().form(admin_client, unknown)
        assert "Druk hem af" not in TestScreen().form(admin_client, taken(confirm_receipt=True))

    def test_a_question_says_whether_the_term_waits(self, officer: User) -> None:
        """C6, 12(3)."""
        early, late = taken(), taken()
        services.ask_person(early, question="Welk adres?", user=officer, at=MAY_12)
        services.ask_person(late, question="Welk adres?", user=officer, at=MAY_12 + timedelta(days=20))
        assert "komen bij de termijn, die nu loopt tot en met 12 juni 2026." in early.letters.get().body
        assert "De termijn loopt door: u krijgt ons antwoord uiterlijk op 12 juni 2026." in late.letters.get().body

    @pytest.mark.parametrize("kind", ["rectified", "erased", "restricted"])
    def test_who_else_hears_of_it_can_be_asked(self, kind: str) -> None:
        """C19."""
        for template in LetterTemplate.objects.filter(kind=kind):
            assert "(art. 19 " in template.body

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("nl", "gedaan: beperkt; wij bewaren ze alleen nog en gebruiken ze niet."),
            ("en", "with those data: restricted; we only keep them now and do not use them."),
        ],
    )
    def test_a_recipient_reads_what_was_done(self, jan: DataSubject, settings: Any, language: str, said: str) -> None:
        settings.LANGUAGE_CODE = language
        request = taken("restriction")
        acts.restrict(request, actor="officer", at=MAY_12)
        letter = request.letters.filter(kind="recipient").first()
        assert letter is not None
        assert said in letter.body
        assert f"V{request.pk}" in letter.body

    def test_a_letter_to_a_recipient_with_the_longest_name_is_written_too(self, jan: DataSubject) -> None:
        """The heading gives way; the letter itself has the whole name."""
        request = taken("restriction")
        LetterTemplate.objects.filter(kind="recipient").update(heading=f"{'Over uw gegevens ' * 10}{{ontvanger}}")
        letter = write_to_recipient(request, "W" * 150, what="beperkt", at=MAY_12)
        assert len(letter.heading) == 200
        assert f"Aan {'W' * 150}," in letter.body

    @pytest.mark.parametrize(
        ("kind", "heading", "body", "complaint"),
        [
            ("refusal", "Nee", "Nee, want {reden}.", "kan niet zonder: Autoriteit Persoonsgegevens, rechtbank"),
            ("refusal", "Nee {adres}", "{reden} Autoriteit Persoonsgegevens, rechtbank", "Niet bekend: adres"),
            ("confirmation", "Dag {naam}", "Dag.", "Niet bekend: naam"),
            ("delivered", "Haal het op: {link}", "{link} {ontbreekt}", "Niet bekend: link"),
            ("rectified", "Verbeterd", "Dat is gedaan.", "kan niet zonder: verbeterd"),
            ("recipient", "Uw gegevens", "Gedaan: {wat}.", "Zet {ontvanger} in het onderwerp"),
            ("confirmation", "Voor {ontvanger}", "Dag.", "Niet bekend: ontvanger"),
        ],
    )
    def test_what_the_law_wants_cannot_be_edited_away(
        self, admin_client: Client, kind: str, heading: str, body: str, complaint: str
    ) -> None:
        """C15: reasons, complaint and court; and nothing stands between braces in the subject of a mail."""
        template = LetterTemplate.objects.get(kind=kind, language="nl")
        address = reverse("privacy-letters:edit", args=[template.pk])
        refused = admin_client.post(address, {"heading": heading, "body": body})
        assert complaint in refused.content.decode()
        template.refresh_from_db()
        assert template.heading != heading

    def test_every_kind_is_there_in_both_languages_and_complete(self) -> None:
        for template in LetterTemplate.objects.all():
            template.full_clean()
        assert LetterTemplate.objects.count() == 2 * len(set(LetterTemplate.objects.values_list("kind", flat=True))) == 26

    def test_an_editor_changes_the_words_and_nothing_breaks(self, admin_client: Client, post_office: PostOffice) -> None:
        template = LetterTemplate.objects.get(kind="confirmation", language="nl")
        address = reverse("privacy-letters:edit", args=[template.pk])
        refused = admin_client.post(address, {"heading": "Dag", "body": "Dag {naam}"})
        assert "Niet bekend: naam" in refused.content.decode()
        admin_client.post(address, {"heading": "Dag", "body": "Wij kregen uw verzoek {kenmerk}."})
        request = taken(confirm_receipt=True)
        (mail,) = post_office()
        assert mail.body == f"Wij kregen uw verzoek V{request.pk}."

    def test_an_editor_reads_what_can_be_filled_in(self, admin_client: Client) -> None:
        """Of this letter, and of no other."""
        for kind, told in (("extension", True), ("confirmation", False)):
            template = LetterTemplate.objects.get(kind=kind, language="nl")
            page = admin_client.get(reverse("privacy-letters:edit", args=[template.pk])).content.decode()
            assert "{kenmerk}" in page
            assert ("{maanden}, " in page) is told

    def test_a_letter_without_its_reasons_cannot_be_made(self, admin_client: Client) -> None:
        template = LetterTemplate.objects.get(kind="refusal", language="nl")
        refused = admin_client.post(reverse("privacy-letters:edit", args=[template.pk]), {"heading": "Nee", "body": "Nee."})
        assert "kan niet zonder: reden" in refused.content.decode()


class TestScreen:
    """The work screen."""

    def form(self, client: Client, request: DataRequest) -> str:
        return client.get(reverse("privacy-requests:inspect", args=[request.pk])).content.decode()

    def act(self, client: Client, request: DataRequest, name: str, seen: int | None = None, **data: Any) -> Any:
        data = {f"{name}-{key}": value for key, value in data.items()}
        data["seen"] = request.last_event_id() if seen is None else seen
        return client.post(reverse("privacy_rights_step", args=[request.pk, name]), data, follow=True)

    def test_takes_down_a_phone_call(self, admin_client: Client, post_office: PostOffice) -> None:
        """C1, C5: true receipt, how identity was checked, and never a document."""
        address = reverse("privacy-requests:add")
        assert "kopie van een identiteitsbewijs" in admin_client.get(address).content.decode()
        data = {"email": "Jan@voorbeeld.example", "kind": "objection", "channel": "phone", "identity": "callback"}
        received_at = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=3)
        data |= {
            "received_at": f"{received_at:%Y-%m-%d %H:%M}",
            "language": "nl",
            "message": "Belt niet graag.",
            "confirm_receipt": "on",
        }
        response = admin_client.post(address, data)
        request = DataRequest.objects.get()
        assert response["Location"] == reverse("privacy-requests:inspect", args=[request.pk])
        assert request.received_at == received_at
        assert (request.channel, request.identity, request.subject.email) == ("phone", "callback", JAN)  # type: ignore[union-attr]
        assert any("ontvangen" in mail.subject for mail in post_office())
        (event,) = request.events.all()
        assert (event.actor, event.user.username, request.handler) == ("officer", "admin", event.user)  # type: ignore[union-attr]
        future = admin_client.post(address, data | {"received_at": "2999-01-01 10:00"})
        assert "toekomst" in future.content.decode()

    def test_the_list_calls_it_what_its_letters_call_it(self, admin_client: Client, jan: DataSubject) -> None:
        request = taken("objection")
        html = admin_client.get(reverse("privacy-requests:index")).content.decode()
        assert re.search(rf">\s*V{request.pk}\s*</a>", html)
        assert f"DataRequest #{request.pk}" not in re.sub(r"<[^>]+>", "", html)

    def test_offers_what_is_allowed_and_refuses_the_rest(self, admin_client: Client) -> None:
        request = taken("objection", received_at=timezone.now())
        page = self.form(admin_client, request)
        assert "Reclame stoppen" in page
        assert "Alles wissen" not in page
        self.act(admin_client, request, "erase", sure="on")
        assert DataSubject.objects.exists()
        self.act(admin_client, request, "uphold", reason="Wij stoppen met bellen.")
        request.refresh_from_db()
        assert request.state == "delivered"
        assert "Wij stoppen met bellen." in self.form(admin_client, request)

    @pytest.mark.parametrize(("state", "says"), [("open", "zoekt de gegevens bij elkaar"), ("ready", "gaat vanzelf uit")])
    def test_says_so_where_there_is_nothing_to_do(self, admin_client: Client, jan: DataSubject, state: str, says: str) -> None:
        """And invites nobody to do what is for when it goes another way: that is shut, and below."""
        request = taken("access", received_at=timezone.now())
        DataRequest.objects.update(state=state)
        page = self.form(admin_client, request)
        assert says in page
        assert "U hoeft niets te doen" in page
        assert "Gaat het anders?" in page
        steps = re.findall(r'<details class="request__step"([^>]*)>.*?<button class="([^"]*)"', page, re.DOTALL)
        assert steps
        assert all(not is_open and style != "button" for is_open, style in steps)

    @pytest.mark.parametrize("kind", ["rectification", "erasure", "restriction", "objection"])
    def test_says_what_is_asked_before_what_can_be_done(self, admin_client: Client, jan: DataSubject, kind: str) -> None:
        """On a phone the facts come last; and what is for the officer to do stands open."""
        request = taken(kind, received_at=timezone.now(), message="Mijn naam is Janssen met dubbel s.")
        page = self.form(admin_client, request)
        assert f"V{request.pk}, {request.get_kind_display()}" in page.split("request__main")[0]
        assert page.index("met dubbel s.") < page.index("Wat nu kan")
        assert page.count("met dubbel s.") == 1
        assert re.search(r'<details class="request__step" open>', page)
        assert "U hoeft niets te doen" not in page

    def test_of_two_officers_the_second_is_told(self, admin_client: Client) -> None:
        """Two screens of one moment: one act."""
        request = taken("objection", received_at=timezone.now())
        seen = request.last_event_id()
        self.act(admin_client, request, "extend", seen, months="1", reason="Drukte.")
        second = self.act(admin_client, request, "refuse", seen, reason="Nee.")
        assert "Iemand anders heeft intussen" in second.content.decode()
        request.refresh_from_db()
        assert (request.state, request.extended_months) == ("open", 1)

    def test_erases_for_somebody_who_phoned(self, admin_client: Client, jan: DataSubject, post_office: PostOffice) -> None:
        """C18."""
        request = taken("erasure", received_at=timezone.now())
        self.act(admin_client, request, "erase")
        assert DataSubject.objects.exists()
        self.act(admin_client, request, "erase", sure="on")
        assert not DataSubject.objects.exists()
        assert any("zijn gewist" in mail.body or "Dat is gedaan" in mail.body for mail in post_office())
        letters = request.letters.filter(kind="recipient")
        assert letters.count() == request.notices.count() > 1
        assert all("gegevens gedaan: gewist." in letter.body for letter in letters), "outlives the person"
        assert self.form(admin_client, request)

    def test_lifts_a_restriction_after_its_letter(
        self, admin_client: Client, jan: DataSubject, post_office: PostOffice
    ) -> None:
        """C17: 18(3)."""
        request = taken("restriction", received_at=timezone.now())
        self.act(admin_client, request, "restrict")
        self.act(admin_client, request, "lift")
        self.act(admin_client, request, "lift")
        assert request.letters.filter(kind="lifted").count() == 1, "announced once"
        jan.refresh_from_db()
        assert jan.restricted_at is not None
        post_office()
        jan.refresh_from_db()
        assert jan.restricted_at is None

    def test_recipients_are_told_one_by_one(self, admin_client: Client, jan: DataSubject) -> None:
        """C19."""
        request = taken("restriction", received_at=timezone.now())
        self.act(admin_client, request, "restrict")
        letters = list(request.letters.filter(kind="recipient"))
        assert len(letters) == request.notices.count() > 1
        assert not Mail.objects.filter(kind="rights.letter", reference__in=[letter.pk for letter in letters]).exists()
        for notice, letter in zip(request.notices.order_by("pk"), letters, strict=True):
            assert f"Aan {notice.recipient}," in letter.body
            assert letter.heading.endswith(f"(V{request.pk}), voor {notice.recipient}"), "in a list there is nothing else"
            assert "met die gegevens gedaan: beperkt;" in letter.body
            assert JAN not in letter.body
        assert "Aan Acumulus," in self.form(admin_client, request)
        first = RecipientNotice.objects.all()[0]
        admin_client.post(reverse("privacy_rights_told", args=[first.pk]), {"outcome": "had niets"})
        first.refresh_from_db()
        assert (first.outcome, first.done_at is not None) == ("had niets", True)
        assert request.events.filter(reason__contains="had niets").exists()

    def test_hands_the_archive_out_and_logs_it(self, admin_client: Client, jan: DataSubject) -> None:
        """C14."""
        request = taken("access", received_at=timezone.now())
        response = admin_client.get(reverse("privacy_rights_download", args=[request.pk]))
        with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as bundle:
            assert b"Janssen" in bundle.read("index.html")
        assert "no-store" in response["Cache-Control"]
        assert ModelLogEntry.objects.get(action="privacy_rights.download").label == f"DataRequest #{request.pk}"

    def test_takes_down_who_gave_no_address_and_links_them_later(
        self, admin_client: Client, jan: DataSubject, post_office: PostOffice
    ) -> None:
        """C1: any channel counts, and the clock runs; the letters go on paper."""
        data = {"email": "", "kind": "access", "channel": "mail", "identity": "known", "language": "nl"}
        received_at = timezone.localtime() - timedelta(days=3)
        data |= {
            "received_at": f"{received_at:%Y-%m-%d %H:%M}",
            "message": "Een brief zonder e-mailadres.",
            "confirm_receipt": "on",
        }
        assert "Vul het adres in" in admin_client.post(reverse("privacy-requests:add"), data).content.decode()
        assert admin_client.post(reverse("privacy-requests:add"), data | {"channel": "letter"}).status_code == 302
        request = DataRequest.objects.get()
        assert (request.subject, request.email, request.state) == (None, "", "open")
        assert DataRequest.objects.overdue(timezone.now() + timedelta(days=60)).get() == request
        assert not post_office()
        assert request.letters.get().kind == "confirmation"
        page = self.form(admin_client, request)
        assert "Koppelen aan een betrokkene" in page
        assert "Archief voor uzelf" not in page
        self.act(admin_client, request, "link", email="JAN@voorbeeld.example")
        request.refresh_from_db()
        assert (request.subject, request.email) == (jan, JAN)
        assert any("wacht op u" in mail.subject for mail in post_office()), "what we took down ourselves is looked at"
        self.act(admin_client, request, "approve")
        assert any("staan klaar" in mail.subject for mail in post_office())
        self.act(admin_client, request, "link", email="ander@voorbeeld.example")
        request.refresh_from_db()
        assert request.subject == jan

    def test_puts_right_what_somebody_phoned_about(
        self, admin_client: Client, jan: DataSubject, post_office: PostOffice
    ) -> None:
        """C17, C19, C1: several values, one letter with all of them, what stood there kept, the recipients to be told."""
        request = taken("rectification", received_at=timezone.now())
        message = jan.submissions.get(form_data__has_key="name")
        address = reverse("privacy_rights_correct", args=[request.pk, "contact.submissions", str(message)])
        assert address in self.form(admin_client, request)
        step = reverse("privacy_rights_step", args=[request.pk, "corrected"])
        assert step not in self.form(admin_client, request), "nothing to report yet"
        assert "Jan Janssen" in admin_client.get(address).content.decode()
        outdated = {"seen": 0, "value_0": "Anders", "value_1": "Anders"}
        assert "Iemand anders heeft" in admin_client.post(address, outdated, follow=True).content.decode()
        for values in (("Jan Jansen", "Mag het iets ronder?"), ("Jan Jansen", "Mag het iets vierkanter?")):
            data = {"seen": request.last_event_id(), "value_0": values[0], "value_1": values[1]}
            admin_client.post(address, data)
        assert not request.letters.exists()
        assert step in self.form(admin_client, request)
        self.act(admin_client, request, "corrected")
        request.refresh_from_db()
        assert request.state == "delivered"
        (mail,) = [mail for mail in post_office() if mail.to == [JAN]]
        assert "was “Jan Janssen”, is nu “Jan Jansen”" in mail.body
        assert "is nu “Mag het iets vierkanter?”" in mail.body
        assert request.notices.exists()
        assert "<bdi>Jan Janssen</bdi> → <bdi>Jan Jansen</bdi>" in self.form(admin_client, request)
        assert admin_client.get(address).status_code == 404, "it is answered"

    def test_nothing_is_corrected_of_anybody_else(self, admin_client: Client, jan: DataSubject) -> None:
        theirs = relation(timezone.now()).submissions.get()
        request = taken("rectification", received_at=timezone.now())
        address = reverse("privacy_rights_correct", args=[request.pk, "contact.submissions", str(theirs)])
        assert admin_client.get(address).status_code == 404
        assert admin_client.post(address, {"seen": request.last_event_id(), "value_0": "gekaapt"}).status_code == 404

    def test_an_answer_that_no_mailbox_takes_is_given_otherwise(self, admin_client: Client, jan: DataSubject) -> None:
        """A request whose mail failed for good can be closed by hand, and its archive is not sent after all."""
        request = taken("access", received_at=timezone.now())
        search.collect(request.pk, at=timezone.now())
        Mail.objects.filter(kind="rights.letter").update(state="failed", next_attempt_at=None)
        self.act(admin_client, request, "answered", reason="Op papier gegeven.")
        request.refresh_from_db()
        assert request.state == "delivered"

    def test_what_waits_is_on_the_first_page_until_it_is_done(
        self, admin_client: Client, jan: DataSubject, officer: User
    ) -> None:
        """C6, C19: who waits for their person has no day any more, and recipients hang on requests that are closed."""
        waiting = taken("rectification", received_at=timezone.now() - timedelta(days=50), at=timezone.now())
        asked = waiting.received_at + timedelta(days=1)
        services.ask_person(waiting, question="Welke website?", user=officer, at=asked)
        restricted = taken("restriction", received_at=timezone.now())
        acts.restrict(restricted, actor="person", at=timezone.now())
        page = admin_client.get("/admin/").content.decode()
        assert f"V{waiting.pk}, verbetering" in page
        assert f"staat stil sinds {date_format(timezone.localdate(asked))}" in page
        count = restricted.notices.count()
        assert f"V{restricted.pk}: {count} ontvangers moeten nog horen" in page
        for notice in restricted.notices.all():
            recipients.told(notice, outcome="gemeld", user=officer, at=timezone.now())
        assert "ontvangers moeten nog horen" not in admin_client.get("/admin/").content.decode()

    def test_says_where_was_searched(self, admin_client: Client, jan: DataSubject) -> None:
        """C16."""
        request = taken("access", received_at=timezone.now())
        search.collect(request.pk, at=timezone.now())
        page = self.form(admin_client, request)
        assert "Waar gezocht is" in page
        assert all(str(source.label) in page for source in registry.sources.values())

    def test_overdue_is_red_on_the_first_page(self, admin_client: Client) -> None:
        request = taken(received_at=timezone.now() - timedelta(days=60))
        page = admin_client.get("/admin/").content.decode()
        assert "Eén verzoek is te laat" in page
        assert reverse("privacy-requests:inspect", args=[request.pk]) in page
        assert "Te laat" in self.form(admin_client, request)

    def test_who_may_only_look_acts_on_nothing(self, jan: DataSubject) -> None:
        request, client = taken("erasure", received_at=timezone.now()), staff("view_datarequest")
        assert "Alles wissen" not in self.form(client, request)
        assert "Archief voor uzelf" not in self.form(client, request)
        assert client.get(reverse("privacy_rights_download", args=[request.pk])).status_code == 302, "nor takes a copy"
        self.act(client, request, "erase", sure="on")
        assert DataSubject.objects.exists()


class TestReview:
    """C13: redact, not refuse; span by span, with reasons."""

    def test_spans_and_marks(self) -> None:
        assert spans("aXbXc", "X") == [(1, 2), (3, 4)]
        assert spans("abc", "") == []
        assert without("abcdef", [(4, 5, "y"), (1, 3, "x"), (2, 3, "z")]) == "a[weggelaten: x]d[weggelaten: y]f"

    def test_somebody_looks_before_it_goes_out(
        self, admin_client: Client, jan: DataSubject, mailbox_source: Source, post_office: PostOffice
    ) -> None:
        request = taken("access", received_at=timezone.now())
        mails = post_office()
        assert [mail.to for mail in mails if "wacht op u" in mail.subject]
        assert not [mail for mail in mails if "staan klaar" in mail.subject]
        page = TestScreen().form(admin_client, request)
        assert "Piet de Vries" in page
        address = reverse("privacy_rights_leave_out", args=[request.pk])
        data = {"seen": request.last_event_id(), "source": "test.mailbox", "reference": "Mail #1", "reason": "een ander"}
        admin_client.post(address, data | {"words": "Piet de Vries, tel. 06-1234"})
        data["seen"] = request.last_event_id()
        admin_client.post(address, data | {"words": "Groet, Piet de Vries"})
        assert request.redactions.count() == 2
        page = TestScreen().form(admin_client, request)
        assert "“Mailwisseling” #1: een ander" in page, "as the letter calls it"
        assert "Mail #1" not in re.sub(r"<[^>]+>", "", page)
        assert "Toelichting voor het dossier (de betrokkene leest die)" in page
        TestScreen().act(admin_client, request, "approve")
        (ready,) = [mail for mail in post_office() if "staan klaar" in mail.subject]
        response: Any = Client().post(link_in(ready))
        with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as bundle:
            everything = b"".join(bundle.read(name) for name in bundle.namelist()).decode()
        assert "zei dat Jan belde" in everything
        assert "weggelaten: een ander" in everything
        assert "Piet" not in everything
        assert "06-1234" not in everything
        assert "Piet" not in str(list(request.redactions.values()))

    def look_at(
        self, client: Client, request: DataRequest, *words: str, reason: str = "een ander", reference: str = "Mail #1"
    ) -> None:
        """Leave these words out, one after the other, as the officer does on the screen."""
        for one in words:
            data = {"seen": request.last_event_id(), "source": "test.mailbox", "reference": reference}
            address = reverse("privacy_rights_leave_out", args=[request.pk])
            client.post(address, data | {"words": one, "reason": reason})

    @pytest.mark.parametrize("number", ["#1", "1", " #1 "])
    def test_a_record_is_named_by_the_number_that_the_letter_gives_it(
        self, admin_client: Client, jan: DataSubject, mailbox_source: Source, post_office: PostOffice, number: str
    ) -> None:
        """No reference ("Mail #1") is on the screen: it is for logs and files."""
        notes.append(["Piet de Vries, tel. 06-1234, zei dat Jan belde."])
        request = taken("access", received_at=timezone.now())
        post_office()
        self.look_at(admin_client, request, "Piet de Vries", reference=number)
        assert request.redactions.get().reference == "Mail #1"
        page = TestScreen().form(admin_client, request)
        assert "Mailwisseling #1, Tekst: een ander" in page
        assert not re.search(r">[^<]*\bMail #1", page)

    def test_the_officer_sees_the_very_bytes_that_the_person_will(
        self, admin_client: Client, jan: DataSubject, mailbox_source: Source, post_office: PostOffice
    ) -> None:
        notes.append(["=cmd|' /C calc'!A1 <script>alert(1)</script>", "Piet de Vries \u202e zei iets", "En Jan ook"])
        request = taken("access", received_at=timezone.now())
        post_office()
        self.look_at(admin_client, request, "Piet de Vries")
        address = reverse("privacy_rights_preview", args=[request.pk])
        assert address in TestScreen().form(admin_client, request)
        shown = admin_client.get(address)
        assert "sandbox" in shown["Content-Security-Policy"]
        assert "no-store" in shown["Cache-Control"]
        seen = shown.content.split(b"<h2>Mailwisseling</h2>")[1].split(b"<h2>")[0]
        assert "[weggelaten: een ander] \u202e zei iets" in seen.decode()
        TestScreen().act(admin_client, request, "approve")
        (ready,) = [mail for mail in post_office() if "staan klaar" in mail.subject]
        response: Any = Client().post(link_in(ready))
        with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as bundle:
            letter = bundle.read("index.html")
        assert letter.split(b"<h2>Mailwisseling</h2>")[1].split(b"<h2>")[0] == seen
        assert admin_client.get(address).status_code == 404, "and afterwards it shows nothing any more"
        assert "Piet" not in TestScreen().form(admin_client, request)

    @pytest.mark.parametrize("number", ["1", "#1", " #1 ", "Mail #1"])
    def test_a_record_is_found_by_what_the_letter_calls_it(
        self, admin_client: Client, jan: DataSubject, mailbox_source: Source, post_office: PostOffice, number: str
    ) -> None:
        """Who saw something else in the letter reads only a number behind it."""
        request = taken("access", received_at=timezone.now())
        post_office()
        self.look_at(admin_client, request, "Piet de Vries", reference="#2")
        assert not request.redactions.exists()
        self.look_at(admin_client, request, "Piet de Vries", reference=number)
        assert {row.reference for row in request.redactions.all()} == {"Mail #1"}

    @pytest.mark.parametrize("end", ["delivered", "refused", "withdrawn"])
    def test_what_is_left_out_is_kept_nowhere(
        self, admin_client: Client, jan: DataSubject, mailbox_source: Source, post_office: PostOffice, caplog: Any, end: str
    ) -> None:
        """The original stays where it was and nowhere else: no row of any table, no log line, no mail, no file in the clear."""
        caplog.set_level("DEBUG")
        request = taken("access", received_at=timezone.now())
        post_office()
        self.look_at(admin_client, request, "Piet de Vries", "06-1234")
        if end == "delivered":
            TestScreen().act(admin_client, request, "approve")
        elif end == "refused":
            TestScreen().act(admin_client, request, "refuse", reason="Buitensporig.")
        else:
            TestScreen().act(admin_client, request, "withdraw", reason="Gebeld.")
        mails = post_office()
        request.refresh_from_db()
        assert request.state == end
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"SELECT count(*) FROM \"{table}\" AS row WHERE row::text ~ 'Piet|06-1234'")  # noqa: S608
                assert cursor.fetchone() == (0,), table
        # What a test client's own requests say in Django's log is the test's.
        assert "Piet" not in "".join(record.getMessage() for record in caplog.records if "django.db" not in record.name)
        assert not any("Piet" in str(mail.message()) for mail in mails)
        for name in archives():
            with private_storage().open(f"inzage/{name}") as file:
                assert b"Piet" not in file.read()
        assert set(request.redactions.values_list("reason", flat=True)) == {"een ander"}, "why is kept"

    def test_nothing_goes_out_that_nobody_looked_at(
        self, admin_client: Client, jan: DataSubject, mailbox_source: Source, post_office: PostOffice
    ) -> None:
        """What came in between the approval and the archive waits too, and so does what came to an answer without review."""
        request = taken("access", received_at=timezone.now())
        post_office()
        TestScreen().act(admin_client, request, "approve")
        notes.append("Klaas Bakker belde ook")
        assert not [mail for mail in post_office() if "staan klaar" in mail.subject]
        request.refresh_from_db()
        assert (request.state, archives()) == ("collecting", [])
        assert "Klaas Bakker" in TestScreen().form(admin_client, request)
        assert f"V{request.pk} wacht op u" in admin_client.get("/admin/").content.decode()
        TestScreen().act(admin_client, request, "approve")
        assert [mail for mail in post_office() if "staan klaar" in mail.subject]

    def test_what_comes_to_a_source_that_was_empty_is_looked_at(
        self, jan: DataSubject, mailbox_source: Source, post_office: PostOffice, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(Source, "count", lambda self, people: 0 if self.key == "test.mailbox" else 1)
        request = taken("access", received_at=timezone.now())
        assert not [mail for mail in post_office() if "staan klaar" in mail.subject]
        request.refresh_from_db()
        assert request.state == "collecting"

    def test_an_officer_who_reads_another_language_leaves_out_the_same(
        self, jan: DataSubject, mailbox_source: Source, post_office: PostOffice, officer: User, monkeypatch: Any
    ) -> None:
        """A label is written in the language of the answer, and by its label a text is known."""

        def records(subject: DataSubject) -> Iterator[Record]:
            yield Record(reference="Mail #1", at=MAY_12, values={gettext("Toelichting"): NOTE})

        monkeypatch.setitem(registry.sources, "test.mailbox", replace(mailbox_source, collect=records))
        request = taken("access", received_at=timezone.now(), language="en")
        post_office()
        words = {"source": "test.mailbox", "reference": "Mail #1", "words": "Piet de Vries", "reason": "ander"}
        assert review.leave_out(request, **words, user=officer, at=timezone.now()) == 2
        delivery.approve(request, user=officer, at=timezone.now())
        (ready,) = [mail for mail in post_office() if "are ready" in mail.subject]
        response: Any = Client().post(link_in(ready))
        with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as bundle:
            assert b"Piet" not in b"".join(bundle.read(name) for name in bundle.namelist())

    def test_is_put_back_until_it_is_on_its_way(
        self, admin_client: Client, jan: DataSubject, mailbox_source: Source, post_office: PostOffice
    ) -> None:
        """A mistake, or a text that changed: what no longer fits it blocks nothing."""
        request = taken("access", received_at=timezone.now())
        post_office()
        self.look_at(admin_client, request, "06-1234")
        notes.append(NOTE.replace("Groet", "Groeten"))
        page = TestScreen().form(admin_client, request)
        assert "06-1234" in page, "it is as it will be seen: not left out"
        refused = TestScreen().act(admin_client, request, "approve")
        assert "Er is iets veranderd nadat het is nagekeken" in refused.content.decode()
        (redaction,) = request.redactions.all()
        address = reverse("privacy_rights_put_back", args=[redaction.pk])
        assert address in page
        admin_client.post(address, {"seen": request.last_event_id()})
        assert not request.redactions.exists()
        assert request.events.filter(reason="Toch niet weggelaten bij “Mailwisseling” #1.").exists()
        self.look_at(admin_client, request, "06-1234")
        TestScreen().act(admin_client, request, "approve")
        (redaction,) = request.redactions.all()
        admin_client.post(reverse("privacy_rights_put_back", args=[redaction.pk]), {"seen": request.last_event_id()})
        assert request.redactions.exists(), "it is on its way"

    def test_a_reason_that_says_what_is_left_out_is_refused(
        self, admin_client: Client, jan: DataSubject, mailbox_source: Source, post_office: PostOffice
    ) -> None:
        request = taken("access", received_at=timezone.now())
        post_office()
        self.look_at(admin_client, request, "Piet de Vries", reason="gaat over piet de vries")
        self.look_at(admin_client, request, "Piet de Vries", reason=" ")
        assert not request.redactions.exists()

    def test_a_text_that_changed_is_looked_at_again(
        self, officer: User, jan: DataSubject, mailbox_source: Source, post_office: PostOffice
    ) -> None:
        request = taken("access", received_at=timezone.now())
        post_office()
        now = timezone.now()
        review.leave_out(
            request, source="test.mailbox", reference="Mail #1", words="Piet de Vries", reason="ander", user=officer, at=now
        )
        delivery.approve(request, user=officer, at=now)
        notes.append("Iets heel anders over Piet de Vries")
        assert not [mail for mail in post_office() if "staan klaar" in mail.subject]
        request.refresh_from_db()
        assert request.state == "collecting"

    def test_a_source_that_fails_blocks_nothing(
        self,
        officer: User,
        admin_client: Client,
        jan: DataSubject,
        mailbox_source: Source,
        post_office: PostOffice,
        settings: Any,
        monkeypatch: Any,
    ) -> None:
        """Retried with back-off, then the officer's; the archive names what is missing."""

        def fails(*args: Any) -> int:
            raise ConnectionError

        monkeypatch.setattr(Source, "count", lambda self, people: fails() if self.key == "test.mailbox" else 1)
        request = taken("access", received_at=timezone.now())
        for _ in range(len(settings.COLLECT_RETRY_AFTER_SECONDS) + 1):
            post_office()
            request.refresh_from_db()
            if request.next_attempt_at is None:
                break
            assert not Letter.objects.exists()
            assert "De website vraagt het zelf opnieuw" in TestScreen().form(admin_client, request)
            DataRequest.objects.update(next_attempt_at=timezone.now())
        assert request.attempts == len(settings.COLLECT_RETRY_AFTER_SECONDS) + 1
        assert request.missing() == ["test.mailbox"]
        assert request.events.last().reason == "Deze bronnen antwoorden niet: Mailwisseling."  # type: ignore[union-attr]
        assert Mail.objects.get(kind="rights.officer").state == "sent"
        assert "Vraag ze opnieuw, of verstuur wat er is" in TestScreen().form(admin_client, request)
        assert f"V{request.pk} wacht op u: een bron antwoordt niet" in admin_client.get("/admin/").content.decode()
        delivery.approve(request, user=officer, at=timezone.now(), reason="Mailbox volgt.")
        assert "Niet te bereiken" not in TestScreen().form(admin_client, request), "there is nothing left to press"
        (ready,) = [mail for mail in post_office() if "staan klaar" in mail.subject]
        assert "Mailwisseling" in ready.body
        response: Any = Client().post(link_in(ready))
        with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as bundle:
            assert b'"state":"unreachable"' in bundle.read("data.json")
            assert "nu niet te bereiken" in bundle.read("index.html").decode()
        self.the_rest_follows(request, monkeypatch, post_office)

    def the_rest_follows(self, request: DataRequest, monkeypatch: Any, post_office: PostOffice) -> None:
        """What was promised is a request of its own, on the clock of the first."""
        (letter,) = request.letters.filter(kind="delivered")
        assert f"uiterlijk op {date_format(request.due_on, 'j F Y')}" in letter.body
        rest = DataRequest.objects.latest("pk")
        assert (rest.received_at, rest.due_on, rest.state) == (request.received_at, request.due_on, "collecting")
        assert rest.events.earliest("pk").reason == f"Vervolg op V{request.pk}, waaraan nog iets ontbrak."
        notes.clear()
        monkeypatch.setattr(Source, "count", lambda self, people: 0 if self.key == "test.mailbox" else 1)
        DataRequest.objects.filter(pk=rest.pk).update(next_attempt_at=timezone.now())
        (ready,) = [mail for mail in post_office() if "staan klaar" in mail.subject]
        assert "ontbreekt" not in ready.body
        rest.refresh_from_db()
        assert rest.state == "delivered"


def test_the_log_of_an_erased_person_goes_after_its_period(jan: DataSubject, officer: User) -> None:
    """C16, D1."""
    request = taken("erasure", received_at=timezone.now())
    acts.erase_person(request, actor="officer", user=officer, at=timezone.now())
    DataRequest.objects.update(email="")
    closed = DataRequest.objects.get().closed_at
    assert closed is not None
    assert not [run for run in end_classes(as_of=closed + timedelta(days=700)) if run.source == "rights.answered"]
    (run,) = [run for run in end_classes(as_of=closed + timedelta(days=740)) if run.source == "rights.answered"]
    assert (run.rows, run.rule, run.months) == (1, "requests", 24)
    assert not RequestEvent.objects.exists()


def test_outdated_services_do_nothing(officer: User) -> None:
    request = taken()
    with pytest.raises(Outdated):
        services.refuse(request, reason="Nee.", user=officer, at=MAY_12, seen=request.last_event_id() - 1)
    assert not Letter.objects.exists()


def test_nobody_else_is_touched(jan: DataSubject) -> None:
    """The bystander."""
    bystander = relation(timezone.now())
    acts.restrict(taken("restriction", received_at=timezone.now()), actor="officer", at=timezone.now())
    bystander.refresh_from_db()
    assert bystander.restricted_at is None
