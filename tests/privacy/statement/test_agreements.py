"""Agreements with recipients: in the facts, on the page, and in what changed."""

from copy import deepcopy
from datetime import date

import pytest
from django.test import Client

from privacy.register.models import Processor
from privacy.statement.changes import Change, changed_facts
from privacy.statement.models import StatementVersion
from tests.factories import publish

pytestmark = pytest.mark.usefixtures("demo_site")

FIELDS = ("agreement_date", "agreement_date_label", "agreement_version", "agreement_url", "sub_processors")


def zoho(**values: object) -> StatementVersion:
    """Change one recipient and publish; return the version."""
    Processor.objects.filter(key="zoho").update(**values)
    return publish()


def test_the_page_names_the_agreement(client: Client) -> None:
    """E3, 28(9): title, date, version, where to read it, and who else is brought in."""
    zoho(
        agreement_date=date(2026, 3, 1),
        agreement_version="4.2",
        agreement_url="https://example.com/dpa",
        sub_processors="Voorbeeld Datacentra",
    )
    html = client.get("/privacy/").content.decode()
    row = html.split("ZOHO</a></th>", 1)[1].split("</tr>", 1)[0]
    assert 'href="https://example.com/dpa"' in row
    assert 'Voorwaarden voor verwerkers van ZOHO</a>, versie 4.2, <time datetime="2026-03-01">1 maart 2026</time>' in row
    assert "Schakelt zelf in: Voorbeeld Datacentra" in row


def test_without_the_rest_the_page_has_no_loose_ends(client: Client) -> None:
    zoho(role="controller", agreement="", agreement_date=None)
    row = client.get("/privacy/").content.decode().split("ZOHO</a></th>", 1)[1].split("</tr>", 1)[0]
    assert '"Afspraken">—</td>' in row
    assert "Schakelt" not in row


def test_a_new_date_is_a_change_of_facts_in_words() -> None:
    """A20: whoever signs anew changes what the statement says."""
    before = StatementVersion.objects.get().facts
    after = zoho(agreement_date=date(2026, 3, 1)).facts
    assert changed_facts(before, after) == [
        Change(what="Ontvanger “ZOHO”", field="datum van de overeenkomst", old="6 januari 2025", new="1 maart 2026")
    ]


def test_facts_frozen_before_agreements_had_a_date_can_still_be_compared() -> None:
    """A22: versions never change, so they lack what came later; what is empty now did not change."""
    new = StatementVersion.objects.get().facts
    old = deepcopy(new)
    for row in old["recipients"]:
        for field in FIELDS:
            del row[field]
    changes = changed_facts(old, new)
    assert {(change.field, change.old, change.new) for change in changes} == {
        ("datum van de overeenkomst", "", "6 januari 2025")
    }
    assert len(changes) == len(new["recipients"])
