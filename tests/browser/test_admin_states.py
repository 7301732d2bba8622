"""The admin's screens in the states that a walk along addresses does not meet: empty, wrong, busy; by role and in English."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from config.roles import AUDITOR, EDITOR, OFFICER
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from wagtail.models import Page as WagtailPage
from wagtail.users.models import UserProfile

from contact.models import Submission
from contact.openings import opened
from privacy.consent.links import token_for
from privacy.mail.models import Mail
from privacy.register.models import Controller, Processor, Purpose, RetentionRule, SecurityMeasure
from privacy.retention.models import RetentionRun
from privacy.rights import services
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.statement.notices import NOTICE
from privacy.subjects.moments import meet
from tests.browser.looking import look, photograph, too_wide
from tests.factories import AttachmentFactory, SubmissionFactory, contact_page, publish, relation, set_period

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

LISTS = ["messages", "openings", "consent", "links", "mails", "runs", "class-runs", "requests", "subjects", "plan"]


def address(name: str) -> str:
    """Return where a list is."""
    return f"/admin/{'contact' if name in {'messages', 'openings'} else 'privacy'}-{name}/"


def the_statement() -> PrivacyStatementPage:
    """Return the statement that editors work on."""
    found = PrivacyStatementPage.source()
    assert found is not None
    return found


def edit(page: WagtailPage) -> str:
    """Return the address of a page's editor."""
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def empty(page: Page) -> Iterator[str]:
    """Open each list of a site that nobody has written to yet, and one with nothing left to do."""
    for name in LISTS:
        page.goto(address(name))
        yield f"empty {name}"
    page.goto("/admin/contact-messages/?state=spam")
    yield "empty spam"
    page.goto("/admin/contact-messages/?q=niets")
    yield "empty search"
    for model in (SecurityMeasure, RetentionRule, Processor):
        model._default_manager.update(last_reviewed_on=timezone.localdate())
    page.goto("/admin/")
    yield "first page, nothing to do"


def wrong(page: Page) -> Iterator[str]:
    """Send each kind of form with something missing, or ask for what is refused."""
    person = relation(timezone.now(), email="anna@voorbeeld.example")
    page.goto("/admin/privacy-requests/new/")
    page.get_by_label("Hoe binnengekomen").select_option("mail")
    _send(page)
    yield "request without an address"
    page.goto("/admin/privacy-consent/take-down/")
    _send(page)
    yield "withdrawal of nobody"
    page.goto("/admin/privacy-purpose/new/")
    _send(page)
    yield "purpose without a name"
    page.goto(f"/admin/privacy-subjects/edit/{person.pk}/")
    page.get_by_label("Vastgehouden tot").fill("01-01-2020 10:00")
    _send(page)
    yield "hold in the past"
    page.goto(f"/admin/privacy-subjects/moment/{person.pk}/")
    page.locator("[name=at]").fill("01-01-2999 10:00")
    _send(page)
    yield "moment to come"
    page.goto("/admin/privacy-certificates/")
    page.get_by_label("Kenmerk of e-mailadres").fill("niemand@voorbeeld.example")
    _send(page)
    yield "certificate of nobody"
    page.goto(reverse("privacy-purpose:delete", args=[Purpose.objects.get(key="enquiry").pk]))
    yield "purpose in use, not deleted"
    Controller.objects.update(kvk_number="")
    page.goto(edit(the_statement()))
    page.get_by_role("button", name="Meer acties").last.click()
    page.get_by_role("button", name="Publiceren").click()
    page.get_by_text("Vul het KvK-nummer in").first.wait_for()
    yield "statement, not published"


def _send(page: Page) -> None:
    page.locator("main form[method=post]").last.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    page.locator(".error-message, .help-critical, .help-warning, [role=alert]").first.wait_for()


