"""`manage.py data_map`: every field of ours that holds personal data, with what the register says of it."""

from typing import Any

from privacy.commands import JsonCommand
from privacy.statement.facts import Facts
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.subjects.checks import undeclared_fields
from privacy.subjects.registry import registry

#: `days` stands there for periods in days alone, whose `months` is 0.
_PERIOD = ("months", "days", "start_event")


class Command(JsonCommand):
    """Print the map; fields that nobody classified, or whose class the register lacks, are listed apart."""

    help = "Toont elk veld met persoonsgegevens: soort, doel, grondslag, termijn en bron."

    def run(self, **options: Any) -> dict[str, Any]:
        """Hold the declarations of the code against the statement in force, or the register when there is none."""
        facts = self._facts()
        rows = []
        unclassified = [f"{field.model._meta.label}.{field.name}" for field in undeclared_fields()]
        for source in registry.in_order():
            purposes = [facts.purpose(key) if facts else None for key in source.purposes]
            rule = facts.rule(source.rule) if facts else None
            for name, categories in source.fields.items():
                path = f"{source.model._meta.label}.{name}"
                known = [facts.category(key) if facts else None for key in categories]
                if rule is None or not all(purposes) or not all(known):
                    unclassified.append(path)
                rows.append(
                    {
                        "field": path,
                        "source": source.key,
                        "category": list(categories),
                        "purpose": list(source.purposes),
                        "basis": [purpose["legal_basis"] for purpose in purposes if purpose],
                        "period": rule and {name: rule[name] for name in _PERIOD if name != "days" or rule.get("days")},
                    }
                )
        return {"fields": rows, "unclassified": sorted(set(unclassified))}

    def failed(self, result: dict[str, Any]) -> bool:
        """Fail when a field is unclassified."""
        return bool(result["unclassified"])

    @staticmethod
    def _facts() -> Facts | None:
        if version := StatementVersion.objects.in_force():
            return version.look
        page = PrivacyStatementPage.source()
        return Facts(page.current_facts()) if page else None
