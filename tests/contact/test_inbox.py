"""The inbox: found, read, answered and judged by those who may; who is kept out, and what reading leaves behind."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from contact import inbox
from contact.models import Opening, Submission
from contact.openings import opened
from contact.possible_spam import erase_now, expire
from contact.terms import Terms
from privacy.rights.models import DataRequest
from privacy.statement.models import PrivacyStatementPage
from privacy.subjects.models import ContactMoment, DataSubject
from privacy.subjects.registry import registry
from privacy.subjects.services import erase
from tests.factories import AttachmentFactory, DataSubjectFactory, SubmissionFactory, publish, relation, set_period, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

CAME = datetime(2026, 11, 10, 12, tzinfo=UTC)
LIST = "/admin/contact-messages/"


def message(text: str = "Hoe duur is een website?", *, email: str = "", **fields: Any) -> Submission:
    """Make a message of somebody new, with this text."""
    person = DataSubjectFactory.create(last_contact_at=CAME, **({"email": email} if email else {}))
    data = {"email": person.email, "message": text}
    made: Submission = SubmissionFactory.create(subject=person, form_data=data, **{"submit_time": CAME, **fields})
    return made


def listed(client: Client, query: str = "") -> list[int]:
    """Return the numbers of the messages in the list, top first."""
    response = client.get(LIST + query)
    assert response.status_code == 200
    return [row.pk for row in response.context["object_list"]]


def page_of(found: Submission) -> str:
    """Return the address of a message's page."""
    return reverse("contact-messages:inspect", args=[found.pk])


