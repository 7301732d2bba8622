"""C13, art. 15(4): what may name others is looked at before it goes out; everything else goes out by itself."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact.models import Submission
from home.models import CaseIndexPage, CasePage
from privacy.rights import search, services
from privacy.rights.models import DataRequest
from privacy.rights.others import Others
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry
from privacy.subjects.services import keep
from tests.factories import SubmissionFactory
from tests.my_data import JAN, PostOffice, ask, link_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

#: What people write about themselves, and what only looks like somebody's number.
HARMLESS = [
    "Bel me op 06 12 34 56 78, of +31 (0)6 12345678.",
    "Mail naar Jan@Voorbeeld.example of naar privacy@koel-ict.example.",
    "Het was op 01-12-2026 10 uur, 03.11.2026 14 en 2026-12-01.",
    "Rekening NL91ABNA0417164300, KvK 57680701, factuur 2026-000123456789.",
    "Piet zei dat het 1.000.000,00 kost (zie www.voorbeeld.example/pagina?a=b).",
]


def wrote(jan: DataSubject, message: str) -> Submission:
    """Jan sends another message, with his name and number in the fields for these."""
    labels = [["name", "Naam"], ["email", "E-mailadres"], ["phone", "Telefoonnummer"], ["message", "Uw bericht"]]
    answers = {"name": "Jan Janssen", "email": JAN, "phone": "0612345678", "message": message}
    found: Submission = SubmissionFactory.create(subject=jan, form_data=answers, labels=labels)
    return found


def why(jan: DataSubject, source: str = "contact.submissions") -> dict[str, list[str]]:
    """Return which records of a source must be looked at, and why."""
    return {named.reference: named.why for named in Others(jan).named_in(registry.sources[source])}


def subjects(mails: list[EmailMessage]) -> str:
    return "\n".join(mail.subject for mail in mails)


def asked_by_himself(jan: DataSubject) -> DataRequest:
    return services.begin(subject=jan, kind="access", language="nl", at=timezone.now())


def contents(mail: EmailMessage) -> str:
    """Return everything in the archive that a mail leads to, and its files' names."""
    response: Any = Client().post(link_in(mail))
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as bundle:
        return "\n".join([*bundle.namelist(), *(bundle.read(name).decode() for name in bundle.namelist())])


class TestWhatIsLookedAt:
    @pytest.mark.parametrize("message", HARMLESS)
    def test_what_names_nobody_goes_out_by_itself(self, jan: DataSubject, post_office: PostOffice, message: str) -> None:
        wrote(jan, message)
        assert not why(jan)
        request = asked_by_himself(jan)
        assert "staan klaar" in subjects(post_office())
        request.refresh_from_db()
        assert request.state == "delivered"

    @pytest.mark.parametrize(
        ("message", "words"),
        [
            ("Mail Piet: piet@bedrijf.example", "een ander e-mailadres: piet@bedrijf.example"),
            ("Van:\nmailto:PIET%40bedrijf.example", "een ander e-mailadres: piet@bedrijf.example"),
            ("jan+piet@voorbeeld.example", "een ander e-mailadres: jan+piet@voorbeeld.example"),
            ("Bel\n0687654321\n", "een ander nummer: 0687654321"),
            ("(010) 765 43 21 en 06-1234 5678", "een ander nummer: 010) 765 43 21"),
            ("of +49 30 901820, vragen naar Piet", "een ander nummer: +49 30 901820"),
        ],
    )
    def test_an_address_or_number_of_another(self, jan: DataSubject, message: str, words: str) -> None:
        submission = wrote(jan, message)
        wrote(jan, "Mag het iets ronder?")
        assert why(jan) == {str(submission): [f"noemt {words}"]}

    def test_of_possible_spam_too(self, jan: DataSubject) -> None:
        submission = wrote(jan, "piet@bedrijf.example")
        Submission.objects.filter(pk=submission.pk).update(state="spam")
        assert not why(jan)
        assert list(why(jan, "contact.possible_spam")) == [str(submission)]

    def test_an_address_that_is_spelled_with_other_letters_is_theirs(self, jan: DataSubject) -> None:
        jan.email = "jan@xn--brgen-kva.example"
        wrote(jan, "Ik ben Jan@bürgen.example en ook jan@xn--brgen-kva.example")
        SubmissionFactory.create(subject=jan, form_data={"message": "jan@burgen.example"}, labels=[["message", "Bericht"]])
        assert [words for words in why(jan).values() if "burgen" in str(words)] == [
            ["noemt een ander e-mailadres: jan@burgen.example"]
        ]

    def test_what_staff_wrote(self, jan: DataSubject, officer: User, post_office: PostOffice) -> None:
        """Reasons of holds, notes of calls, decisions; not what a letter told the person."""
        now = timezone.now()
        assert not why(jan, "subjects.person")
        keep(jan, restricted=False, until=now + timedelta(days=9), reason="Geschil met de buurman", at=now)
        assert list(why(jan, "subjects.person")) == [str(jan)]
        refused, phoned, plain = (
            services.take(email=JAN, kind="objection", received_at=now, at=now, channel=channel, message=message)
            for channel, message in [("website", ""), ("phone", "Zijn vrouw belde"), ("letter", "")]
        )
        services.refuse(refused, reason="Dat is buitensporig.", user=officer, at=now)
        assert list(why(jan, "rights.requests")) == [str(phoned)]
        services.answer(plain, reason="Met de buurman besproken", user=officer, at=now)
        assert sorted(why(jan, "rights.requests")) == sorted([str(phoned), str(plain)])

    def test_a_case_that_nobody_has_read(self, jan: DataSubject) -> None:
        index = CaseIndexPage.objects.filter(locale__language_code="nl").first()
        assert index is not None
        case = index.add_child(instance=CasePage(title="Een winkel", client="Jan", intro="x", subject=jan, live=False))
        assert list(why(jan, "home.cases")) == [f"CasePage #{case.pk}"]
        CasePage.objects.filter(pk=case.pk).update(live=True)
        assert not why(jan, "home.cases")


