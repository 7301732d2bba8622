"""The gate: each rule refuses what the law refuses and lets the rest through, whichever way somebody publishes (law.md A)."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.test.utils.form_data import rich_text

from contact.models import FormField, FormPurpose
from privacy.register.models import Controller, Cookie, DataCategory, Processor, Purpose, RetentionRule, RightsTexts
from privacy.statement import messages
from privacy.statement.completeness import missing
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.subjects.registry import registry
from tests.factories import publish, statement_form, translate_what_is_new

pytestmark = pytest.mark.usefixtures("demo_site")


def page() -> PrivacyStatementPage:
    """Return the statement page as the database has it."""
    return PrivacyStatementPage.objects.get(locale__language_code="nl")


def codes() -> set[str]:
    """Return what the register lacks now."""
    return {item.code for item in missing(page().current_facts())}


def purpose(key: str, /, **values: Any) -> Callable[[], Any]:
    """Return a change of one purpose."""
    return lambda: Purpose.objects.filter(key=key).update(**values)


def controller(**values: Any) -> Callable[[], Any]:
    """Return a change of who is responsible."""
    return lambda: Controller.objects.update(**values)


def rule(rule_key: str = "relations", /, **values: Any) -> Callable[[], Any]:
    """Return a change of a rule that a job follows; of the one for people unless told."""
    return lambda: RetentionRule.objects.filter(key=rule_key).update(**values)


def recipient(**values: Any) -> Callable[[], Any]:
    """Return a change of the recipient outside Europe."""
    return lambda: Processor.objects.filter(key="zoho").update(**values)


def texts(**values: Any) -> Callable[[], Any]:
    """Return a change of the texts about rights and complaints."""
    return lambda: RightsTexts.objects.create(site=page().get_site(), **values)


def category(key: str, /, **values: Any) -> Callable[[], Any]:
    """Return a change of one kind of data."""
    return lambda: DataCategory.objects.filter(key=key).update(**values)


def ends(days: int) -> Callable[[], Any]:
    """Return a change of the agreement with the recipient outside Europe: it ends so many days from now."""
    return recipient(agreement_ends_on=timezone.localdate() + timedelta(days=days))


def _all_consent_is_contract() -> None:
    Purpose.objects.filter(legal_basis="a").update(legal_basis="b")
    texts(withdrawal="")()


def _no_purposes() -> None:
    FormField.objects.all().delete()
    FormPurpose.objects.all().delete()
    Purpose.objects.all().delete()


def _no_categories() -> None:
    Purpose.objects.get(key="newsletter").categories.clear()


LACKS = [
    *(
        pytest.param(controller(**{field: empty}), "A1.controller", words, id=f"A1 {field}{empty}")
        for empty in ("", " ")
        for field, words in {
            "name": "de handelsnaam",
            "legal_form": "de rechtsvorm",
            "kvk_number": "het KvK-nummer",
            "address": "het adres",
            "email": "het e-mailadres voor privacyvragen",
        }.items()
    ),
    pytest.param(controller(is_vat_registered=True, vat_id=" "), "A1.vat", "het btw-id", id="A1 VAT id"),
    pytest.param(controller(has_dpo=True, dpo_name="N. de Boer"), "A2.dpo", "e-mailadres van de functionaris", id="A2"),
    *(
        pytest.param(texts(**{field: " "}), code, f"bij “{label}”", id=f"{code[:3]} {field}".replace(".", ""))
        for field, code, label in (
            ("access", "A9.right", "inzage"),
            ("rectification", "A9.right", "rectificatie"),
            ("erasure", "A9.right", "wissen"),
            ("restriction", "A9.right", "beperken"),
            ("portability", "A9.right", "overdragen"),
            ("objection", "A9.right", "bezwaar"),
            ("how_to_ask", "A9.how", "hoe iemand erom vraagt"),
            ("withdrawal", "A10.withdrawal", "toestemming intrekken"),
            ("complaint", "A11.complaint", "klachten"),
            ("authority_name", "A11.complaint", "toezichthouder"),
            ("authority_url", "A11.complaint", "adres van de toezichthouder"),
        )
    ),
    pytest.param(category("message", consequence=" "), "A12.consequence", "“Bericht” wat er gebeurt", id="A12"),
    pytest.param(controller(automated_decisions=" "), "A13.automated", "of een computer alleen", id="A13"),
    pytest.param(category("company", source="elsewhere", origin=""), "A14.source", "“Bedrijf” van wie", id="A14"),
    pytest.param(_no_purposes, "A3.purposes", "minstens één doel", id="A3"),
    pytest.param(purpose("relations", interest=" "), "A4.interest", "“Onze relaties kennen” welk belang", id="A4 f"),
    pytest.param(purpose("administration", law=""), "A4.law", "“Factureren en onze administratie” de wet", id="A4 c"),
    pytest.param(purpose("newsletter", consent_wording=""), "B4.wording", "de tekst voor het vakje", id="B4"),
    pytest.param(_no_categories, "A7.categories", "welke gegevens", id="A7 none"),
    pytest.param(rule(key="others"), "A7.relations", "sleutel “relations”", id="A7 no rule"),
    pytest.param(rule(start_event="recorded"), "A7.relations", "laatste contact", id="A7 start"),
    pytest.param(rule(action="anonymise"), "A7.relations", "eindigen met wissen", id="A7 action"),
    pytest.param(rule(months=0, days=7), "A7.period", "minstens één maand", id="A7 relations in days"),
    pytest.param(rule("site", action="anonymise"), "A8.rule", "zet “daarna” op “wissen”", id="A8 action"),
    pytest.param(rule("requests", start_event="recorded"), "A8.rule", "zet “gerekend vanaf” op “het antwoord”", id="A8 start"),
    pytest.param(rule("objections", key="other"), "A7.rule", "geen bewaartermijn “objections”", id="A7 class without rule"),
    pytest.param(purpose("accountability", key="other"), "A15.purpose", "het doel “accountability”", id="A15 purpose"),
    pytest.param(
        lambda: DataCategory.objects.filter(key="message").update(key="other"), "A15.category", "“message”", id="A15 category"
    ),
    pytest.param(recipient(transfer=" "), "A6.transfer", "“ZOHO” (India) de waarborg", id="A6"),
    pytest.param(recipient(agreement=" "), "E3.agreement", "“ZOHO” de overeenkomst", id="E3 no title"),
    pytest.param(recipient(agreement_date=None), "E3.agreement", "“ZOHO” de overeenkomst", id="E3 no date"),
    pytest.param(ends(-1), "E4.agreement", "“ZOHO” liep tot en met", id="E4 over since yesterday"),
]

ALLOWED = [
    pytest.param(lambda: None, id="the demo as it is"),
    pytest.param(controller(is_vat_registered=False, vat_id="", phone=""), id="A1 VAT id and phone may be empty"),
    pytest.param(controller(has_dpo=True, dpo_email="fg@koel-ict.example"), id="A2 an officer needs no name"),
    pytest.param(controller(dpo_name="N. de Boer"), id="A2 no officer needs no address"),
    pytest.param(_all_consent_is_contract, id="A10 no consent, no withdrawal"),
    pytest.param(category("phone", consequence=""), id="A12 what may be left out needs no consequence"),
    pytest.param(category("company", source="ours", origin=""), id="A14 our own data need no source"),
    pytest.param(category("company", source="elsewhere", origin="het Handelsregister, openbaar"), id="A14 named"),
    pytest.param(ends(0), id="E4 the last day counts"),
    pytest.param(purpose("relations", legal_basis="b", interest=""), id="A4 b needs no interest"),
    pytest.param(purpose("administration", legal_basis="f", interest="belang", law=""), id="A4 f needs no law"),
    pytest.param(purpose("newsletter", legal_basis="f", interest="belang", consent_wording=""), id="B4 f needs no box"),
    pytest.param(rule(months=1), id="A7 one month"),
    pytest.param(recipient(role="controller", agreement="", agreement_date=None), id="E3 is for processors"),
    pytest.param(recipient(agreement_version="", agreement_url="", sub_processors=""), id="E3 title and date are enough"),
    *(
        pytest.param(recipient(country=country, transfer=""), id=f"A6 {country}")
        for country in ("Nederland", "nederland ", "EU", "Duitsland", "België", "Ierland", "Noorwegen", "Europese Unie")
    ),
]


class TestRules:
    @pytest.mark.parametrize(("spoil", "code", "words"), LACKS)
    def test_refuses_everywhere(self, spoil: Callable[[], Any], code: str, words: str) -> None:
        """The list, the freeze and the editor's form say the same."""
        spoil()
        lacking = [item for item in missing(page().current_facts()) if item.code == code]
        assert lacking
        assert words in lacking[0].message

        with pytest.raises(ValidationError) as refused:
            publish()
        assert lacking[0].message in refused.value.messages
        assert StatementVersion.objects.get().number == 1

        assert lacking[0].message in _form_errors(publishing=True)
        assert _form_errors(publishing=False) == []

    @pytest.mark.parametrize("change", ALLOWED)
    def test_lets_through(self, change: Callable[[], Any]) -> None:
        change()
        translate_what_is_new()
        assert codes() == set()
        assert _form_errors(publishing=True) == []
        assert publish().number == 2

    @pytest.mark.parametrize("country", ["India", "Verenigde Staten", "VK", "Zwitserland", "", "Nederlandse Antillen"])
    def test_every_other_country_needs_a_safeguard(self, country: str) -> None:
        """A6, art. 44: an adequacy decision is a safeguard too, and is named."""
        recipient(country=country, transfer="")()
        assert codes() == {"A6.transfer"}

    def test_a_source_without_rule_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A7: what the site stores has a period in the register."""
        key, source = next(iter(registry.sources.items()))
        monkeypatch.setitem(registry.sources, key, replace(source, rule="eternity"))
        assert codes() == {"A7.rule"}

    def test_names_everything_at_once(self) -> None:
        controller(name="", address="")()
        purpose("relations", interest="")()
        found = [item.code for item in missing(page().current_facts())]
        assert sorted(found) == ["A1.controller", "A1.controller", "A4.interest"]


def _form_errors(*, publishing: bool) -> list[str]:
    """Return what the editor's form says of the page as it is."""
    form_class = PrivacyStatementPage.get_edit_handler().get_form_class()
    shown = page()
    form = form_class(statement_form(shown, publish=publishing), instance=shown, parent_page=shown.get_parent())
    if not publishing:
        form.defer_required_fields()
    form.is_valid()
    return [html.unescape(strip_tags(message)) for messages in form.errors.values() for message in messages]