class TestTheList:
    def test_shows_the_newest_first_and_possible_spam_only_on_request(self, admin_client: Client) -> None:
        first, second, spam = message(), message(state="closed"), message(possible_spam=True)
        assert listed(admin_client) == [second.pk, first.pk]
        assert listed(admin_client, "?state=spam") == [spam.pk]
        assert listed(admin_client, "?state=new") == [first.pk]
        html = admin_client.get(LIST).content.decode()
        assert 'Mogelijke spam <span class="inbox-tabs__count">1</span>' in html

    @pytest.mark.parametrize(
        "typed", ["website", "WEBS", "duur hoe", "piet@bouwbedrijf.example", "Piet@Bouw", "@bouwbedrijf.example", "bouwbedrijf"]
    )
    def test_finds_words_and_addresses(self, admin_client: Client, typed: str) -> None:
        found = message(email="piet@bouwbedrijf.example")
        message("Iets heel anders.")
        assert listed(admin_client, f"?q={typed}") == [found.pk]

    @pytest.mark.parametrize("typed", ["'", "\\", "a' | 'b", "!!!", ":*", "&", "\u202eabc", "’s-Graven", "x" * 5000, "email"])
    def test_takes_whatever_is_typed(self, admin_client: Client, typed: str) -> None:
        """Nothing typed is an operator, and the names of fields are no words of a message."""
        message()
        assert admin_client.get(LIST, {"q": typed}).status_code == 200
        assert not inbox.search(Submission.objects.all(), typed)

    def test_filters(self, admin_client: Client) -> None:
        old = message(submit_time=CAME - timedelta(days=90))
        with_file = message()
        AttachmentFactory.create(submission=with_file)
        later = message(version=publish())
        held = SubmissionFactory.create(subject=DataSubjectFactory.create(last_contact_at=CAME, held=True))
        asks = message()
        DataRequest.objects.create(subject=asks.subject, received_at=CAME)
        version = later.version_id
        assert listed(admin_client, f"?version={version}") == [asks.pk, held.pk, later.pk]
        assert listed(admin_client, "?has_files=true") == [with_file.pk]
        assert listed(admin_client, "?on_hold=true") == [asks.pk, held.pk]
        assert listed(admin_client, "?submit_time_to=2026-10-01") == [old.pk]
        assert with_file.pk in listed(admin_client, "?has_files=&on_hold=false")

    def test_asks_as_often_for_many_rows_as_for_few(self, admin_client: Client) -> None:
        """Search and filters too; no answers are read for the list."""

        def queries() -> list[str]:
            with CaptureQueriesContext(connection) as seen:
                admin_client.get(f"{LIST}?q=website&has_files=false&on_hold=false")
            return [query["sql"] for query in seen.captured_queries]

        message()
        queries()
        few = queries()
        for _ in range(9):
            message()
        many = queries()
        assert len(many) == len(few)
        (rows,) = [sql for sql in many if 'AS "is_held"' in sql and "LIMIT" in sql]
        assert '"contact_submission"."form_data",' not in rows

    def test_says_what_to_do_where_it_is_empty(self, admin_client: Client) -> None:
        assert "Er zijn nog geen berichten." in admin_client.get(LIST).content.decode()
        assert "Er is geen mogelijke spam." in admin_client.get(f"{LIST}?state=spam").content.decode()
        assert "Alles is gelezen" in admin_client.get(f"{LIST}?state=new").content.decode()
        assert "Geen enkel bericht heeft woorden" in admin_client.get(f"{LIST}?q=xyz").content.decode()

    def test_is_a_file_only_for_who_may_have_it_and_never_with_answers(self, admin_client: Client) -> None:
        """Art. 32: reading one by one is not taking all along."""
        message()
        reader = staff("view_submission", "handle_submission")
        assert "export=csv" not in reader.get(LIST).content.decode()
        assert reader.get(f"{LIST}?export=csv").status_code == 302
        assert reader.get(reverse("contact-messages:index_results"), {"export": "csv"}).status_code == 302
        taken = b"".join(admin_client.get(f"{LIST}?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
        assert "@voorbeeld.example" in taken
        assert "website" not in taken


class TestTheDownload:
    """Words that a reader of the list knows, in the language that they read the admin in."""

    HEADINGS = {
        "nl": ["Nummer", "E-mailadres", "Ontvangen", "Stand", "Versie van de verklaring"],
        "en": ["Number", "Email address", "Received", "Status", "Version of the statement"],
    }

    def taken(self, client: Client, address: str) -> list[list[str]]:
        """Return the rows of a download, as they arrive: after the view is done."""
        content = b"".join(client.get(f"{address}?export=csv").streaming_content)  # type: ignore[attr-defined]
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))

    @pytest.mark.parametrize(("language", "state"), [("nl", "nieuw"), ("en", "new")])
    def test_of_messages(self, admin_client: Client, admin_user: User, language: str, state: str) -> None:
        UserProfile.objects.create(user=admin_user, preferred_language=language)
        found = message(email="anna@voorbeeld.example")
        headings, row = self.taken(admin_client, LIST)
        assert headings == self.HEADINGS[language]
        # Noon in Greenwich is one o'clock here.
        assert row == [str(found.pk), "anna@voorbeeld.example", "2026-11-10 13:00:00", state, "1"]

    def test_is_the_same_in_a_workbook(self, admin_client: Client) -> None:
        found = message(email="anna@voorbeeld.example")
        content = b"".join(admin_client.get(f"{LIST}?export=xlsx").streaming_content)  # type: ignore[attr-defined]
        headings, row = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
        assert list(headings) == self.HEADINGS["nl"]
        assert row == (found.pk, "anna@voorbeeld.example", datetime(2026, 11, 10, 13), "nieuw", 1)  # noqa: DTZ001 (as sheets do)

    def test_of_who_opened_them(self, admin_client: Client, admin_user: User) -> None:
        found = message()
        opened(found, by=admin_user)
        headings, row = self.taken(admin_client, "/admin/contact-openings/")
        assert headings == [
            *("Nummer", "Nummer van het bericht", "Nummer van het bestand", "Door", "Nummer van het account", "Wanneer")
        ]
        assert row[1:5] == [str(found.pk), "", "admin", str(admin_user.pk)]


