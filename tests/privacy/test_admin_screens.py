"""The officer's screens: each opens for who may see it and for nobody else, and proof has no buttons."""

import re
from datetime import UTC, datetime
from typing import Any

import config.urls  # noqa: F401 (fills the list of screens below)
import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from wagtail.admin.viewsets import viewsets
from wagtail.admin.viewsets.model import ModelViewSet

from contact.mails import OWNERS_MAIL
from contact.openings import opened
from privacy.consent.links import token_for
from privacy.mail.services import send
from privacy.permissions import LimitedPolicy
from privacy.retention.classes import end_classes
from privacy.retention.models import RetentionRun
from privacy.retention.services import expire_due
from privacy.rights.models import DataRequest
from privacy.statement.models import StatementVersion
from privacy.subjects.checks import is_ours
from privacy.subjects.models import DataSubject
from tests.classes import mail
from tests.factories import relation, staff

#: What the law of this site keeps from everybody's hands: rows made by visitors and by the code. Requests can be added.
READ_ONLY = {
    "contact-messages": {"add", "edit", "delete"},
    "contact-openings": {"add", "edit", "delete"},
    "privacy-class-runs": {"add", "edit", "delete"},
    "privacy-consent": {"add", "edit", "delete"},
    "privacy-letters": {"add", "delete"},
    "privacy-links": {"add", "edit", "delete"},
    "privacy-mails": {"add", "edit", "delete"},
    "privacy-requests": {"edit", "delete"},
    "privacy-runs": {"add", "edit", "delete"},
    "privacy-subjects": {"add", "delete"},
    "privacy-versions": {"add", "edit", "delete"},
}
OURS: list[ModelViewSet] = [
    found for found in viewsets.viewsets if isinstance(found, ModelViewSet) and is_ours(found.model._meta.app_config)
]
NAMES = sorted(found.name for found in OURS)


def viewset(name: str) -> ModelViewSet:
    """Return the viewset of this name."""
    return next(found for found in OURS if found.name == name)


def owe(person: DataSubject) -> None:
    """Owe the owner a mail about this person's message."""
    send(kind=OWNERS_MAIL, reference=person.pk, subject=person)


@pytest.fixture(autouse=True)
def rows(demo_site: None) -> None:
    """Somebody in every list."""
    person = relation(datetime(2020, 1, 1, tzinfo=UTC))
    expire_due()
    mail(datetime(2020, 1, 1, tzinfo=UTC))
    end_classes()
    person = relation(datetime(2026, 11, 1, tzinfo=UTC), email="anna@voorbeeld.example")
    DataRequest.objects.create(subject=person, received_at=datetime(2026, 11, 1, tzinfo=UTC))
    owe(person)
    token_for(person)
    opened(person.submissions.get(), by=None)


def row(name: str) -> Model:
    """Return a row of a list."""
    return viewset(name).model._default_manager.all()[0]


def address(name: str, view: str) -> str | None:
    """Return the address of a view, None when the list has none such."""
    try:
        return reverse(f"{name}:{view}", args=[row(name).pk] if view in {"edit", "delete", "inspect"} else [])
    except NoReverseMatch:
        return None


def test_every_list_is_known_here() -> None:
    """A new list is either read-only, and named above, or part of the register."""
    register = {name for name in NAMES if viewset(name).model._meta.app_label == "privacy_register"}
    assert len(register) == 7
    assert set(NAMES) == register | set(READ_ONLY)


@pytest.mark.parametrize("name", NAMES)
def test_opens_for_the_administrator(admin_client: Client, name: str) -> None:
    """The list, one record, and the forms that exist."""
    for view in {"index", "inspect", "add", "edit", "delete"} - READ_ONLY.get(name, set()):
        if url := address(name, view):
            assert admin_client.get(url).status_code == 200, view


@pytest.mark.parametrize(("name", "view"), [(name, view) for name, views in READ_ONLY.items() for view in sorted(views)])
def test_proof_has_no_buttons_for_anybody(admin_client: Client, name: str, view: str) -> None:
    """5(2), B5: also a superuser only looks."""
    url = address(name, view)
    before = row(name)
    if url is not None:
        for response in (admin_client.get(url), admin_client.post(url, {"email": "x@voorbeeld.example"})):
            assert response.status_code in {302, 403, 404}
            assert response.status_code != 302 or response["Location"] == "/admin/"
    assert row(name) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_is_sent_to_the_login(client: Client, name: str) -> None:
    for view in ("index", "inspect", "add", "edit", "delete"):
        if url := address(name, view):
            response = client.get(url)
            assert response.status_code == 302
            assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("name", NAMES)
def test_an_editor_without_the_permission_is_refused(name: str) -> None:
    """32, I17: access by task, not by having an account."""
    client = staff()
    assert client.get("/admin/").status_code == 200
    for view in ("index", "inspect", "add", "edit", "delete"):
        if url := address(name, view):
            response = client.get(url)
            assert response.status_code == 302
            assert response["Location"] == "/admin/"


def test_an_editor_with_one_permission_gets_that_list_and_no_other() -> None:
    client = staff("view_datasubject")
    assert client.get(reverse("privacy-subjects:index")).status_code == 200
    assert "anna@voorbeeld.example" in client.get(str(address("privacy-subjects", "inspect"))).content.decode()
    assert client.get(reverse("privacy-consent:index")).status_code == 302


def test_a_permission_that_does_not_exist_for_a_list_gives_nothing() -> None:
    """Django makes "change" and "delete" for every model; for proof they mean nothing."""
    client = staff("view_consentevent", "add_consentevent", "change_consentevent", "delete_consentevent")
    assert client.get(reverse("privacy-consent:index")).status_code == 200
    for view in ("add", "edit", "delete"):
        if url := address("privacy-consent", view):
            assert client.get(url).status_code in {302, 404}


