"""B13, art. 46 UAVG: a citizen service number is caught before it is stored, and other numbers can still be sent."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn

from contact.bsn import has_bsn
from contact.models import Submission
from tests.factories import send
from tests.markup import controls

VALID = "111222333"


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        "Mijn BSN is 111222333.",
        "bsn111222333",
        "BSN:111222333,",
        "1112.22.333",
        "111.222.333",
        "111 222 333",
        "111\u00a0222\u00a0333",
        "111-222-333",
        "Bel 06 12345678, bsn 111222333",
        "(111222333)",
    ],
)
def test_is_found_however_it_is_written(text: str) -> None:
    assert has_bsn(text)


@pytest.mark.parametrize(
    "text",
    [
        "111222334",
        "F111222333",
        "factuur2026-F111222333",
        "NL111222333B01",
        "0111222333",
        "1112223331",
        "NL91ABNA0417164300",
        "NL91 ABNA 0417 1643 00",
        "+31 111222333",
        "0031-111222333",
        "+31(0)111222333",
        "+31 111 222 333",
        "06 12 34 56 78",
        "12-11-2026 om 10.30",
        "000000000",
        "",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    """The eleven test fails, or a letter, a country code or more digits say that it is something else."""
    assert not has_bsn(text)


@given(number=st.integers(1, 999_999_999).map("{:09}".format), around=st.text(" .,;:!?()\n", max_size=3))
def test_every_valid_number_is_found_and_no_other(number: str, around: str) -> None:
    assert has_bsn(f"{around}{number}{around}") == bsn.is_valid(number)


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    has_bsn(text)


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
class TestTheForm:
    @pytest.mark.parametrize("field", ["message", "name", "company"])
    def test_says_so_beside_the_field_and_stores_nothing(self, client: Client, field: str) -> None:
        response = send(client, **{field: f"Mijn nummer is {VALID}"})
        shown = controls(response)[field]
        assert "burgerservicenummer" in shown.messages[0]
        assert "letters direct voor" in shown.messages[0], "what to do when it is another number"
        assert VALID in shown.typed
        assert not Submission.objects.exists()

    def test_lets_a_telephone_number_be_a_telephone_number(self, client: Client) -> None:
        assert send(client, phone=VALID).status_code == 302

    def test_lets_a_number_with_letters_before_it_pass(self, client: Client) -> None:
        assert send(client, message=f"Over factuur F{VALID}").status_code == 302