class TestTheDayOfDeletion:
    """A8, D: what the list says is what the nightly jobs do, by the version in force."""

    def said(self, found: Submission) -> str:
        row = Submission.objects.select_related("subject").annotate(is_held=inbox.held(timezone.now())).get(pk=found.pk)
        return Terms.in_force().said(row, is_held=row.is_held).replace("\N{NO-BREAK SPACE}", " ")

    def test_is_the_persons_for_a_message(self) -> None:
        found = message()
        assert self.said(found) == "10 november 2028"
        DataSubject.objects.update(last_contact_at=CAME + timedelta(days=1))
        assert self.said(found) == "11 november 2028"
        set_period(12)
        assert self.said(found) == "11 november 2028", "the register changes nothing until it is published"
        publish()
        assert self.said(found) == "11 november 2027"

    def test_is_its_own_for_possible_spam(self) -> None:
        found = message(possible_spam=True)
        assert self.said(found) == "10 december 2026"
        end = Terms.in_force().end_of(found)
        assert end is not None
        assert expire(as_of=end - timedelta(seconds=1)).messages == 0
        assert expire(as_of=end).messages == 1

    def test_is_the_persons_for_possible_spam_where_that_is_sooner(self) -> None:
        found = message(possible_spam=True)
        DataSubject.objects.update(last_contact_at=CAME - timedelta(days=720))
        assert self.said(found) == "20 november 2026"

    def test_is_none_for_whom_something_holds(self) -> None:
        for trait in ("held", "restricted"):
            found = SubmissionFactory.create(subject=DataSubjectFactory.create(last_contact_at=CAME, **{trait: True}))
            assert self.said(found) == "aangehouden"
        asks = message()
        DataRequest.objects.create(subject=asks.subject, received_at=CAME)
        assert self.said(asks) == "aangehouden"

    def test_is_none_without_a_statement(self, admin_client: Client) -> None:
        found = message()
        PrivacyStatementPage.source().unpublish()
        assert self.said(found) == "—"
        assert listed(admin_client) == [found.pk]


