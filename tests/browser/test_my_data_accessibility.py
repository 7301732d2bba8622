"""H2: every page and state of “Mijn gegevens” and of the officer's screens, in light and dark, on a phone and a laptop."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from privacy.rights import acts, recipients, search, services
from privacy.rights.models import DataRequest, LetterTemplate
from privacy.rights.review import leave_out
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Source
from tests.browser.keyboard import tab_to
from tests.browser.looking import look, photograph
from tests.factories import relation
from tests.my_data import JAN, PostOffice, link_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo_site")]

SIZES = [{"width": 360, "height": 740}, {"width": 1280, "height": 860}]
OVERVIEW = "/mijn-gegevens/overzicht/"
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
#: One line that says what was done, one that warns, and an error; the others differ in words.
DONE = ["archive", "type-erase", "held"]


def ask(page: Page, email: str = JAN) -> None:
    """Fill in the form as a visitor does."""
    page.goto("/mijn-gegevens/")
    page.get_by_label("Uw e-mailadres").fill(email)
    page.get_by_role("button", name="Stuur mij een link").click()


def visitor_sees(page: Page, mails: PostOffice, settings: Any) -> Iterator[str]:
    """Bring the page into each state a visitor can meet, and name it."""
    page.goto("/mijn-gegevens/")
    yield "ask"
    ask(page, "geen adres")
    page.get_by_role("alert").wait_for()
    yield "ask, refused"
    limits = settings.ASKS_PER_HOUR
    settings.ASKS_PER_HOUR = dict.fromkeys(limits, 0)
    ask(page)
    page.get_by_text("Er kwamen net te veel verzoeken").wait_for()
    yield "ask, too many"
    settings.ASKS_PER_HOUR = limits
    page.goto("/mijn-gegevens/?over=1")
    yield "ask, session over"
    ask(page)
    page.get_by_role("heading", name="Kijk in uw mail").wait_for()
    yield "asked"
    page.goto(f"/mijn-gegevens/{'x' * 43}/")
    yield "link, useless"
    page.goto(link_in(mails()[-1]))
    yield "link"
    page.get_by_role("button", name="Ja, dat was ik").click()
    page.wait_for_url(f"**{OVERVIEW}*")
    yield "overview"
    page.evaluate(UNFOLD)
    yield "overview, unfolded"
    for what in DONE:
        page.goto(f"{OVERVIEW}?done={what}")
        yield f"overview, {what}"
    page.evaluate(UNFOLD)
    page.locator("article").filter(has_text="Uw bericht").get_by_role("link", name="Verbeteren").last.click()
    yield "correct"
    page.locator("main form [name=value_0]").evaluate("field => field.value = 'x'.repeat(10001)")
    page.locator("main form").get_by_role("button", name="Verbeteren").click()
    page.get_by_role("alert").wait_for()
    yield "correct, refused"
    page.goto(OVERVIEW)
    page.get_by_role("button", name="Gebruik beperken").click()
    page.get_by_role("status").wait_for()
    yield "overview, restricted, with requests"
    archive = next(mail for mail in mails() if "staan klaar" in mail.subject)
    page.goto(link_in(archive))
    yield "link to the archive"
    yield from another_address(page, mails)
    page.goto(OVERVIEW)
    page.get_by_label("Typ WISSEN om door te gaan").fill("wissen")
    page.get_by_role("button", name="Alles wissen").click()
    page.get_by_role("heading", name="Uw gegevens zijn gewist").wait_for()
    yield "erased"


def another_address(page: Page, mails: PostOffice) -> Iterator[str]:
    """Offer an address that somebody else has, and one that nobody has, inside a session."""
    relation(timezone.now(), email="bekend@elders.example")
    for email in ("bekend@elders.example", "jan.met.een.heel.lang.adres.van.zijn.nieuwe.werk@elders.example"):
        page.goto(OVERVIEW)
        page.get_by_role("link", name="Een ander e-mailadres").click()
        yield "another address"
        page.get_by_label("Uw nieuwe e-mailadres").fill(email)
        page.get_by_label("Nog een keer").fill(JAN)
        page.get_by_role("button", name="Stuur de link").click()
        page.get_by_role("alert").wait_for()
        yield "another address, refused"
        page.get_by_label("Nog een keer").fill(email)
        page.get_by_role("button", name="Stuur de link").click()
        page.get_by_role("status").wait_for()
        yield "overview, another address offered"
        page.goto(link_in(next(mail for mail in mails() if mail.to == [email])))
        yield "link to another address"
        page.get_by_role("button", name="Ja, dit is mijn adres").click()
        heading = "Wij kijken hiernaar" if email.startswith("bekend") else "Uw adres is veranderd"
        page.get_by_role("heading", name=heading).wait_for()
        yield f"another address, {heading}"


def visitor_sees_in_english(page: Page, mails: PostOffice) -> Iterator[str]:
    """The same pages and mails with other words, which are longer in other places."""
    page.goto("/en/my-data/")
    yield "in English, ask"
    page.get_by_label("Your email address").fill(JAN)
    page.get_by_role("button", name="Send me a link").click()
    page.get_by_role("heading", name="Check your email").wait_for()
    yield "in English, asked"
    page.goto(link_in(mails()[-1]))
    yield "in English, link"
    page.get_by_role("button", name="Yes, that was me").click()
    page.get_by_role("heading", name="What we keep about you").wait_for()
    page.evaluate(UNFOLD)
    yield "in English, overview, unfolded"
    page.get_by_role("link", name="Correct").last.click()
    yield "in English, correct"
    mails()  # the archive that was asked for by the way


def test_axe_finds_nothing_for_a_visitor(
    page: Page,
    jan: DataSubject,
    post_office: PostOffice,
    settings: Any,
) -> None:
    states = chain(visitor_sees_in_english(page, post_office), visitor_sees(page, post_office, settings))
    found = {state: look(page, f"mijn gegevens {state}") for state in states}
    assert not {state: wrong for state, wrong in found.items() if wrong}


def corrections(page: Page) -> Iterator[str]:
    """Correct for somebody who phoned: their address by a link, their message by its form."""
    page.get_by_label("Nieuw e-mailadres").first.fill("jan@elders.example")
    page.get_by_role("button", name="Nieuw e-mailadres: link sturen").click()
    page.get_by_text("Een link gestuurd naar het nieuwe").wait_for()
    page.evaluate(UNFOLD)
    yield "rectification, another address to be confirmed"
    page.get_by_role("link", name="Berichten die u via het contactformulier").last.click()
    page.get_by_role("button", name="Verbeteren").wait_for()
    yield "correct for somebody who phoned"


def officer_sees(page: Page, mails: PostOffice, officer: Any, monkeypatch: Any) -> Iterator[str]:
    """Bring the officer's screens into each state, and name it."""
    now = timezone.now()

    def taken(kind: str, days: int = 0) -> DataRequest:
        received_at = now - timedelta(days=days)
        return services.take(email=JAN, kind=kind, channel="phone", identity="callback", received_at=received_at, at=now)

    def goto(request: DataRequest) -> None:
        page.goto(f"/admin/privacy-requests/inspect/{request.pk}/")
        page.evaluate(UNFOLD)

    page.goto("/admin/privacy-requests/new/")
    yield "a new request"
    for kind in ("objection", "erasure", "rectification"):
        goto(taken(kind))
        yield f"{kind}, open"
    yield from corrections(page)
    goto(taken("objection", days=60))
    yield "too late"
    waiting = taken("rectification")
    services.ask_person(waiting, question="Welke website?", user=officer, at=now)
    goto(waiting)
    yield "waiting"
    restricted = taken("restriction")
    acts.restrict(restricted, actor="officer", user=officer, at=now)
    goto(restricted)
    yield "restricted, recipients to be told"
    recipients.told(restricted.notices.all()[0], outcome="had niets", user=officer, at=now)
    goto(restricted)
    yield "restricted, one recipient told"
    refused = taken("objection")
    services.refuse(refused, reason="Buitensporig.", user=officer, at=now)
    goto(refused)
    yield "refused, with its letter"
    review = taken("access")
    mails()
    goto(review)
    yield "to be reviewed"
    leave_out(review, source="test.mailbox", reference="Mail #1", words="Piet de Vries", reason="ander", user=officer, at=now)
    goto(review)
    yield "to be reviewed, with something left out"
    _photograph_letter(page, f"/admin/privacy-requests/{review.pk}/preview/")
    # The list of letters is asked as well, so the sources fail only now.
    count = Source.count
    monkeypatch.setattr(Source, "count", lambda self, people: 1 / 0 if self.key == "test.mailbox" else count(self, people))
    silent = taken("access")
    DataRequest.objects.filter(pk=silent.pk).update(attempts=9)
    search.collect(silent.pk, at=now)
    goto(silent)
    page.get_by_text("Niet te bereiken: Mailwisseling").wait_for()
    yield "a source is missing"
    for path in ("privacy-requests", "privacy-letters", f"privacy-letters/edit/{LetterTemplate.objects.earliest('pk').pk}"):
        page.goto(f"/admin/{path}/")
        yield path


