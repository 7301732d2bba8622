"""Layers: a short version first, a way to every part of the long one, and links to parts that hold (law.md A23)."""

from collections import Counter
from typing import Any

import pytest
from django.test import Client
from wagtail.test.utils import WagtailTestUtils

from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.statement.sections import anchors


def page_of(client: Client, path: str) -> Any:
    """Return a page as a browser reads it."""
    response = client.get(path)
    assert response.status_code == 200
    return WagtailTestUtils.get_soup(response.content)


@pytest.mark.usefixtures("demo_site")
class TestContents:
    """The table of contents, frozen with the text it leads through."""

    @pytest.mark.parametrize("path", ["/privacy/", "/privacy/versies/1/"])
    def test_leads_to_every_section_in_order(self, client: Client, path: str) -> None:
        page = page_of(client, path)
        links = page.select("article nav a")
        assert [link.text for link in links] == [heading.text for heading in page.select("article > section > h2")]
        assert [page.find(id=link["href"].removeprefix("#")).text for link in links] == [link.text for link in links]

    def test_the_short_version_stands_above_it(self, client: Client) -> None:
        parts = page_of(client, "/privacy/").select("article > *")
        assert [part.h2.text for part in parts[:3]] == ["In het kort", "Inhoud", "Wie wij zijn"]

    def test_stands_first_where_no_text_does(self, client: Client) -> None:
        statement = PrivacyStatementPage.objects.get(locale__language_code="nl")
        del statement.body[0]
        statement.save_revision().publish()
        assert page_of(client, "/privacy/").article.h2.text == "Inhoud"

    @pytest.mark.parametrize("heading", ["Inhoud", "Bezwaar", "Feiten", "Tekst", "Echtheid", "Uw rechten", "…"])
    def test_no_heading_takes_the_place_of_another(self, client: Client, heading: str) -> None:
        """Ids of the page around the text, of boxes in it, and of equal headings stay apart."""
        statement = PrivacyStatementPage.objects.get(locale__language_code="nl")
        for place in (4, 5):
            assert statement.body[place].block_type == "text"
            statement.body[place].value["heading"] = heading
        statement.body.append(("rights", {"heading": "Uw rechten", "text": ""}))
        statement.save_revision().publish()
        for path in ("/privacy/", "/privacy/versies/2/"):
            ids = Counter(element["id"] for element in page_of(client, path).select("[id]"))
            assert {name for name, times in ids.items() if times > 1} == set()
        page = page_of(client, "/privacy/")
        assert len(page.select("article > section")) == 15
        for named in page.select("[aria-labelledby]"):
            assert page.find(id=named["aria-labelledby"]), named["aria-labelledby"]

    def test_is_part_of_what_was_frozen(self, client: Client) -> None:
        """A19: a later version's headings do not show up in an earlier one's contents."""
        statement = PrivacyStatementPage.objects.get(locale__language_code="nl")
        statement.body[4].value["heading"] = "Iets nieuws"
        statement.save_revision().publish()
        first, second = StatementVersion.objects.order_by("number")
        assert '<a href="#par-iets-nieuws">Iets nieuws</a>' in second.html
        assert "Iets nieuws" not in first.html
        assert first.html in client.get("/privacy/versies/1/").content.decode()

    def test_is_not_compared_beside_the_headings_it_repeats(self, client: Client) -> None:
        statement = PrivacyStatementPage.objects.get(locale__language_code="nl")
        statement.body[0].value["heading"] = "Kortweg"
        statement.save_revision().publish()
        html = client.get("/privacy/versies/2/verschil/").content.decode()
        assert "#par-kortweg" not in html
        assert "<ins>Kortweg</ins>" in html

    def test_a_half_filled_draft_can_be_looked_at(self) -> None:
        statement = PrivacyStatementPage.objects.get(locale__language_code="nl")
        statement.body[0].value["heading"] = None
        assert b"Inhoud" in statement.make_preview_request().content


class TestAnchors:
    """Made from the words of the heading, so that a link holds."""

    def test_moving_a_section_keeps_every_anchor(self) -> None:
        headings = ["Wie wij zijn", "Uw rechten", "Een klacht"]
        assert dict(zip(headings, anchors(headings), strict=True)) == dict(
            zip(reversed(headings), anchors(headings[::-1]), strict=True)
        )

    def test_only_equal_headings_are_numbered(self) -> None:
        assert anchors(["Uw rechten", "Cookies", "Uw rechten!"]) == ["par-uw-rechten", "par-cookies", "par-uw-rechten-2"]

    def test_a_number_never_takes_another_headings_own(self) -> None:
        assert anchors(["Doel", "Doel", "Doel 2", "Doel"]) == ["par-doel", "par-doel-3", "par-doel-2", "par-doel-4"]

    def test_a_heading_without_letters_has_one_too(self) -> None:
        assert anchors(["…", "", "Één"]) == ["par", "par-2", "par-een"]
