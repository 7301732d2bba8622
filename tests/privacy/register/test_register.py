"""The register: keys that code can rely on, numbers that are numbers, and rows in use that stay."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import Site

from privacy.register.models import Controller, DataCategory, Purpose, RetentionRule, RightsTexts, SecurityMeasure
from privacy.register.periods import expires_at, not_due_after
from privacy.register.validators import key_validator
from privacy.statement.facts import period_label
from privacy.statement.models import StatementVersion

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(*parts: int, fold: int = 0) -> datetime:
    """Return a moment on the clock of Amsterdam."""
    return datetime(*parts, tzinfo=AMSTERDAM, fold=fold)  # type: ignore[misc, arg-type]


class TestPeriods:
    @pytest.mark.parametrize(
        ("last_contact", "months", "end"),
        [
            pytest.param(local(2024, 11, 23, 10), 24, local(2026, 11, 23, 10), id="an ordinary day"),
            pytest.param(local(2024, 2, 29, 12), 12, local(2025, 2, 28, 12), id="29 February, no leap year"),
            pytest.param(local(2024, 2, 29, 12), 48, local(2028, 2, 29, 12), id="29 February, leap year"),
            pytest.param(local(2023, 2, 28, 12), 12, local(2024, 2, 28, 12), id="28 February stays the 28th"),
            pytest.param(local(2025, 1, 31, 12), 1, local(2025, 2, 28, 12), id="31 January"),
            pytest.param(local(2025, 3, 31, 12), 1, local(2025, 4, 30, 12), id="31 March"),
            pytest.param(local(2024, 12, 31, 23, 59, 59), 2, local(2025, 2, 28, 23, 59, 59), id="the year's last second"),
            pytest.param(local(2024, 3, 30, 2, 30), 24, local(2026, 3, 30, 2, 30), id="no clock change that night"),
            pytest.param(local(2024, 2, 29, 2, 30), 13, local(2025, 3, 29, 2, 30), id="the night before spring"),
            pytest.param(local(2024, 2, 28, 1, 59, 59), 25, local(2026, 3, 28, 1, 59, 59), id="winter to winter"),
            pytest.param(local(2024, 7, 1, 12), 6, local(2025, 1, 1, 12), id="summer to winter: the same hour"),
        ],
    )
    def test_end_on_the_readers_calendar(self, last_contact: datetime, months: int, end: datetime) -> None:
        """A7: calendar months on the clock of Amsterdam, month ends clamped."""
        assert expires_at(last_contact, months) == end
        assert expires_at(last_contact.astimezone(UTC), months) == end

    def test_into_the_hour_that_does_not_exist(self) -> None:
        """30 March 2025, 02:30: the clock goes from 02:00 to 03:00; the later reading is 03:30 summer time."""
        assert expires_at(local(2025, 2, 28, 2, 30), 1) == local(2025, 3, 28, 2, 30)
        assert expires_at(local(2025, 1, 30, 2, 30), 2) == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)

    def test_into_the_hour_that_comes_twice(self) -> None:
        """26 October 2025, 02:30 comes at 00:30 and at 01:30 UTC; nobody is erased before the second."""
        assert expires_at(local(2025, 9, 26, 2, 30), 1) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)

    def test_from_the_hour_that_comes_twice(self) -> None:
        first, second = (expires_at(local(2025, 10, 26, 2, 30, fold=fold), 1) for fold in (0, 1))
        assert first == second == local(2025, 11, 26, 2, 30)

    def test_counts_on_the_local_day_and_not_on_that_of_utc(self) -> None:
        """31 January 00:30 in Amsterdam is still the 30th in London."""
        assert expires_at(datetime(2025, 1, 30, 23, 30, tzinfo=UTC), 1) == local(2025, 2, 28, 0, 30)

    @pytest.mark.parametrize("months", [1, 12, 24])
    def test_the_quick_limit_is_never_too_tight(self, months: int) -> None:
        as_of = local(2026, 2, 28, 12)
        due = [local(2024, 2, 29, 12), local(2025, 2, 28, 12), local(2026, 1, 31, 12), local(2026, 1, 28, 12)]
        for last_contact in due:
            if expires_at(last_contact, months) <= as_of:
                assert last_contact <= not_due_after(as_of, months)

    @pytest.mark.parametrize(
        ("months", "label"),
        [(1, "1 maand"), (2, "2 maanden"), (12, "12 maanden (1 jaar)"), (18, "18 maanden"), (84, "84 maanden (7 jaar)")],
    )
    def test_in_words(self, months: int, label: str) -> None:
        assert period_label(months) == label


class TestController:
    @pytest.mark.parametrize(
        ("number", "valid"),
        [
            ("12345678", True),
            ("01234567", True),
            ("", True),
            ("1234567", False),
            ("123456789", False),
            ("1234567a", False),
            ("1234567\n", False),
        ],
    )
    def test_kvk_number_has_eight_digits(self, number: str, valid: bool) -> None:
        """A1, BW 3:15d; empty is for the gate to refuse, a draft may be half-filled."""
        controller = Controller(kvk_number=number)
        if valid:
            controller.clean_fields(exclude=["site"])
        else:
            with pytest.raises(ValidationError) as refused:
                controller.clean_fields(exclude=["site"])
            assert list(refused.value.message_dict) == ["kvk_number"]


class TestKeys:
    @pytest.mark.parametrize("key", ["a", "enquiry", "contact_details", "a1_2"])
    def test_are_plain_words(self, key: str) -> None:
        key_validator(key)

    @pytest.mark.parametrize("key", ["", "1a", "_a", "A", "met spatie", "met-streep", "é", "a\n", "a/b", "consent_é"])
    def test_and_nothing_else(self, key: str) -> None:
        """They become names of form fields and of files."""
        with pytest.raises(ValidationError):
            key_validator(key)

    @pytest.mark.django_db
    def test_are_taken_once(self) -> None:
        DataCategory.objects.create(key="name", name="Naam", origin="u")
        with pytest.raises(IntegrityError), transaction.atomic():
            DataCategory.objects.create(key="name", name="Andere naam", origin="u")


@pytest.mark.usefixtures("demo_site")
class TestForms:
    @staticmethod
    def purpose_form(**changes: Any) -> dict[str, Any]:
        """Return what the editor's browser sends for a new purpose."""
        rule = RetentionRule.objects.get(key="relations")
        categories = list(DataCategory.objects.filter(key__in=["name", "company"]).values_list("pk", flat=True))
        fields = {
            "name": "Uitnodigen",
            "key": "invitations",
            "description": "Wij nodigen u uit.",
            "persons": "klanten",
            "legal_basis": "f",
            "interest": "bekend blijven",
            "law": "",
            "consent_wording": "",
            "categories": categories,
            "retention_rule": rule.pk,
        }
        return fields | changes

    def test_a_purpose_is_made_and_changed_by_hand(self, admin_client: Client) -> None:
        response = admin_client.post(reverse("privacy-purpose:add"), self.purpose_form())
        assert response.status_code == 302
        purpose = Purpose.objects.get(key="invitations")
        assert {category.key for category in purpose.categories.all()} == {"name", "company"}

        edit = reverse("privacy-purpose:edit", args=[purpose.pk])
        assert admin_client.post(edit, self.purpose_form(name="Borrel")).status_code == 302
        purpose.refresh_from_db()
        assert purpose.name == "Borrel"
        assert StatementVersion.objects.get().look.purpose("invitations") is None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"key": "Met Spatie"},
            {"key": "enquiry"},
            {"legal_basis": "g"},
            {"description": ""},
            {"persons": ""},
            {"retention_rule": ""},
        ],
    )
    def test_a_wrong_purpose_is_refused_beside_its_field(self, admin_client: Client, wrong: dict[str, str]) -> None:
        """A3, A7: a text, one of the six bases, a period."""
        before = Purpose.objects.count()
        response = admin_client.post(reverse("privacy-purpose:add"), self.purpose_form(**wrong))
        assert response.status_code == 200
        assert set(response.context["form"].errors) == set(wrong)
        assert Purpose.objects.count() == before

    @pytest.mark.parametrize(("months", "valid"), [("0", False), ("-1", False), ("1.5", False), ("", False), ("1", True)])
    def test_a_period_is_a_whole_month_at_least(self, admin_client: Client, months: str, valid: bool) -> None:
        """A7."""
        fields = {"name": "x", "key": "x", "start_event": "recorded", "action": "erase", "reason": "x", "notice_days": "0"}
        fields |= {"months": months, "days": "0", "owner": "de eigenaar", "review_months": "12"}
        response = admin_client.post(reverse("privacy-retentionrule:add"), fields)
        assert response.status_code == (302 if valid else 200)
        assert RetentionRule.objects.filter(key="x").exists() == valid

    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("datacategory", {"source": "person"}),
            ("processor", {"role": "processor", "service": "x", "country": "Nederland", "review_months": "12"}),
            ("system", {"kind": "x"}),
            ("securitymeasure", {"public_text": "x", "review_months": "3"}),
        ],
    )
    def test_every_other_list_takes_a_new_row(self, admin_client: Client, name: str, fields: dict[str, str]) -> None:
        response = admin_client.post(reverse(f"privacy-{name}:add"), fields | {"name": "Nieuw", "key": "brand_new"})
        assert response.status_code == 302
        assert "Nieuw" in admin_client.get(reverse(f"privacy-{name}:index")).content.decode()

    def test_a_measure_has_a_review_rhythm(self) -> None:
        """32(1)(d): the Wi-Fi password's three months are the demo's case."""
        assert SecurityMeasure.objects.get(key="wifi").review_months == 3

    def test_the_controller_is_edited_in_the_settings(self, admin_client: Client) -> None:
        controller = Controller.objects.get()
        url = reverse("wagtailsettings:edit", args=["privacy_register", "controller", controller.site_id])
        assert admin_client.get(url).status_code == 200
        wrong = {"kvk_number": "123"}
        fields = {name: getattr(controller, name) for name in ("name", "legal_form", "vat_id", "address", "email", "phone")}
        assert "8 cijfers" in admin_client.post(url, fields | wrong).content.decode()
        assert admin_client.post(url, fields | {"kvk_number": "12345678"}).status_code == 302
        controller.refresh_from_db()
        assert controller.kvk_number == "12345678"

    @pytest.mark.parametrize(
        ("number", "valid"),
        [
            ("NL000099998B57", True),
            ("nl 0000.99998.B57", True),
            ("", True),
            ("NL000099998B58", False),
            ("000099998B57", False),
            ("BE0428759497", False),
            ("NL000099998B57x", False),
        ],
    )
    def test_a_vat_id_is_one(self, admin_client: Client, number: str, valid: bool) -> None:
        """A1; BW 3:15d(1): the check number is right and the country stands before it."""
        controller = Controller.objects.get()
        url = reverse("wagtailsettings:edit", args=["privacy_register", "controller", controller.site_id])
        response = admin_client.post(url, {"kvk_number": "57680701", "vat_id": number})
        assert response.status_code == (302 if valid else 200)
        assert ("geen Nederlands btw-id" in response.content.decode()) != valid

    def test_texts_about_rights_are_edited_in_the_settings(self, admin_client: Client) -> None:
        """A9: the form begins with our own sentences, and keeps what is typed over them."""
        url = reverse("wagtailsettings:edit", args=["privacy_register", "rightstexts", Site.objects.get().pk])
        shown = admin_client.get(url).content.decode()
        assert "u vraagt wat wij van u hebben" in shown
        assert "https://www.autoriteitpersoonsgegevens.nl/" in shown
        assert admin_client.post(url, {"access": "u vraagt het ons."}).status_code == 302
        assert RightsTexts.objects.get().access == "u vraagt het ons."