class TestLinks:
    """What is missing leads to the very field or row that mends it."""

    @pytest.mark.parametrize("spoil", [case.values[0] for case in LACKS], ids=[case.id for case in LACKS])
    def test_leads_to_the_field(self, spoil: Callable[[], Any], admin_client: Client) -> None:
        """A1, A3-A7, A15: the address opens, and the field that it names is there."""
        spoil()
        links = _links(_refusal(admin_client))
        assert len(links) == len(missing(page().current_facts()))
        for address in links:
            path, _, anchor = address.partition("#")
            form = admin_client.get(path)
            assert form.status_code == 200
            if anchor:
                assert f'id="{anchor}"' in form.content.decode()

    def test_leads_to_the_row_and_no_other(self, admin_client: Client) -> None:
        purpose("relations", interest="")()
        (address,) = _links(_refusal(admin_client))
        row = resolve(address.partition("#")[0])
        assert row.view_name == "privacy-purpose:edit"
        assert int(row.kwargs["pk"]) == Purpose.objects.get(key="relations").pk
        assert address.endswith("#id_interest")

    def test_leads_to_a_new_row_where_there_is_none(self, admin_client: Client) -> None:
        rule(key="others")()
        assert set(_links(_refusal(admin_client))) == {
            reverse("privacy-retentionrule:add") + "#id_start_event",
            reverse("privacy-retentionrule:add"),
        }

    def test_stays_in_the_form_for_what_is_on_the_page(self, admin_client: Client) -> None:
        """A18: a link to a section has no path, so following it loses nothing that was typed."""
        changed = page()
        changed.body[1].value["heading"] = "Todo"
        shown = _refusal(admin_client, body=_with_ids(changed))
        assert _links(shown) == [f"#block-{changed.body[1].id}-section"]

    def test_a_name_is_never_markup(self, admin_client: Client) -> None:
        """32: a register row is text, also inside a link."""
        purpose("relations", interest="", name='<script>alert("x")</script>')()
        shown = _refusal(admin_client)
        assert "<script>alert(" not in shown
        assert "&lt;script&gt;alert(" in shown

    def test_nothing_is_looked_up_when_nothing_is_missing(self, django_assert_num_queries: Any) -> None:
        site = page().get_site()
        with django_assert_num_queries(0):
            assert messages.links([], site=site) == []

    def test_a_model_is_asked_once_however_much_is_missing(self, django_assert_num_queries: Any) -> None:
        site = page().get_site()
        Purpose.objects.update(legal_basis="f", interest="")
        problems = missing(page().current_facts())
        assert len(problems) > 5
        with django_assert_num_queries(1):
            assert len(messages.links(problems, site=site)) == len(problems)