def _photograph_letter(page: Page, path: str) -> None:
    """Leave pictures of the letter as its person opens it: from a disk, without the header that forbids every script."""
    letter = page.context.new_page()
    letter.set_content(page.request.get(path).text())
    photograph(letter, "admin request letter beforehand")
    letter.close()


def test_axe_finds_nothing_for_an_officer(
    staff: Callable[..., Page],
    admin_user: Any,
    jan: DataSubject,
    mailbox_source: Source,
    post_office: PostOffice,
    monkeypatch: Any,
) -> None:
    """In what is ours: the frame around it is Wagtail's."""
    page = staff()
    found = {}
    for state in officer_sees(page, post_office, admin_user, monkeypatch):
        found[state] = look(page, f"admin request {state}", context="#main")
    page.goto("/admin/")
    found["the first page"] = look(page, "admin first page, busy", context="#privacy-todo-section, #privacy-requests-section")
    assert not {state: wrong for state, wrong in found.items() if wrong}


def test_by_keyboard_from_asking_to_erasing(
    page: Page,
    jan: DataSubject,
    post_office: PostOffice,
) -> None:
    """2.1.1, 2.4.7: nothing is clicked."""
    page.goto("/mijn-gegevens/")
    tab_to(page, page.get_by_label("Uw e-mailadres"))
    page.keyboard.type(JAN)
    tab_to(page, page.get_by_label("Zien welke gegevens"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Mijn gegevens laten wissen")).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Stuur mij een link"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in uw mail")
    page.goto(link_in(post_office()[-1]))
    tab_to(page, page.get_by_role("button", name="Ja, dat was ik"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat wij over u bewaren")
    page.goto(OVERVIEW)
    expect(page.get_by_text("Mag het iets ronder?"), "the first source is open").to_be_visible()
    tab_to(page, page.locator("summary", has_text="Toestemmingen die u gaf"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tekst bij het vakje")).to_be_visible()
    word = page.get_by_label("Typ WISSEN om door te gaan")
    tab_to(page, word)
    page.keyboard.type("wisen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Er is niets gewist")
    assert DataSubject.objects.exists()
    page.goto(OVERVIEW)
    tab_to(page, word)
    page.keyboard.type("wissen")
    tab_to(page, page.get_by_role("button", name="Alles wissen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw gegevens zijn gewist")
    assert not DataSubject.objects.exists()


def test_what_is_folded_is_counted_and_printed_open(
    new_page: Callable[..., Page],
    jan: DataSubject,
    post_office: PostOffice,
) -> None:
    """Without JavaScript too."""
    page = new_page(java_script_enabled=False, viewport=SIZES[0])
    ask(page)
    page.goto(link_in(post_office()[-1]))
    page.get_by_role("button", name="Ja, dat was ik").click()
    consents = page.locator("summary", has_text="Toestemmingen die u gaf")
    expect(consents).to_contain_text("1")
    given = page.get_by_text("Tekst bij het vakje")
    expect(given).to_be_hidden()
    consents.click()
    expect(given).to_be_visible()
    consents.click()
    expect(given).to_be_hidden()
    page.emulate_media(media="print")
    shows = "element => element.checkVisibility() && element.getBoundingClientRect().height > 0"
    assert given.evaluate(shows)
    page.emulate_media(media="screen")
    assert not given.evaluate(shows)


def test_a_browser_that_asks_brings_its_proof(page: Page, settings: Any) -> None:
    """F3: the sum is done while somebody types, or when the form is sent at once."""
    settings.ASKS_PER_HOUR = settings.ASKS_PER_HOUR | {"unproven network": 0}
    ask(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in uw mail")
    assert DataRequest.objects.count() == 1