def busy(page: Page) -> Iterator[str]:
    """Fill the site with people, then see what they make to be done."""
    now = timezone.now()
    people = [
        relation(now - timedelta(days=(one * one * 13) % 700), email=f"klant{one}@voorbeeld.example") for one in range(24)
    ]
    message = people[0].submissions.get()
    AttachmentFactory.create(submission=message)
    meet(people[0], kind="phone", at=now)
    opened(message, by=None)
    for person in people[:5]:
        SubmissionFactory.create(subject=person, state=Submission.State.SPAM, suspicions=["honeypot", "links"])
        token_for(person)
    page.goto("/admin/contact-messages/")
    yield "many messages"
    page.locator("td input[type=checkbox]").first.check()
    yield "messages, one chosen"
    page.get_by_role("button", name="Toon filters").click()
    yield "messages, filters open"
    page.goto(f"/admin/contact-messages/inspect/{message.pk}/")
    yield "message with a file"
    page.goto("/admin/contact-messages/?state=spam")
    yield "possible spam"
    for name in ("consent", "subjects", "links", "plan"):
        page.goto(address(name))
        yield f"many {name}"
    set_period(12)
    publish("Wij bewaren korter.")
    Mail.objects.filter(kind=NOTICE, pk__in=Mail.objects.filter(kind=NOTICE).values("pk")[:9]).update(
        state=Mail.State.SENT, sent_at=now, next_attempt_at=None
    )
    Mail.objects.filter(pk__in=Mail.objects.filter(kind=NOTICE, sent_at=None).values("pk")[:2]).update(
        state=Mail.State.FAILED, attempts=9, last_error="SMTPServerDisconnected", next_attempt_at=None
    )
    page.goto("/admin/privacy-mails/")
    yield "mails, some failed"
    version = StatementVersion.objects.in_force()
    page.goto(f"/admin/privacy-versions/inspect/{version.pk}/")  # type: ignore[union-attr]
    yield "version, people being told"
    RetentionRun.objects.create(
        started_at=now - timedelta(seconds=30), as_of=now, version=version, months=12, due=2_400, erased=930, progress_at=now
    )
    for days, kind in ((60, "objection"), (20, "rectification"), (3, "restriction")):
        received_at = now - timedelta(days=days)
        services.take(email=people[1].email, kind=kind, channel="letter", identity="callback", received_at=received_at, at=now)
    set_period(18)
    cache.clear()
    page.goto("/admin/")
    yield "first page, much to do"
    for name in ("runs", "requests"):
        page.goto(address(name))
        yield f"many {name}"
    page.goto(edit(the_statement()))
    yield "statement"
    page.goto(edit(contact_page()))
    yield "contact page"
    the_statement().unpublish()
    cache.clear()
    for name, path in (("first page", "/admin/"), ("plan", address("plan")), ("record", "/admin/privacy-record/")):
        page.goto(path)
        yield f"{name}, no statement in force"


#: Wagtail's own: its editor of pages, its filters that open over a list.
WAGTAILS = {"statement", "contact page", "messages, filters open"}


@pytest.mark.parametrize("walk", [empty, wrong, busy])
def test_axe_finds_nothing_in_any_state(walk: Callable[[Page], Iterator[str]], staff: Callable[..., Page]) -> None:
    """In what is ours."""
    page = staff()
    found = {}
    for state in walk(page):
        if state in WAGTAILS:
            photograph(page, f"admin {state}")
        else:
            found[state] = look(page, f"admin {state}", context="#main" if "/pages/" not in page.url else ".messages")
    assert not {state: wrong for state, wrong in found.items() if wrong}


#: What each sees: name of the screen and its address.
SCREENS = {
    "first page": "/admin/",
    "messages": "/admin/contact-messages/",
    "requests": "/admin/privacy-requests/",
    "request": "/admin/privacy-requests/inspect/{request}/",
    "purposes": "/admin/privacy-purpose/",
    "purpose": "/admin/privacy-purpose/inspect/1/",
    "subject": "/admin/privacy-subjects/inspect/{person}/",
    "mails": "/admin/privacy-mails/",
    "runs": "/admin/privacy-runs/",
    "plan": "/admin/privacy-plan/",
    "publish": "/admin/privacy-statement/{statement}/publiceren/",
}


@pytest.mark.parametrize(
    ("role", "language"),
    [(EDITOR, "nl"), (OFFICER, "nl"), (AUDITOR, "nl"), (None, "en")],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_axe_walks_along_for_a_picture_of_each_role(
    role: Any, language: str, staff: Callable[..., Page], admin_user: User
) -> None:
    """Least privilege has its own test; here each sees screens that fit, without what they may not do."""
    if role:
        admin_user.is_superuser = False
        admin_user.save()
        admin_user.groups.set([Group.objects.get(name=role.name)])
    UserProfile.objects.create(user=admin_user, preferred_language=language)
    person = relation(timezone.now(), email="anna@voorbeeld.example")
    now = timezone.now()
    request = services.take(email=person.email, kind="objection", channel="phone", identity="callback", received_at=now, at=now)
    known = {"request": request.pk, "person": person.pk, "statement": the_statement().pk}
    page = staff(viewport={"width": 360, "height": 740})
    seen = []
    for name, path in SCREENS.items():
        response = page.goto(path.format_map(known))
        assert response
        if response.status == 200 and (name == "first page" or page.url.rstrip("/") != page.url.split("/admin")[0] + "/admin"):
            seen.append(name)
            photograph(page, f"admin {role.name if role else language} {name}")
            assert not too_wide(page), name
    assert seen