def _refusal(client: Client, **changes: Any) -> str:
    """Press "publish" in the editor; return the list of errors as HTML."""
    url = reverse("wagtailadmin_pages:edit", args=[page().pk])
    response = client.post(url, statement_form(page(), publish=True, **changes))
    found = re.search(r'<ul class="errorlist">.*?</ul>', response.content.decode(), re.DOTALL)
    assert found, "nothing was refused"
    return found.group(0)


def _links(shown: str) -> list[str]:
    return [html.unescape(address) for address in re.findall(r'href="([^"]*)"', shown)]


def _with_ids(changed: PrivacyStatementPage) -> dict[str, str]:
    """Return the sections as the browser sends them: each with the id that it had."""
    sent = {"count": str(len(changed.body))}
    for number, block in enumerate(changed.body):
        sent |= {
            f"{number}-{name}": str(value)
            for name, value in {"id": block.id, "type": block.block_type, "order": number, "deleted": ""}.items()
        }
        sent[f"{number}-value-heading"] = block.value["heading"]
        sent[f"{number}-value-text"] = rich_text(block.value["text"].source)
    return sent


class TestEditor:
    def test_reads_what_is_missing_and_keeps_the_work(self, admin_client: Client) -> None:
        """A1: refused with the list; nothing typed is lost, nothing is published."""
        controller(kvk_number="")()
        url = reverse("wagtailadmin_pages:edit", args=[page().pk])
        response = admin_client.post(url, statement_form(page(), publish=True, title="Getypte titel"))
        shown = response.content.decode()
        assert response.status_code == 200
        assert "Vul het KvK-nummer in bij Privacy" in shown
        assert "Getypte titel" in shown
        assert page().title == "Privacyverklaring"
        assert StatementVersion.objects.get().number == 1

    def test_saves_a_half_filled_draft(self, admin_client: Client) -> None:
        controller(name="")()
        url = reverse("wagtailadmin_pages:edit", args=[page().pk])
        response = admin_client.post(url, statement_form(page(), publish=False, body={"count": "0"}))
        assert response.status_code == 302
        assert len(page().get_latest_revision_as_object().body) == 0
        assert StatementVersion.objects.get().number == 1


