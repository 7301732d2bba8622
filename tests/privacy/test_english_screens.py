"""The admin of an editor who prefers English, and what an English visitor meets when something is wrong."""

import html
import json
import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po
from config import catalogue
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from wagtail.admin.viewsets import viewsets
from wagtail.models import Page, Site
from wagtail.users.models import UserProfile

from privacy.consent.links import token_for
from privacy.consent.mails import confirm_mail, receipt_mail
from privacy.consent.services import Choice, give
from privacy.mail.models import Mail
from privacy.statement.models import StatementVersion
from privacy.subjects.checks import is_ours
from privacy.subjects.models import DataSubject
from tests.factories import DataSubjectFactory

pytestmark = pytest.mark.usefixtures("demo_site")


@pytest.fixture
def english(admin_client: Client, admin_user: User) -> Client:
    """An administrator who prefers English."""
    UserProfile.objects.create(user=admin_user, preferred_language="en")
    return admin_client


def dutch() -> set[str]:
    """Return all texts of ours that read differently in English, as they stand and with a capital."""
    with catalogue.PO.open("rb") as file:
        texts = {
            message.id
            for message in read_po(file)
            if message.id and isinstance(message.id, str) and message.id != message.string
        }
    return {spelling for text in texts for spelling in (text, text[:1].upper() + text[1:])}


def stored() -> Iterator[str]:
    """Yield the texts that the rows themselves hold: those are the editor's own and are in Dutch."""
    models: list[type[Model]] = [
        Page,
        *(model for model in apps.get_models() if is_ours(apps.get_app_config(model._meta.app_label))),
    ]
    for model in models:
        for row in model._default_manager.values_list():
            yield from (value for value in row if isinstance(value, str))


def shown(page: str) -> set[str]:
    """Return the texts of a page, piece by piece: between tags, in attributes that are read out, in the menu's data.

    Not the name of the other language, which says that it is Dutch.
    """
    visible = re.sub(r"<(script|style|template)\b.*?</\1>", "", page, flags=re.DOTALL)
    visible = re.sub(r'<a [^>]*lang="nl">[^<]*</a>', "", visible)
    pieces = re.findall(r">([^<]+)<", visible) + re.findall(r' (?:title|aria-label|placeholder)="([^"]+)"', visible)
    pieces += [json.loads(label) for label in re.findall(r'"label": ("(?:[^"\\]|\\.)*")', page)]
    return {html.unescape(piece).strip(" \n:*") for piece in pieces}


def addresses() -> Iterator[str]:
    """Yield the address of each screen of ours."""
    yield reverse("wagtailadmin_home")
    yield reverse("wagtailsettings:edit", args=["privacy_register", "controller", Site.objects.get().pk])
    for page in Page.objects.filter(depth__gt=1):
        yield reverse("wagtailadmin_pages:edit", args=[page.pk])
    for viewset in viewsets.viewsets:
        if not (viewset.name or "").startswith(("privacy", "contact")):
            continue
        for view in ("index", "add", "edit", "inspect"):
            model = getattr(viewset, "model", None)
            row = model._default_manager.first() if model and view in {"edit", "inspect"} else None
            try:
                yield reverse(viewset.get_url_name(view), args=[row.pk] if row else [])
            except NoReverseMatch:
                continue


def test_shows_none_of_our_labels_in_dutch(english: Client) -> None:
    """A text that is looked up when the module is loaded would stay Dutch for ever."""
    known, own = dutch(), set(stored())
    seen = 0
    for address in addresses():
        answer = english.get(address)
        if answer.status_code != 200:
            assert answer.status_code in {302, 404}, address
            continue
        seen += 1
        assert shown(answer.content.decode()) & known - own == set(), address
    assert seen > 20


def test_names_the_register_in_the_language_of_the_reader(english: Client) -> None:
    assert "Retention periods" in english.get("/admin/privacy-retentionrule/").content.decode()
    UserProfile.objects.update(preferred_language="nl")
    assert "Bewaartermijnen" in english.get("/admin/privacy-retentionrule/").content.decode()


@pytest.mark.parametrize("address", ["/en/nothing-here/", "/en/privacy/versions/99/"])
def test_a_missing_page_says_so_in_english(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    page = answer.content.decode()
    assert 'lang="en"' in page
    assert "This page does not exist" in page
    assert shown(page) & dutch() == set()
    assert "Deze pagina is er niet" in client.get("/bestaat-niet/").content.decode()


@pytest.fixture
def reader() -> DataSubject:
    """Ticked two boxes on an English form; one of them is still to be confirmed."""
    person: DataSubject = DataSubjectFactory.create()
    version = StatementVersion.objects.in_force()
    assert version is not None
    asked = {row["key"]: row["consent_wording"] for row in version.in_language("en").facts["purposes"]}
    choices = [Choice(purpose=key, wording=asked[key]) for key in ("enquiry", "newsletter")]
    give(subject=person, choices=choices, version=version, language="en", place="/en/contact/", at=timezone.now())
    return person


@pytest.mark.parametrize("path", ["", "confirm/newsletter/", "unsubscribe/newsletter/"])
def test_ones_own_page_is_in_english(client: Client, reader: DataSubject, path: str) -> None:
    address = f"/en/consent/{token_for(reader)}/{path}"
    answer = client.get(address)
    assert answer.status_code == 200
    assert "his box was ticked" in answer.content.decode()
    assert shown(answer.content.decode()) & dutch() == set()


def test_so_is_what_a_withdrawal_is_answered_with(client: Client, reader: DataSubject) -> None:
    form = {"action": "withdraw", "purpose": "enquiry"}
    page = client.post(f"/en/consent/{token_for(reader)}/", form, follow=True).content.decode()
    assert "Withdrawn: Answering your question" in page
    assert shown(page) & dutch() == set()


def test_so_are_an_unknown_link_and_the_check_of_a_receipt(client: Client) -> None:
    for address, status in (("/en/consent/unknown/", 404), ("/en/consent/check/", 200)):
        answer = client.get(address)
        assert answer.status_code == status
        assert shown(answer.content.decode()) & dutch() == set()
    assert client.get("/en/consent/key.json").json() == client.get("/toestemming/sleutel.json").json()


def test_mails_about_consent_are_in_english_and_lead_to_the_english_page(client: Client, reader: DataSubject) -> None:
    """B5: the receipt is in the language that the box was in, and says so when it is checked."""
    receipt = receipt_mail(Mail.objects.get(kind="consent.receipt"))
    question = confirm_mail(Mail.objects.get(kind="consent.confirm"))
    assert receipt is not None
    assert question is not None
    for message in (receipt, question):
        assert f"http://localhost/en/consent/{token_for(reader)}/" in message.body
        assert {line.strip() for line in message.body.splitlines()} & dutch() == set()
    ((name, content, _type),) = receipt.attachments
    assert name == "consent.json"
    checked = client.post("/en/consent/check/", {"text": content.decode()}).content.decode()
    assert "This receipt is correct" in checked
    assert "ticked on the form by the person themselves" in checked
    assert shown(checked) & dutch() == set()
