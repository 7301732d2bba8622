"""The facts of a statement: the register as one JSON object, the form in which it is frozen and read ever after.

Everything that acts on the statement (the form, the expiry, the inzage, the rendered text itself) reads these facts and
never the register, so that all of them say the same until a new version is published.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import ngettext
from wagtail.models import Site

from privacy.register.models import (
    Controller,
    Cookie,
    DataCategory,
    Processor,
    Purpose,
    RetentionRule,
    RightsTexts,
    SecurityMeasure,
    System,
)
from privacy.register.periods import Period
from privacy.register.words import word

#: Raised when the shape of the facts changes; frozen facts keep the number they were made with.
#: 2: purposes have `persons`; recipients the date, version and address of their agreement, and their sub-processors.
#: 3: the controller has an officer, says whether it is registered for VAT, and what a computer decides; rights and complaints
#: have their texts; categories say where data come from, whether they are needed, and what happens without them;
#: agreements may end; purposes say whether addresses are confirmed first.
#: 4: periods may be in days, and say who sees to them; and how many days ahead the person hears of it, 0 for not.
SCHEMA_VERSION = 4

#: The rights of art. 15-18, 20 and 21, in the order of the statement; objection has a place of its own (art. 21(4)).
RIGHTS = ("access", "rectification", "erasure", "restriction", "portability", "objection")


def collect(site: Site) -> dict[str, Any]:
    """Return the facts as the register has them now, in the words of the active language.

    Args:
        site: the site whose controller speaks.
    """
    controller = Controller.for_site(site)
    rules = {rule.pk: rule for rule in RetentionRule.objects.all()}
    return {
        "schema_version": SCHEMA_VERSION,
        "controller": _controller(controller),
        "rights": _rights(site, controller),
        "categories": [_category(row) for row in DataCategory.objects.all()],
        "purposes": [
            _purpose(row, rules[row.retention_rule_id], controller)
            for row in Purpose.objects.prefetch_related("categories", "systems", "recipients")
        ],
        "retention": [
            {
                **_columns(rule, "key", "name", "months", "days", "start_event", "action", "reason", "owner", "notice_days"),
                "start_event_label": rule.get_start_event_display(),
                "action_label": rule.get_action_display(),
                "period_label": period_label(*rule.period),
            }
            for rule in rules.values()
        ],
        "recipients": [_recipient(row) for row in Processor.objects.all()],
        "systems": [_columns(row, "key", "name", "kind", "location", "security") for row in System.objects.all()],
        "security": [_columns(row, "key", "name", "public_text", "review_months") for row in SecurityMeasure.objects.all()],
        "cookies": [
            {"key": row.name, **_columns(row, "name", "purpose", "lifetime", "audience")} for row in Cookie.objects.all()
        ],
    }


def period_label(months: int, days: int = 0) -> str:
    """Return a period in words: in months, the unit that counts, and in years where it comes out even; or in days.

    Args:
        months: the period in calendar months.
        days: the period in days, where it is in no months.
    """
    if days:
        return ngettext("%(n)s dag", "%(n)s dagen", days) % {"n": days}
    label = ngettext("%(n)s maand", "%(n)s maanden", months) % {"n": months}
    years, rest = divmod(months, 12)
    in_years = ngettext("%(months)s (%(n)s jaar)", "%(months)s (%(n)s jaar)", years)
    return label if rest else in_years % {"months": label, "n": years}


def _columns(row: Any, *names: str) -> dict[str, Any]:
    return {name: word(row, name) for name in names}


def _controller(row: Controller) -> dict[str, Any]:
    return {
        **_columns(row, "name", "legal_form", "kvk_number", "is_vat_registered", "vat_id", "address", "email", "phone"),
        "has_dpo": row.has_dpo,
        # The law wants the officer named where there is one, and nowhere else (art. 13(1)(b)).
        "dpo_name": row.dpo_name if row.has_dpo else "",
        "dpo_email": row.dpo_email if row.has_dpo else "",
        **_columns(row, "automated_decisions"),
    }


def _rights(site: Site, controller: Controller) -> dict[str, Any]:
    # Not `for_site`, which writes: until an editor says it better, the texts of our own are good.
    texts = RightsTexts.objects.filter(site=site).first() or RightsTexts(site=site)
    days = settings.ANSWER_WITHIN_DAYS
    filled_in = {"{naam}": controller.name, "{e-mail}": controller.email, "{dagen}": str(days)}
    said = _columns(texts, *RIGHTS, "withdrawal", "how_to_ask", "complaint", "authority_name", "authority_url")
    return {"answer_within_days": days, **{name: _filled(text, filled_in) for name, text in said.items()}}


def _category(row: DataCategory) -> dict[str, Any]:
    label = row.get_source_display()
    elsewhere = row.source == DataCategory.Source.ELSEWHERE
    columns = _columns(row, "key", "name", "description", "is_special", "source", "origin", "is_required", "consequence")
    origin = f"{label}: {columns['origin']}" if elsewhere else columns["origin"] or label
    return {**columns, "source_label": label, "origin_label": origin}


def _recipient(row: Processor) -> dict[str, Any]:
    signed, ends = row.agreement_date, row.agreement_ends_on
    return {
        **_columns(row, "key", "name", "role", "service", "country", "transfer", "url"),
        **_columns(row, "agreement", "agreement_version", "agreement_url", "sub_processors"),
        "role_label": row.get_role_display(),
        "agreement_date": signed.isoformat() if signed else "",
        "agreement_date_label": date_format(signed, "j F Y") if signed else "",
        "agreement_ends_on": ends.isoformat() if ends else "",
        "agreement_ends_on_label": date_format(ends, "j F Y") if ends else "",
    }


def _purpose(purpose: Purpose, rule: RetentionRule, controller: Controller) -> dict[str, Any]:
    return {
        **_columns(purpose, "key", "name", "description", "persons", "legal_basis", "interest", "law", "needs_confirmation"),
        "legal_basis_label": purpose.get_legal_basis_display(),
        "consent_wording": _wording(purpose, rule, controller),
        "categories": [row.key for row in purpose.categories.all()],
        "systems": [row.key for row in purpose.systems.all()],
        "recipients": [row.key for row in purpose.recipients.all()],
        "retention": rule.key,
    }


def _wording(purpose: Purpose, rule: RetentionRule, controller: Controller) -> str:
    """Return the words beside the box with facts filled in: they name the period, so they are frozen with it."""
    filled_in = {"{termijn}": period_label(*rule.period), "{naam}": controller.name, "{e-mail}": controller.email}
    return _filled(word(purpose, "consent_wording"), filled_in)


def _filled(text: str, values: dict[str, str]) -> str:
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text


def has_agreement(recipient: dict[str, Any], *, on: date) -> bool:
    """Say whether data may go to this recipient on that day: a processor needs a dated agreement that has not ended (art. 28).

    Args:
        recipient: its row in the facts of any version; those from before agreements could end have none.
        on: a day on the clock of the reader.
    """
    if recipient["role"] != Processor.Role.PROCESSOR:
        return True
    ends = recipient.get("agreement_ends_on", "")
    signed = recipient["agreement"].strip() and recipient.get("agreement_date")
    return bool(signed) and (not ends or date.fromisoformat(ends) >= on)


def canonical(facts: dict[str, Any]) -> str:
    """Return the one spelling of `facts` that is hashed: keys sorted, no white space, Unicode as it is."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text: str) -> str:
    """Return the SHA-256 of `text` in UTF-8 (hexadecimal)."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Facts:
    """Look-ups in the facts of one version.

    Args:
        raw: the JSON object.
    """

    raw: dict[str, Any]

    def purpose(self, key: str) -> dict[str, Any] | None:
        """Return the purpose with this key, or None when the version does not cover it."""
        return self._find("purposes", key)

    def category(self, key: str) -> dict[str, Any] | None:
        """Return the data category with this key, or None when the version does not cover it."""
        return self._find("categories", key)

    def rule(self, key: str) -> dict[str, Any] | None:
        """Return the retention rule with this key, or None when the version does not have it."""
        return self._find("retention", key)

    def period(self, key: str) -> Period | None:
        """Return the period of the retention rule with this key, or None when the version does not have it."""
        rule = self.rule(key)
        # Versions from before there were periods in days have none.
        return Period(int(rule["months"]), int(rule.get("days", 0))) if rule else None

    def purposes(self) -> list[dict[str, Any]]:
        """Return the purposes with their categories, systems, recipients and rule filled in, for people to read."""
        return [
            {
                **purpose,
                "categories": [row for row in self.raw["categories"] if row["key"] in purpose["categories"]],
                "systems": [row for row in self.raw["systems"] if row["key"] in purpose["systems"]],
                "recipients": self.recipients([purpose["key"]]),
                "rule": self.rule(purpose["retention"]),
            }
            for purpose in self.raw["purposes"]
        ]

    def from_elsewhere(self) -> list[dict[str, Any]]:
        """Return the data categories that somebody else than the person gives us (art. 14)."""
        return [row for row in self.raw["categories"] if row.get("source") == DataCategory.Source.ELSEWHERE]

    def recipients(self, purpose_keys: list[str]) -> list[dict[str, Any]]:
        """Return the recipients of these purposes, each once, in the register's order."""
        wanted = {key for name in purpose_keys if (found := self.purpose(name)) for key in found["recipients"]}
        return [row for row in self.raw["recipients"] if row["key"] in wanted]

    def _find(self, kind: str, key: str) -> dict[str, Any] | None:
        return next((row for row in self.raw[kind] if row["key"] == key), None)