class TestCommand:
    @staticmethod
    def run() -> tuple[dict[str, Any], int]:
        """Run `manage.py statement_check`; return what it prints and its exit code."""
        out = StringIO()
        code = 0
        try:
            call_command("statement_check", stdout=out)
        except SystemExit as stop:
            code = int(stop.code or 0)
        return json.loads(out.getvalue().splitlines()[-1]), code

    def test_is_content_with_the_demo(self) -> None:
        assert self.run() == ({"ok": True, "missing": []}, 0)

    def test_lists_and_fails(self) -> None:
        controller(email="")()
        result, code = self.run()
        assert (result["ok"], code) == (False, 1)
        (item,) = result["missing"]
        assert set(item) == {"code", "message"}
        assert item["code"] == "A1.controller"
        assert "het e-mailadres voor privacyvragen" in item["message"]
        assert "<" not in item["message"]

    def test_looks_at_the_register_and_not_at_what_is_published(self) -> None:
        controller(email="")()
        assert StatementVersion.objects.in_force() is not None
        assert self.run()[1] == 1

    def test_a_recipient_that_nobody_named_fails(self, settings: Any) -> None:
        """A5: a setting sends data to somebody; neither the version in force nor the draft says so."""
        settings.SENTRY_DSN = "https://x@sentry.example/1"
        result, code = self.run()
        assert [item["code"] for item in result["missing"]] == ["A5.recipient"]
        assert (result["ok"], code) == (False, 1)

    def test_what_publishing_mends_is_listed_and_does_not_fail(self, settings: Any) -> None:
        """A5: or else the only way to put it right would be shut."""
        settings.SENTRY_DSN = "https://x@sentry.example/1"
        role = Processor.Role.CONTROLLER
        Processor.objects.create(key="sentry", name="Sentry", role=role, service="foutmeldingen", country="Nederland")
        translate_what_is_new()
        result, code = self.run()
        (item,) = result["missing"]
        assert item["code"] == "A5.recipient"
        assert "Publiceren van het concept lost dit op." in item["message"]
        assert (result["ok"], code) == (True, 0)
        publish()
        assert self.run() == ({"ok": True, "missing": []}, 0)

    def test_what_publishing_would_break_fails(self) -> None:
        """G4: the version in force names the cookie, the draft does not any more."""
        Cookie.objects.filter(name="csrftoken").delete()
        result, code = self.run()
        assert [item["code"] for item in result["missing"]] == ["G4.cookie"]
        assert (result["ok"], code) == (False, 1)

    def test_a_form_that_is_closed_fails(self) -> None:
        """A15: the form asks what neither the version in force nor the draft covers."""
        kind = DataCategory.objects.get(key="message")
        hobbies = DataCategory.objects.create(key="hobbies", name="Hobby's", origin=kind.origin)
        FormField.objects.filter(clean_name="company").update(category=hobbies)
        Purpose.objects.get(key="enquiry").categories.add(hobbies)
        translate_what_is_new()
        result, _ = self.run()
        assert [item["code"] for item in result["missing"]] == ["A15.form"]
        assert result["ok"] is True  # the register has the kind: publishing opens the form
        FormPurpose.objects.all().delete()
        result, code = self.run()
        assert {item["code"] for item in result["missing"]} == {"A15.form"}
        assert (result["ok"], code) == (False, 1)

    def test_what_the_gate_says_is_not_said_twice(self) -> None:
        """A15: gate and drift look at the same sources."""
        Purpose.objects.filter(key="accountability").update(key="other")
        result, _ = self.run()
        codes = [item["code"] for item in result["missing"]]
        assert codes
        assert len(result["missing"]) == len({item["message"] for item in result["missing"]})
        assert set(codes) == {"A15.purpose"}

    def test_before_the_first_version_the_draft_is_held_against_the_site(self, settings: Any) -> None:
        page().unpublish()
        settings.SENTRY_DSN = "https://x@sentry.example/1"
        assert [item["code"] for item in self.run()[0]["missing"]] == ["A5.recipient"]
