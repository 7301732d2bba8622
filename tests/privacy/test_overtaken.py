"""Two people with the same form open: the second to save loses nothing of the first, nor what they typed themselves."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from privacy.register.models import Purpose, System
from privacy.rights.models import LetterTemplate
from privacy.subjects.models import DataSubject
from privacy.subjects.services import erase
from tests.factories import relation
from tests.markup import sent_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


class Opened:
    """A form in somebody's browser."""

    def __init__(self, client: Client, url: str) -> None:
        self.client, self.url = client, url
        self.fields = sent_back(client.get(url).content.decode(), form="w-editor-form")

    def save(self, **typed: Any) -> Any:
        """Send it with what was typed; the answer's form is then what is open."""
        for name, value in typed.items():
            if value is None:
                self.fields.pop(name, None)
            else:
                self.fields[name] = value
        answer = self.client.post(self.url, self.fields)
        if answer.status_code == 200:
            self.fields = sent_back(answer.content.decode(), form="w-editor-form")
        return answer


def said(answer: Any) -> str:
    """What the screen says, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def hold(person: DataSubject) -> str:
    return reverse("privacy-subjects:edit", args=[person.pk])


TYPED = "%Y-%m-%d %H:%M"


def test_a_form_that_was_open_does_not_wipe_a_colleagues_hold(admin_client: Client) -> None:
    """D3: refused, with the hold on the screen; the next time it is kept along with what the second wanted."""
    person = relation(timezone.now())
    until = (timezone.localtime() + timedelta(days=30)).replace(second=0, microsecond=0)
    mine, theirs = (Opened(admin_client, hold(person)) for _ in range(2))
    assert theirs.save(hold_until=until.strftime(TYPED), hold_reason="geschil over een factuur").status_code == 302
    refused = mine.save(restricted="on")
    assert refused.status_code == 200
    assert "Iemand anders heeft dit veranderd terwijl u het open had" in said(refused)
    person.refresh_from_db()
    assert (person.hold_until, person.hold_reason, person.restricted_at) == (until, "geschil over een factuur", None)
    assert mine.fields["hold_reason"] == "geschil over een factuur"
    assert mine.fields["restricted"] == "on", "what was typed is still there"
    assert mine.save().status_code == 302
    person.refresh_from_db()
    assert (person.hold_until, person.hold_reason) == (until, "geschil over een factuur")
    assert person.restricted_at is not None


def test_where_both_typed_what_stands_now_is_beside_it(admin_client: Client) -> None:
    """Nothing is lost: mine is in the field, theirs above it; and mine is saved once I have seen theirs."""
    person = relation(timezone.now())
    until = (timezone.localtime() + timedelta(days=30)).replace(second=0, microsecond=0)
    later = until + timedelta(days=30)
    mine, theirs = (Opened(admin_client, hold(person)) for _ in range(2))
    theirs.save(hold_until=until.strftime(TYPED), hold_reason="geschil")
    refused = mine.save(hold_until=later.strftime(TYPED), hold_reason="rechtszaak")
    assert f"Er staat nu: {date_format(until, 'j F Y H:i')} " in said(refused)
    assert "Er staat nu: geschil " in said(refused)
    assert mine.fields["hold_reason"] == "rechtszaak"
    assert mine.save().status_code == 302
    person.refresh_from_db()
    assert (person.hold_until, person.hold_reason) == (later, "rechtszaak")


def test_the_same_by_two_is_no_quarrel(admin_client: Client) -> None:
    person = relation(timezone.now())
    until = (timezone.localtime() + timedelta(days=30)).strftime(TYPED)
    mine, theirs = (Opened(admin_client, hold(person)) for _ in range(2))
    for form in (theirs, mine):
        assert form.save(hold_until=until, hold_reason="geschil").status_code == 302


def test_who_was_erased_meanwhile_is_said_to_be(admin_client: Client) -> None:
    """And not with a page that says that nothing was found."""
    person = relation(timezone.now())
    mine = Opened(admin_client, hold(person))
    erase([person], reason="request", at=timezone.now())
    answer = admin_client.post(mine.url, mine.fields, follow=True)
    assert answer.redirect_chain == [(reverse("privacy-subjects:index"), 302)]
    assert "Wat u zocht is er niet meer: het is gewist of verwijderd. Er is niets opgeslagen." in said(answer)


@pytest.mark.parametrize(
    ("name", "back"),
    [
        ("privacy-subjects:edit", "privacy-subjects:index"),
        ("privacy-subjects:inspect", "privacy-subjects:index"),
        ("privacy-subjects:moment", "privacy-subjects:index"),
        ("privacy-consent:person", "privacy-consent:index"),
    ],
)
def test_a_link_to_who_was_erased_since_says_so(admin_client: Client, name: str, back: str) -> None:
    """The night's mails name people by these addresses (`privacy.retention.mails`), and so does the browser's history."""
    person = relation(timezone.now())
    link = reverse(name, args=[person.pk])
    assert admin_client.get(link).status_code == 200
    erase([person], reason="expired", at=timezone.now())
    answer = admin_client.get(link, follow=True)
    assert answer.redirect_chain == [(reverse(back), 302)]
    assert "Wat u zocht is er niet meer: het is gewist of verwijderd." in said(answer)
    assert "niets opgeslagen" not in said(answer)


@pytest.mark.parametrize("name", ["edit", "inspect"])
def test_and_tells_nobody_else_who_there_is(client: Client, django_user_model: Any, name: str) -> None:
    """Whoever may not see people learns nothing of a number, whether it is somebody's or not."""
    writer = django_user_model.objects.create_user("schrijver", password="x")
    writer.groups.add(Group.objects.get(name="Redacteur"))
    client.force_login(writer)
    person = relation(timezone.now())
    for number in (person.pk, person.pk + 1000):
        answer = client.get(reverse(f"privacy-subjects:{name}", args=[number]), follow=True)
        assert answer.redirect_chain == [(reverse("wagtailadmin_home"), 302)]
        assert "er niet meer" not in said(answer)


def test_the_words_of_a_letter_are_not_written_over(admin_client: Client) -> None:
    template = LetterTemplate.objects.get(kind="confirmation", language="nl")
    mine, theirs = (Opened(admin_client, reverse("privacy-letters:edit", args=[template.pk])) for _ in range(2))
    assert theirs.save(body="Dag.\r\n\r\nWij kregen uw verzoek {kenmerk}.").status_code == 302
    refused = mine.save(heading="Uw verzoek is er")
    assert "Dit heeft iemand anders veranderd; dit staat er nu." in said(refused)
    assert mine.save().status_code == 302
    template.refresh_from_db()
    assert template.heading == "Uw verzoek is er"
    assert template.body.startswith("Dag.")


def test_nor_is_a_row_of_the_register(admin_client: Client) -> None:
    """What a purpose is stored in decides what the statement says."""
    purpose = Purpose.objects.get(key="newsletter")
    before, extra = set(purpose.systems.all()), System.objects.create(name="Kast", key="kast")
    mine, theirs = (Opened(admin_client, reverse("privacy-purpose:edit", args=[purpose.pk])) for _ in range(2))
    assert theirs.save(systems=[str(row.pk) for row in [*before, extra]]).status_code == 302
    assert mine.save(name="Nieuws").status_code == 200
    assert mine.save().status_code == 302
    purpose.refresh_from_db()
    assert purpose.name == "Nieuws"
    assert set(purpose.systems.all()) == before | {extra}
