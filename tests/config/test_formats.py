"""Dates: on one line on a screen, and with common spaces where a program, a mail or a letter has them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from privacy.mail.models import Mail
from privacy.mail.services import deliver
from privacy.retention.tasks import announce_today
from tests.factories import relation

ROOT = Path(__file__).parents[2]
NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(("language", "month"), [("nl", "maart"), ("en", "March")])
def test_a_date_stays_on_one_line(language: str, month: str) -> None:
    with override(language):
        assert date_format(date(2026, 3, 3)) == f"3{NO_BREAK}{month}{NO_BREAK}2026"
        assert date_format(date(2026, 3, 3), "j F Y") == f"3 {month} 2026"


def test_screens_of_the_admin_have_no_form_of_their_own() -> None:
    """On the site's pages a date stands in a `time`, which the style sheet keeps on one line."""
    screens = [path for room in ("contact", "privacy") for path in (ROOT / room).rglob("templates/*/admin/*.html")]
    assert len(screens) > 20
    assert not [path.name for path in screens if 'date:"j F Y' in path.read_text()]


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
def test_a_mail_has_common_spaces(admin_client: Client) -> None:
    """What people look for in their mail they type with a space."""
    day = timezone.localtime() + timedelta(days=14)
    person = relation(timezone.now() - timedelta(days=800), hold_until=day, hold_reason="geschil")
    announce_today()
    for one in Mail.objects.all():
        deliver(one.pk)
    texts = [f"{mail.subject} {mail.body}" for mail in outbox.outbox]
    assert any(date_format(day, "j F Y") in text for text in texts)
    assert not any(NO_BREAK in text for text in texts)
    assert date_format(day) in admin_client.get(reverse("privacy-subjects:inspect", args=[person.pk])).content.decode()
