"""H2: every form of ours by keyboard alone: controls in reading order, a focus that shows, and errors that take it."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from contact.models import Submission
from privacy.consent.links import token_for
from privacy.consent.models import UnconfirmedConsent
from privacy.retention.models import RetentionRun
from privacy.rights import services
from privacy.rights.models import DataRequest, Redaction
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Source
from tests.browser.keyboard import follow, press, tab_to, type_into, walk
from tests.factories import ConsentEventFactory, publish_screen
from tests.my_data import JAN, PostOffice, link_in

# The broker: what these people do is queued, and forgotten after the test.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site", "broker")]

OVERVIEW = "/mijn-gegevens/overzicht/"
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"


def enter(page: Page, email: str, post_office: PostOffice) -> None:
    """Come to one's own page by the link in the mail."""
    services.ask(email=email, kind="access", message="", language="nl", at=timezone.now())
    page.goto(link_in(post_office()[-1]))
    follow(page, page.get_by_role("button", name="Ja, dat was ik"))
    page.wait_for_url(f"**{OVERVIEW}*")


def visitors_forms(page: Page, person: DataSubject, mails: PostOffice) -> Iterator[str]:
    """Bring the page to each form that a visitor can meet, and name it; a bad one has the focus on what is wrong."""

    def refused(press_what: str) -> None:
        follow(page, page.locator("main form").get_by_role("button", name=press_what))
        expect(page.get_by_role("alert")).to_be_focused()
        tab_to(page, page.get_by_role("alert").get_by_role("link").first)
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.matches('main form :is(input, select, textarea)')")

    for path, button in {
        "/contact/": "Bericht versturen",
        "/en/contact/": "Send message",
        "/mijn-gegevens/": "Stuur mij een link",
        "/en/my-data/": "Send me a link",
    }.items():
        page.goto(path)
        yield path
        refused(button)
        yield f"{path} with errors"
    page.goto("/toestemming/controle/")
    yield "a receipt"
    token = token_for(person)
    page.goto(f"/toestemming/{token}/")
    yield "consents"
    page.goto(f"/toestemming/{token}/bevestigen/newsletter/")
    yield "confirm"
    enter(page, person.email, mails)
    page.evaluate(UNFOLD)
    yield "my data"
    type_into(page, page.get_by_label("Typ WISSEN om door te gaan"), "wisen")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    press(page, page.get_by_role("alert").get_by_role("link"))
    expect(page.get_by_label("Typ WISSEN om door te gaan")).to_be_focused()
    assert DataSubject.objects.filter(pk=person.pk).exists()
    yield "my data, not erased"
    page.goto(OVERVIEW)
    page.get_by_role("link", name="Verbeteren #").last.click()
    yield "correct"
    page.goto(f"{OVERVIEW}adres/")
    yield "another address"
    refused("Stuur de link")
    yield "another address with errors"


def test_every_form_of_a_visitor(page: Page, jan: DataSubject, post_office: PostOffice) -> None:
    """2.1.1, 2.1.2, 2.4.3, 2.4.7; 3.3.1: a form that was not sent says so where the focus is, and leads to the field."""
    given = ConsentEventFactory.create(subject=jan, purpose="reference")
    UnconfirmedConsent.objects.create(
        subject=jan, purpose="newsletter", wording="Ja.", version=given.version, language="nl", place="/contact/", at=given.at
    )
    wrong = {state: walk(page) for state in visitors_forms(page, jan, post_office)}
    assert not {state: found for state, found in wrong.items() if found}


def test_a_person_uses_their_rights(page: Page, jan: DataSubject, post_office: PostOffice) -> None:
    """C17, C21: correct, object, restrict and take back, with Enter and Space; nothing is clicked."""
    enter(page, JAN, post_office)
    follow(page, page.get_by_role("link", name="Verbeteren #").last)
    type_into(page, page.get_by_label("Naam"), "Jan Jansen")
    follow(page, page.get_by_role("button", name="Verbeteren"), "Space")
    expect(page.get_by_role("status")).to_contain_text("Verbeterd")
    assert Submission.objects.get(form_data__name="Jan Jansen").subject == jan
    follow(page, page.get_by_role("button", name="Geen reclame meer"))
    expect(page.get_by_role("status")).to_contain_text("geen reclame meer")
    type_into(page, page.get_by_label("Bezwaar tegen iets anders"), "Het hoeft niet.")
    follow(page, page.get_by_role("button", name="Bezwaar maken"), "Space")
    expect(page.get_by_role("status")).to_contain_text("uw bezwaar ontvangen")
    follow(page, page.get_by_role("button", name="Verzoek intrekken").first)
    expect(page.get_by_role("status")).to_contain_text("ingetrokken")
    follow(page, page.get_by_role("button", name="Alles wat u bewaart"))
    expect(page.get_by_role("status")).to_contain_text("archief")
    jan.refresh_from_db()
    if jan.restricted_at is None:
        follow(page, page.get_by_role("button", name="Gebruik beperken"))
        expect(page.get_by_role("status")).to_contain_text("beperkt")
        jan.refresh_from_db()
    assert jan.restricted_at is not None


