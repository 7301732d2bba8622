"""The idea of the product: the period that is printed is the period that is carried out (invariant 2)."""

import json
import re
import zipfile
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from dateutil.relativedelta import relativedelta
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from privacy.register.periods import expires_at
from privacy.retention.services import preview
from privacy.rights.delivery import build_export
from tests.factories import publish, relation, send, set_period

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]


class Said:
    """What each part of the site says of the period, asked the way its reader asks."""

    def __init__(self, client: Client, months: int) -> None:
        self.client = client
        self.months = months
        self.others = {24, 12} - {months}

    def statement(self) -> None:
        text = self.client.get("/privacy/").content.decode()
        assert set(re.findall(r"(\d+) maanden[^<]* na het laatste contact", text)) == {str(self.months)}

    def box(self) -> None:
        text = self.client.get("/contact/").content.decode()
        assert f"uiterlijk {self.months} maanden" in text

    def thanks(self) -> None:
        send(self.client)
        text = self.client.get("/contact/bedankt/").content.decode()
        end = timezone.localdate(expires_at(timezone.now(), self.months))
        assert date_format(end, "j F Y") in text
        wrong = [timezone.localdate(expires_at(timezone.now(), other)) for other in self.others]
        assert not [date for date in wrong if date_format(date, "j F Y") in text]

    def export(self, email: str, last_contact: datetime) -> None:
        out = BytesIO()
        build_export(email=email, out=out)
        with zipfile.ZipFile(out) as bundle:
            data = json.loads(bundle.read("data.json"))
            letter = bundle.read("index.html").decode()
        source = data["sources"]["contact.submissions"]
        (record,) = source["records"]
        end = timezone.localdate(expires_at(last_contact, self.months))
        assert (source["terms"]["period"]["months"], record["delete_on"]) == (self.months, end.isoformat())
        assert date_format(end, "j F Y") in letter

    def job(self) -> None:
        """The job finds whoever is just over the period, and not whoever is just within it."""
        now = timezone.now()
        over = now - relativedelta(months=self.months) - timedelta(days=2)
        within = now - relativedelta(months=self.months) + timedelta(days=2)
        already = preview(as_of=now).due
        relation(over)
        relation(within)
        assert preview(as_of=now).due == already + 1


def test_all_change_together_and_only_by_publishing(client: Client) -> None:
    """A8: change the rule and publish: statement, box, thank-you page, export and job change. Without: none does."""
    last_contact = timezone.now() - timedelta(days=30)
    person = relation(last_contact)

    def everybody_says(months: int) -> None:
        said = Said(client, months)
        said.statement()
        said.box()
        said.thanks()
        said.export(person.email, last_contact)
        said.job()

    everybody_says(24)
    set_period(12)
    everybody_says(24)
    assert publish().number == 2
    everybody_says(12)