class TestOneMessage:
    def test_says_what_was_asked_and_leaves_no_field_to_change(self, admin_client: Client) -> None:
        html = admin_client.get(page_of(message("Regel een\nRegel twee"))).content.decode()
        assert "Regel een<br>Regel twee" in html
        assert "<textarea" not in html

    def test_is_answered_by_mail_without_its_content(self, admin_client: Client) -> None:
        html = admin_client.get(page_of(message("Geheim", email="a&b@voorbeeld.example"))).content.decode()
        assert 'href="mailto:a%26b@voorbeeld.example?subject=Uw%20bericht%20aan%20ons"' in html

    def test_goes_from_new_to_answered_to_closed_and_back(self, admin_client: Client) -> None:
        found = message()
        for to in ("answered", "closed", "new"):
            admin_client.post(reverse("contact-messages:move", args=[found.pk, to]))
            found.refresh_from_db()
            assert found.state == to
        logged = ModelLogEntry.objects.filter(action="contact.moved").order_by("timestamp")
        assert [(entry.label, entry.data["to"]) for entry in logged] == [
            (f"Submission #{found.pk}", to) for to in ("answered", "closed", "new")
        ]

    def test_is_moved_nowhere_else(self, admin_client: Client) -> None:
        found, spam = message(), message(possible_spam=True)
        assert admin_client.post(reverse("contact-messages:move", args=[found.pk, "spam"])).status_code == 404
        admin_client.post(reverse("contact-messages:move", args=[spam.pk, "answered"]))
        spam.refresh_from_db()
        assert spam.state == "spam"
        with pytest.raises(ValueError, match="spam"):
            inbox.move([found.pk], to="spam")

    def test_a_get_moves_nothing(self, admin_client: Client) -> None:
        found, spam = message(), message(possible_spam=True)
        assert admin_client.get(reverse("contact-messages:move", args=[found.pk, "closed"])).status_code == 405
        assert admin_client.get(reverse("contact-messages:accept", args=[spam.pk])).status_code == 405
        assert "Ja, wis dit bericht" in admin_client.get(reverse("contact-messages:erase", args=[spam.pk])).content.decode()
        assert Submission.objects.filter(state="spam").count() == 1

    def test_is_taken_out_of_possible_spam(self, admin_client: Client) -> None:
        spam = message(possible_spam=True)
        html = admin_client.get(page_of(spam)).content.decode()
        assert "een veld ingevuld dat mensen niet zien" in html
        assert "mailto:" not in html, "nobody answers a robot by mistake"
        admin_client.post(reverse("contact-messages:accept", args=[spam.pk]))
        spam.refresh_from_db()
        assert (spam.state, spam.suspicions) == ("new", [])
        assert ModelLogEntry.objects.get(action="contact.accepted").label == f"Submission #{spam.pk}"

    def test_is_erased_as_spam_with_a_stranger_and_a_trace(self, admin_client: Client) -> None:
        """I3: what went stands in the log, by number."""
        spam = message(possible_spam=True)
        admin_client.get(page_of(spam))
        response = admin_client.post(reverse("contact-messages:erase", args=[spam.pk]))
        assert response["Location"] == f"{LIST}?state=spam"
        assert not DataSubject.objects.exists()
        assert not Opening.objects.exists()
        entry = ModelLogEntry.objects.get(action="contact.spam_erased")
        assert (entry.label, entry.deleted) == (f"Submission #{spam.pk}", True)
        assert admin_client.get(reverse("contact-messages:erase", args=[spam.pk]))["Location"] == LIST
        for button in ("erase", "accept"):
            answer = admin_client.post(reverse(f"contact-messages:{button}", args=[spam.pk]), follow=True)
            assert answer.redirect_chain == [(LIST, 302)]
            assert "Wat u zocht is er niet meer" in answer.content.decode(), "a colleague was first"

    def test_is_not_asked_about_once_a_colleague_said_that_it_is_none(self, admin_client: Client) -> None:
        fine = message()
        answer = admin_client.get(reverse("contact-messages:erase", args=[fine.pk]), follow=True)
        assert answer.redirect_chain == [(page_of(fine), 302)]
        assert "misschien was een ander u voor" in answer.content.decode()

    def test_is_not_erased_when_held_or_judged_otherwise(self, admin_client: Client) -> None:
        held = SubmissionFactory.create(
            subject=DataSubjectFactory.create(last_contact_at=CAME, held=True), possible_spam=True, submit_time=CAME
        )
        fine = message()
        assert "Spam: wis nu" not in admin_client.get(page_of(held)).content.decode()
        for found in (held, fine):
            admin_client.post(reverse("contact-messages:erase", args=[found.pk]))
        assert Submission.objects.count() == 2
        assert erase_now([held.pk, fine.pk], at=timezone.now()) == []

    def test_of_somebody_we_know_only_the_message_goes(self) -> None:
        known = relation(CAME - timedelta(days=100))
        spam = SubmissionFactory.create(subject=known, possible_spam=True, submit_time=CAME)
        opened(spam, by=None)
        assert erase_now([spam.pk], at=timezone.now()) == [spam]
        assert known.submissions.get().state == "new"
        assert known.openings.get().what == f"Submission #{spam.pk}", "who read it stays known as long as the person is"