def our_forms(page: Page, review: DataRequest, person: DataSubject) -> Iterator[tuple[str, str]]:
    """Bring the page to each form of the admin that is ours, and name it with its part of the page."""
    page.goto(publish_screen())
    yield "publish", "#main .nice-padding"
    follow(page, page.get_by_role("button", name="Publiceren"), "Space")
    expect(page.get_by_role("alert")).to_be_focused()
    yield "publish with errors", "#main .nice-padding"
    page.goto("/admin/privacy-requests/new/")
    yield "a request by phone", "#main form"
    page.goto(f"/admin/privacy-requests/inspect/{review.pk}/")
    page.evaluate(UNFOLD)
    yield "a request to review", "#main"
    page.goto("/admin/privacy-consent/take-down/")
    yield "consent by phone", "#main form.take-down"
    follow(page, page.locator("form.take-down").get_by_role("button", name="Vastleggen"))
    expect(page.get_by_role("alert")).to_be_focused()
    yield "consent by phone with errors", "#main form.take-down"
    page.goto(f"/admin/privacy-subjects/moment/{person.pk}/")
    yield "a contact moment", "#main form"
    page.goto("/admin/privacy-runs/")
    yield "runs", "#main table"


@pytest.fixture
def review(jan: DataSubject, mailbox_source: Source) -> DataRequest:
    """A request by phone whose copy has words about others in it, and an expiry that runs."""
    now = timezone.now()
    version = StatementVersion.objects.in_force()
    RetentionRun.objects.create(started_at=now, as_of=now, version=version, months=24, due=0)
    return services.take(email=JAN, kind="access", channel="phone", identity="callback", received_at=now, at=now)


def test_every_form_of_ours_in_the_admin(staff: Callable[..., Page], jan: DataSubject, review: DataRequest) -> None:
    """2.1.1, 2.1.2, 2.4.3, 2.4.7, 3.3.1."""
    page = staff()
    wrong = {state: walk(page, within) for state, within in our_forms(page, review, jan)}
    assert not {state: found for state, found in wrong.items() if found}


def test_an_officer_works(staff: Callable[..., Page], review: DataRequest, post_office: PostOffice) -> None:
    """C1, C13, D5: a phone call is taken down, words about another are left out, and an expiry is stopped and goes on."""
    post_office()
    page = staff()
    page.goto("/admin/privacy-requests/new/")
    follow(page, page.get_by_role("button", name="Toevoegen"))
    expect(page.get_by_text("Dit veld is vereist.").or_(page.locator(".error-message")).first).to_be_visible()
    type_into(page, page.locator("[name=email]"), "nieuw@voorbeeld.example")
    tab_to(page, page.locator("[name=kind]"))
    page.keyboard.type("Bezwaar")
    tab_to(page, page.locator("[name=identity]"))
    page.keyboard.press("ArrowDown")
    follow(page, page.get_by_role("button", name="Toevoegen"))
    expect(page.get_by_text("Beloofd uiterlijk")).to_be_visible()
    assert DataRequest.objects.latest("pk").kind == "objection"

    page.goto(f"/admin/privacy-requests/inspect/{review.pk}/")
    words = page.get_by_label("Weg te laten woorden").first
    tab_to(page, words)
    page.keyboard.type("Piet de Vries")
    type_into(page, page.get_by_label("Reden, kort").first, "ander")
    follow(page, page.get_by_role("button", name="Weglaten").first)
    expect(page.get_by_text("keer weggelaten")).to_be_visible()
    assert Redaction.objects.filter(request=review).exists()

    page.goto("/admin/privacy-runs/")
    for key, button, state in (("Enter", "Pauzeren", "paused"), ("Space", "Hervatten", "running")):
        follow(page, page.get_by_role("button", name=button), key)
        assert RetentionRun.objects.get().state == state