class TestTheOfficer:
    def screen(self, client: Client, request: DataRequest) -> str:
        return client.get(reverse("privacy-requests:inspect", args=[request.pk])).content.decode()

    def post(self, client: Client, request: DataRequest, name: str, **data: object) -> str:
        address = reverse(name, args=[request.pk, "approve"] if name == "privacy_rights_step" else [request.pk])
        return client.post(address, {"seen": request.last_event_id(), **data}, follow=True).content.decode()

    def test_is_led_to_the_record_and_the_rest_goes_out(
        self, admin_client: Client, jan: DataSubject, post_office: PostOffice
    ) -> None:
        """Which record, why, and the very place on the screen; and another record's words can be left out as well."""
        named, other = wrote(jan, "Overleg met Piet, piet@bedrijf.example"), wrote(jan, "De buurvrouw is ziek")
        request = asked_by_himself(jan)
        mails = post_office()
        assert "wacht op u" in subjects(mails)
        assert "staan klaar" not in subjects(mails)
        assert request.events.filter(reason="In één gegeven kan een ander genoemd zijn; kijk het na.").exists()
        page = self.screen(admin_client, request)
        assert f'<a href="#nakijken-1">Berichten die u via het contactformulier stuurde, #{named.pk}</a>' in page
        assert "noemt een ander e-mailadres: piet@bedrijf.example" in page
        assert 'id="nakijken-1"' in page
        assert 'id="nakijken-2"' not in page, "nothing else need be looked at"
        assert "ziek" not in page
        source = {"source": "contact.submissions", "reason": "een ander"}
        self.post(
            admin_client, request, "privacy_rights_leave_out", **source, reference=str(named), words="piet@bedrijf.example"
        )
        shown = self.post(
            admin_client, request, "privacy_rights_leave_out", **source, reference=str(other), words="De buurvrouw"
        )
        assert 'id="nakijken-2"' in shown
        assert f"Berichten die u via het contactformulier stuurde #{other.pk}, " in shown, "as above it in the letter"
        self.post(admin_client, request, "privacy_rights_step")
        (ready,) = post_office()
        archive = contents(ready)
        assert "Overleg met Piet, [weggelaten: een ander]" in archive
        assert "[weggelaten: een ander] is ziek" in archive
        assert "piet@bedrijf" not in archive
        assert "buurvrouw" not in archive

    def test_what_came_after_the_approval_is_looked_at(
        self, admin_client: Client, jan: DataSubject, post_office: PostOffice
    ) -> None:
        wrote(jan, "piet@bedrijf.example")
        request = asked_by_himself(jan)
        post_office()
        self.post(admin_client, request, "privacy_rights_step", **{"approve-reason": "Akkoord, van hemzelf."})
        wrote(jan, "klaas@bedrijf.example")
        assert "staan klaar" not in subjects(post_office())
        assert "klaas@bedrijf.example" in self.screen(admin_client, request)
        self.post(admin_client, request, "privacy_rights_step", **{"approve-reason": "Ook klaas@bedrijf.example."})
        assert "staan klaar" in subjects(post_office()), "what they wrote themselves while approving holds nothing up"

    def test_nothing_is_left_out_of_what_is_on_its_way(
        self, admin_client: Client, jan: DataSubject, post_office: PostOffice
    ) -> None:
        named = wrote(jan, "piet@bedrijf.example")
        request = asked_by_himself(jan)
        post_office()
        self.post(admin_client, request, "privacy_rights_step")
        answer = {"source": "contact.submissions", "reference": str(named), "words": "piet", "reason": "ander"}
        assert "Er is niets gebeurd" in self.post(admin_client, request, "privacy_rights_leave_out", **answer)
        assert not request.redactions.exists()

    def test_a_source_that_cannot_be_looked_through_is_one_that_did_not_answer(
        self, jan: DataSubject, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(self: Others, source: Any, references: Any = None) -> list[Any]:
            if source.key == "contact.submissions":
                raise ConnectionError
            return []

        monkeypatch.setattr(Others, "named_in", fails)
        request = asked_by_himself(jan)
        search.collect(request.pk, at=timezone.now())
        request.refresh_from_db()
        assert request.missing() == ["contact.submissions"]


def test_their_own_page_waits_for_it_too(client: Client, jan: DataSubject, post_office: PostOffice) -> None:
    """What the archive must not show before somebody looked, the page behind the link does not show either."""
    named, plain = wrote(jan, "Overleg met piet@bedrijf.example"), wrote(jan, "Mag het blauw?")
    ask(client)
    (mail,) = post_office()
    page = client.post(link_in(mail), follow=True).content.decode()
    assert "Mag het blauw?" in page
    assert "piet@bedrijf" not in page
    assert "Hier kan een ander in genoemd zijn" in page
    assert str(plain).replace(" ", "%20").replace("#", "%23") in page
    assert str(named).replace(" ", "%20").replace("#", "%23") not in page
    correct = reverse("privacy_rights:correct", args=["contact.submissions", str(named)])
    assert client.get(correct).status_code == 302
