"""The registry: a declaration that cannot be true is refused, a field that nobody declared is found (law.md I)."""

import dataclasses
import json
from copy import deepcopy
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command

from privacy.subjects.checks import check_declared_fields
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Registry, Source, registry


def source(**changes: object) -> Source:
    """Return a source about people, changed."""
    ours = Source(
        key="test.people",
        label="Mensen",
        origin="Van uzelf.",
        model=DataSubject,
        subject="pk",
        fields={"email": ["contact_details"]},
        purposes=["enquiry"],
        rule="relations",
        collect=lambda subject: iter(()),
    )
    return dataclasses.replace(ours, **changes)  # type: ignore[arg-type]


class TestRegister:
    def test_refuses_a_key_that_is_taken(self) -> None:
        ours = Registry()
        ours.register(source())
        with pytest.raises(ValueError, match=r"test\.people"):
            ours.register(source(fields={}))
        assert ours.sources["test.people"].fields == {"email": ["contact_details"]}

    def test_refuses_a_field_that_does_not_exist(self) -> None:
        ours = Registry()
        with pytest.raises(ValueError, match=r"privacy_subjects\.DataSubject has no field shoe_size"):
            ours.register(source(fields={"email": [], "shoe_size": []}))
        with pytest.raises(ValueError, match="shoe_size"):
            ours.exempt(DataSubject, ["shoe_size"], reason="there is none")
        assert not ours.sources
        assert not ours.exemptions

    def test_exemptions_of_one_model_add_up(self) -> None:
        ours = Registry()
        ours.exempt(DataSubject, ["id"], reason="a number")
        ours.exempt(DataSubject, ["created_at"], reason="another")
        ours.register(source())
        assert ours.declared(DataSubject) == {"id", "created_at", "email"}

    def test_walks_in_order_of_erasure(self) -> None:
        ours = Registry()
        for key, order in (("last", 90), ("first.b", 10), ("first.a", 10)):
            ours.register(source(key=key, order=order))
        assert [found.key for found in ours.in_order()] == ["first.a", "first.b", "last"]

    def test_is_read_from_what_the_person_sent(self) -> None:
        ours = Registry()
        for key, order, provided in (("about.you", 10, False), ("by.you", 30, True), ("your.address", 90, False)):
            ours.register(source(key=key, order=order, provided=provided))
        assert [found.key for found in ours.as_read()] == ["by.you", "about.you", "your.address"]


def test_the_person_goes_last() -> None:
    """Everything else refers to the person."""
    assert registry.in_order()[-1].model is DataSubject


class TestCheck:
    def test_is_clean(self) -> None:
        """D1, I: every field of every model of ours is declared, or exempted with a reason."""
        assert run_checks(tags=["privacy"]) == []
        assert all(reason.strip() for reasons in registry.exemptions.values() for reason in reasons.values())

    @pytest.mark.parametrize("key", sorted(registry.sources))
    def test_finds_a_field_that_nobody_declared(self, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
        ours = registry.sources[key]
        forgotten = next(iter(ours.fields))
        for name, source in registry.sources.items():
            if source.model is ours.model:  # two sources may share a model
                fields = {field: categories for field, categories in source.fields.items() if field != forgotten}
                monkeypatch.setitem(registry.sources, name, dataclasses.replace(source, fields=fields))
        (error,) = check_declared_fields()
        assert error.id == "privacy.E001"
        assert f"{ours.model._meta.label}.{forgotten} " in error.msg
        assert "personal_data.py" in str(error.hint)

    def test_finds_an_exemption_that_is_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        exemptions = deepcopy(registry.exemptions)
        del exemptions[DataSubject]["id"]
        monkeypatch.setattr(registry, "exemptions", exemptions)
        assert ["DataSubject.id" in error.msg for error in check_declared_fields()] == [True]


@pytest.mark.usefixtures("demo_site")
class TestDataMap:
    @staticmethod
    def run() -> tuple[dict[str, list[dict[str, object]]], int]:
        """Run `manage.py data_map`; return what it prints and its exit code."""
        out = StringIO()
        code = 0
        try:
            call_command("data_map", stdout=out)
        except SystemExit as stop:
            code = int(stop.code or 0)
        return json.loads(out.getvalue().splitlines()[-1]), code

    def test_names_every_declared_field_with_all_that_is_known_of_it(self) -> None:
        """E, 30(1): category, purpose, basis, period and source of each field."""
        result, code = self.run()
        assert (result["unclassified"], code) == ([], 0)
        declared = {(key, f"{src.model._meta.label}.{name}") for key, src in registry.sources.items() for name in src.fields}
        assert {(row["source"], row["field"]) for row in result["fields"]} == declared
        for row in result["fields"]:
            assert all([row["category"], row["purpose"], row["basis"], row["period"]]), row
        email = next(row for row in result["fields"] if row["field"] == "privacy_subjects.DataSubject.email")
        assert (email["basis"], email["period"]) == (["a", "c"], {"months": 24, "start_event": "last_contact"})

    def test_fails_on_a_field_without_declaration(self, monkeypatch: pytest.MonkeyPatch) -> None:
        exemptions = deepcopy(registry.exemptions)
        del exemptions[DataSubject]["id"]
        monkeypatch.setattr(registry, "exemptions", exemptions)
        result, code = self.run()
        assert (result["unclassified"], code) == (["privacy_subjects.DataSubject.id"], 1)

    @pytest.mark.parametrize(
        "changes", [{"fields": {"email": ["shoe_size"]}}, {"purposes": ["world_domination"]}, {"rule": "eternity"}]
    )
    def test_fails_on_a_declaration_that_the_statement_does_not_know(
        self, changes: dict[str, object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(registry.sources, "test.people", source(**changes))
        result, code = self.run()
        assert (result["unclassified"], code) == (["privacy_subjects.DataSubject.email"], 1)