def test_the_menu_leads_to_every_list(admin_client: Client) -> None:
    html = admin_client.get("/admin/").content.decode()
    for name in NAMES:
        assert reverse(f"{name}:index") in html.replace("\\u002D", "-"), name


@pytest.mark.parametrize("name", NAMES)
def test_screens_speak_dutch_of_records(admin_client: Client, name: str) -> None:
    """A reference ("Submission #12") is for logs and files; its reader is told of "bericht 12"."""
    for view in {"index", "inspect", "edit"} - READ_ONLY.get(name, set()):
        if url := address(name, view):
            shown = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", "", admin_client.get(url).content.decode(), flags=re.DOTALL)
            assert not re.search(r"[A-Z][A-Za-z]+ #\d", shown), view


@pytest.mark.parametrize("name", NAMES)
def test_a_list_can_be_read_without_its_headings(admin_client: Client, name: str) -> None:
    """On a phone they are out of sight: each cell that says something knows what it is."""
    page = admin_client.get(reverse(f"{name}:index")).content.decode()
    _, _, table = page.partition("privacy-stacked")
    cells = re.findall(r"<td([^>]*)>(.*?)</td>", table.partition("</tbody>")[0], flags=re.DOTALL)
    assert cells
    assert not [what for attrs, what in cells if what.strip() and "data-label=" not in attrs]


def test_a_person_leads_to_all_that_is_held(admin_client: Client) -> None:
    """And to nobody else's; with their number in the address, never their e-mail address (law.md I3)."""
    anna = DataSubject.objects.get(email="anna@voorbeeld.example")
    other = relation(datetime(2026, 11, 2, tzinfo=UTC), email="bram@voorbeeld.example")
    DataRequest.objects.create(subject=other, received_at=datetime(2026, 11, 2, tzinfo=UTC))
    page = admin_client.get(reverse("privacy-subjects:inspect", args=[anna.pk])).content.decode()
    for name in ("contact-messages", "privacy-requests"):
        url = f"{reverse(f'{name}:index')}?subject={anna.pk}"
        assert f'href="{url}"' in page
        listed = admin_client.get(url).content.decode()
        assert "anna@voorbeeld.example" in listed
        assert "bram@voorbeeld.example" not in listed


@pytest.mark.parametrize("name", ["contact-messages", "privacy-consent", "privacy-links", "privacy-mails", "privacy-requests"])
def test_a_record_leads_to_its_person_for_who_may_see_people(client: Client, name: str) -> None:
    url = address(name, "inspect")
    lead = f'href="{reverse("privacy-subjects:inspect", args=[DataSubject.objects.get(email="anna@voorbeeld.example").pk])}"'
    model = viewset(name).model._meta
    staff = User.objects.create_user("medewerker", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", f"view_{model.model_name}"]))
    client.force_login(staff)
    assert lead not in client.get(url).content.decode()
    staff.user_permissions.add(Permission.objects.get(codename="view_datasubject"))
    assert lead in client.get(url).content.decode()


def test_requests_stand_by_urgency(admin_client: Client) -> None:
    """What is open before what is closed, the least time left on top."""
    first = DataRequest.objects.get()
    late, closed = (DataRequest(subject=first.subject, received_at=datetime(2026, 9, day, tzinfo=UTC)) for day in (1, 2))
    for one in (closed, late):
        one.save()
    DataRequest.objects.filter(pk=closed.pk).update(closed_at=timezone.now(), state="delivered")
    found = admin_client.get(reverse("privacy-requests:index")).context["object_list"]
    assert [one.pk for one in found] == [late.pk, first.pk, closed.pk]


class TestPolicy:
    def test_never_allows_more_than_it_names(self, admin_user: Any) -> None:
        policy = LimitedPolicy(DataRequest, ["view", "add"])
        allowed = {action for action in ("view", "add", "change", "delete") if policy.user_has_permission(admin_user, action)}
        assert allowed == {"view", "add"}
        assert policy.user_has_any_permission(admin_user, ["delete", "view"])
        assert not policy.user_has_any_permission(admin_user, ["delete", "change"])

    def test_never_allows_more_than_django(self) -> None:
        nobody = User.objects.create_user("niemand")
        assert not LimitedPolicy(DataRequest).user_has_permission(nobody, "view")


@pytest.mark.parametrize(
    "name",
    [
        "contact-messages",
        "contact-openings",
        "privacy-consent",
        "privacy-links",
        "privacy-mails",
        "privacy-requests",
        "privacy-runs",
        "privacy-subjects",
    ],
)
def test_a_list_asks_as_often_for_many_rows_as_for_few(name: str, admin_client: Client) -> None:
    """Every column comes with the rows themselves, and the text of the statement with none of them."""

    def add() -> None:
        person = relation(timezone.now())
        version = StatementVersion.objects.in_force()
        DataRequest.objects.create(subject=person, received_at=timezone.now())
        owe(person)
        opened(person.submissions.get(), by=User.objects.create_user(person.email))
        RetentionRun.objects.create(started_at=timezone.now(), as_of=timezone.now(), version=version, months=24, due=0)

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            assert admin_client.get(reverse(f"{name}:index")).status_code == 200
        return [query["sql"] for query in seen.captured_queries]

    add()
    queries()
    few = queries()
    for _ in range(9):
        add()
    many = queries()
    assert len(many) == len(few)
    assert not [sql for sql in many if '"privacy_statement_statementversion"."html"' in sql and "LIMIT 1" not in sql]