class TestOpenings:
    def test_every_opening_is_written_down(self) -> None:
        """Art. 5(2), 32: who, which, when; the list is no opening."""
        reader = staff("view_submission", name="medewerker")
        found = message()
        reader.get(LIST)
        assert not Opening.objects.exists()
        reader.get(page_of(found))
        reader.get(page_of(found))
        lines = list(Opening.objects.all())
        assert len(lines) == 2
        assert {(line.what, line.user.username, line.subject) for line in lines} == {
            (f"Submission #{found.pk}", "medewerker", found.subject)
        }

    def test_who_is_refused_opened_nothing(self) -> None:
        found = message()
        assert staff().get(page_of(found)).status_code == 302
        assert not Opening.objects.exists()

    def test_what_cannot_be_written_down_is_not_shown(self, admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        found = message("Geheim")

        def fail(*args: Any, **kwargs: Any) -> None:
            raise DatabaseError

        monkeypatch.setattr(Opening.objects, "create", fail)
        with pytest.raises(DatabaseError):
            admin_client.get(page_of(found))

    def test_cannot_be_changed_or_removed(self) -> None:
        found = message()
        opened(found, by=None)
        for statement in ("UPDATE contact_opening SET at = now()", "DELETE FROM contact_opening"):
            with pytest.raises(DatabaseError, match="proof"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)

    def test_go_with_the_person_and_outlive_the_account(self, admin_client: Client) -> None:
        found = message()
        user = User.objects.create_user("oud")
        opened(found, by=user)
        user.delete()
        assert "account" in admin_client.get(reverse("contact-openings:index")).content.decode()
        line = admin_client.get(reverse("contact-openings:inspect", args=[Opening.objects.get().pk])).content.decode()
        assert "account" in line
        assert f"bericht {found.pk}" in line
        assert admin_client.get(page_of(found)).status_code == 200
        erase([found.subject], reason="test", at=timezone.now())
        assert not Opening.objects.exists()

    def test_are_handed_over_without_who(self) -> None:
        """C, art. 15: when and what; a member of staff is no recipient."""
        found = message()
        opened(found, by=User.objects.create_user("geheime-medewerker"))
        records = list(registry.sources["contact.openings"].collect(found.subject))
        assert [record.values for record in records] == [{"Geopend": f"Submission #{found.pk}"}]

    def test_the_report_is_for_who_may_see_it(self) -> None:
        found = message()
        opened(found, by=None)
        assert staff("view_submission").get(reverse("contact-openings:index")).status_code == 302
        auditor = staff("view_opening", name="auditor")
        url = reverse("contact-openings:index")
        assert f"Bericht {found.pk}" in auditor.get(f"{url}?message={found.pk}").content.decode()
        assert "Toon alles" in auditor.get(f"{url}?message=9999").content.decode()
        assert auditor.get(page_of(found)).status_code == 302


def bulk(action: str, *found: Submission, **more: str) -> str:
    """Return the address of a bulk action's confirmation."""
    query = "&".join([*(f"id={one.pk}" for one in found), *(f"{key}={value}" for key, value in more.items())])
    return reverse("wagtail_bulk_action", args=["contact", "submission", action]) + f"?{query}&next={LIST}"


class TestSeveralAtOnce:
    @pytest.mark.parametrize(("action", "state"), [("answered", "answered"), ("closed", "closed")])
    def test_asks_then_moves(self, admin_client: Client, action: str, state: str) -> None:
        first, second, other, spam = message(), message(), message(), message(possible_spam=True)
        url = bulk(action, first, second, spam)
        assert "Dit geldt voor 2 berichten" in admin_client.get(url).content.decode()
        assert set(Submission.objects.values_list("state", flat=True)) == {"new", "spam"}, "asking moves nothing"
        assert admin_client.post(url)["Location"] == LIST
        states = dict(Submission.objects.values_list("pk", "state"))
        assert states == {first.pk: state, second.pk: state, other.pk: "new", spam.pk: "spam"}

    def test_takes_out_and_erases_spam(self, admin_client: Client) -> None:
        first, second, third, fine = *(message(possible_spam=True) for _ in range(3)), message()
        admin_client.post(bulk("accept", first, fine))
        assert Submission.objects.get(pk=first.pk).state == "new"
        admin_client.post(bulk("erase", first, second, third, fine))
        assert set(Submission.objects.values_list("pk", flat=True)) == {first.pk, fine.pk}
        assert ModelLogEntry.objects.filter(action="contact.spam_erased").count() == 2

    def test_all_means_all_that_the_filters_show(self, admin_client: Client) -> None:
        for _ in range(3):
            message("Dit gaat over bloemen.")
        other = message()
        spam = message("Bloemen te koop.", possible_spam=True)
        admin_client.post(bulk("closed", id="all", q="bloemen"))
        assert Submission.objects.filter(state="closed").count() == 3
        assert {Submission.objects.get(pk=one.pk).state for one in (other, spam)} == {"new", "spam"}

    def test_twice_is_once_and_says_so(self, admin_client: Client) -> None:
        spam = message(possible_spam=True)
        url = bulk("erase", spam)
        admin_client.post(url)
        response = admin_client.post(url, follow=True)
        assert "misschien was een ander u voor" in response.content.decode()
        assert "niets te doen" in admin_client.get(url).content.decode()
        assert ModelLogEntry.objects.filter(action="contact.spam_erased").count() == 1

    def test_is_all_or_nothing(self, admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        found = [message(possible_spam=True) for _ in range(3)]

        def fail(*args: Any, **kwargs: Any) -> None:
            raise OSError("the ledger is full")

        monkeypatch.setattr("privacy.subjects.ledger.append", fail)
        with pytest.raises(OSError, match="ledger"):
            admin_client.post(bulk("erase", *found))
        assert Submission.objects.count() == 3
        assert not ModelLogEntry.objects.filter(action="contact.spam_erased").exists()

    def test_nonsense_is_nothing(self, admin_client: Client) -> None:
        assert "niets te doen" in admin_client.get(bulk("closed", id="abc")).content.decode()
        assert admin_client.get(bulk("delete", message())).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("list", "view_submission"),
        ("page", "view_submission"),
        ("move", "handle_submission"),
        ("accept", "handle_submission"),
        ("erase", "erase_submission"),
        ("moment", "add_contactmoment"),
        ("bulk answered", "handle_submission"),
        ("bulk closed", "handle_submission"),
        ("bulk new", "handle_submission"),
        ("bulk accept", "handle_submission"),
        ("bulk erase", "erase_submission"),
    ],
)
def test_each_door_asks_for_its_own_permission(client: Client, method: str, name: str, needed: str) -> None:
    """32: a stranger goes to the login, an editor without it to the first page, and nothing moved."""
    spam, found = message(possible_spam=True), message()
    url = {
        "list": LIST,
        "page": page_of(found),
        "move": reverse("contact-messages:move", args=[found.pk, "closed"]),
        "accept": reverse("contact-messages:accept", args=[spam.pk]),
        "erase": reverse("contact-messages:erase", args=[spam.pk]),
        "moment": reverse("privacy-subjects:moment", args=[found.subject_id]),
    }.get(name) or bulk(name.removeprefix("bulk "), spam, found)
    asks = {"kind": "phone", "at": "2026-11-10 12:00"}
    stranger = getattr(client, method)(url, asks)
    assert stranger["Location"].startswith("/admin/login/")
    every = {
        *("view_submission", "handle_submission", "erase_submission", "export_submission", "view_datasubject"),
        *("change_datasubject", "add_contactmoment", "view_contactmoment", "change_submission", "delete_submission"),
    }
    without = getattr(staff(*(every - {needed})), method)(url, asks)
    assert (without.status_code, without["Location"]) == (302, "/admin/")
    assert sorted(Submission.objects.values_list("state", flat=True)) == ["new", "spam"]
    assert not ContactMoment.objects.exists()
    assert not Opening.objects.exists()
    allowed = getattr(staff(needed, "view_submission", "view_datasubject", name="wel"), method)(url, asks)
    assert allowed.status_code in {200, 302, 405}
    assert allowed.get("Location") != "/admin/"


class TestTheFirstPage:
    def test_says_what_waits(self, admin_client: Client) -> None:
        assert "nieuw bericht" not in admin_client.get("/admin/").content.decode()
        message()
        message(possible_spam=True)
        html = admin_client.get("/admin/").content.decode()
        assert "Eén nieuw bericht" in html
        assert "Eén bericht is mogelijke spam" in html
        assert "Eén nieuw bericht" not in staff().get("/admin/").content.decode()


def test_the_search_uses_its_index() -> None:
    """On a million rows a look at each would take seconds."""
    message()
    with connection.cursor() as cursor:
        # With one message every other way is as quick; a GIN index is read as a bitmap.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off")
    plan = json.dumps(inbox.search(Submission.objects.all(), "website").explain(format="json"))
    assert "contact_words" in plan
