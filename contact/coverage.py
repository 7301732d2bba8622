"""Whether the statement in force covers what a form asks, and what it lacks where it does not (law.md A15)."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.register.models import DataCategory, Processor, Purpose
from privacy.statement.completeness import Missing
from privacy.statement.drift import GOOGLE, names
from privacy.statement.facts import Facts, has_agreement
from privacy.statement.models import PrivacyStatementPage, StatementVersion
from privacy.statement.places import Place

if TYPE_CHECKING:
    from .models import ContactPage


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one field of a form collects, saved or still being edited.

    Args:
        label: the question.
        category: the kind of data.
        purpose: what for.
        required: whether the form cannot be sent without an answer.
    """

    label: str
    category: DataCategory
    purpose: Purpose
    required: bool


@dataclass(frozen=True, kw_only=True)
class Ticked:
    """One purpose of a form, saved or still being edited.

    Args:
        purpose: the purpose.
        required: whether the form cannot be sent without its box.
    """

    purpose: Purpose
    required: bool


#: Where a form or the statement is mended.
PURPOSES = Place(anchor="id_form_purposes-FORMS")
FIELDS = Place(anchor="id_form_fields-FORMS")
CAPTCHA = Place(anchor="id_captcha")
STATEMENT = Place(PrivacyStatementPage)


def uncovered(
    version: StatementVersion | None, *, fields: Collection[Asked], purposes: Collection[Ticked]
) -> Iterator[Missing]:
    """Yield each thing that the form asks and `version` does not cover, with where it is mended.

    Also one when there is no version, and one when the form has no purpose: nothing is collected for nothing (art. 5(1)(b)).
    """
    if version is None:
        yield Missing("A15.statement", _("Er geldt nog geen privacyverklaring. Publiceer die eerst."), STATEMENT)
        return
    facts = version.look
    for category in dict.fromkeys(field.category for field in fields):
        if facts.category(category.key) is None:
            yield Missing(
                "A15.category",
                _("De privacyverklaring noemt de gegevens “%(name)s” niet. Publiceer haar eerst opnieuw.")
                % {"name": category.name},
                STATEMENT,
            )
    if not purposes:
        yield Missing(
            "A15.form", _("Zeg bij “Doelen en toestemmingen” waarvoor dit formulier er is: kies minstens één doel."), PURPOSES
        )
    for purpose in dict.fromkeys(row.purpose for row in purposes):
        if facts.purpose(purpose.key) is None:
            yield Missing(
                "A15.purpose",
                _("De privacyverklaring noemt het doel “%(name)s” niet. Publiceer haar eerst opnieuw.")
                % {"name": purpose.name},
                STATEMENT,
            )
    if purposes:
        yield from _fields(facts, fields, {row.purpose.key: row.required for row in purposes})


def _fields(facts: Facts, fields: Iterable[Asked], purposes: dict[str, bool]) -> Iterator[Missing]:
    """Hold each field against its purpose: it is one of the form's, the statement gives it these data, and B3 holds."""
    for field in fields:
        said = {"label": field.label, "category": field.category.name, "purpose": field.purpose.name}
        purpose = facts.purpose(field.purpose.key)
        if field.purpose.key not in purposes:
            yield Missing(
                "A15.field",
                _("Het veld “%(label)s” dient het doel “%(purpose)s”, dat niet bij de doelen van dit formulier staat.") % said,
                PURPOSES,
            )
        elif purpose and facts.category(field.category.key) and field.category.key not in purpose["categories"]:
            yield Missing(
                "A15.pair",
                _(
                    "Het veld “%(label)s” vraagt “%(category)s” voor het doel “%(purpose)s”; de privacyverklaring noemt die "
                    "gegevens daar niet. Voeg ze bij het doel toe en publiceer haar opnieuw, of kies een ander doel."
                )
                % said,
                Place(Purpose, field.purpose.key, "id_categories"),
            )
        elif purpose and field.required and purpose["legal_basis"] == Purpose.Basis.CONSENT and not purposes[field.purpose.key]:
            yield Missing(
                "B3.field",
                _(
                    "Het veld “%(label)s” is verplicht, maar dient het doel “%(purpose)s”, waarvoor het vakje leeg mag "
                    "blijven. Maak het veld niet verplicht, of kies een ander doel."
                )
                % said,
                FIELDS,
            )


def asked_by(page: "ContactPage") -> list[Asked]:
    """Return what the fields of a saved page collect."""
    return [
        Asked(label=field.label, category=field.category, purpose=field.purpose, required=field.required)
        for field in page.get_form_fields()
    ]


def uncovered_parts(page: "ContactPage", version: StatementVersion | None) -> Iterator[Missing]:
    """Yield each thing that a saved page asks and `version` does not cover."""
    purposes = [Ticked(purpose=row.purpose, required=row.required) for row in page.asked]
    return uncovered(version, fields=asked_by(page), purposes=purposes)


def demanded(version: StatementVersion, *, fields: Iterable[Asked]) -> Iterator[Missing]:
    """Yield each kind of data that a form demands while `version` says it may be left out (A12, A15).

    Args:
        version: the statement in force.
        fields: what the form asks.
    """
    for category in dict.fromkeys(field.category for field in fields if field.required):
        said = version.look.category(category.key)
        # Versions from before the register asked for it do not say.
        if said and said.get("is_required") is False:
            yield Missing(
                "A12.form",
                _("Het formulier eist “%(name)s”, en volgens de privacyverklaring mag men dat openlaten.")
                % {"name": said["name"]},
                FIELDS,
            )


def unagreed(version: StatementVersion, *, purposes: Iterable[Ticked]) -> Iterator[Missing]:
    """Yield each processor that the purposes of a form feed without a current agreement (E4, art. 28(3)).

    Args:
        version: the statement in force.
        purposes: what the form is for.
    """
    today = timezone.localdate()
    for recipient in version.look.recipients([row.purpose.key for row in purposes]):
        if not has_agreement(recipient, on=today):
            yield Missing(
                "E4.agreement",
                _("Met verwerker “%(name)s”, die gegevens uit dit formulier krijgt, is er geen geldige overeenkomst.")
                % {"name": recipient["name"]},
                Place(Processor, recipient["key"], "id_agreement_date"),
            )


def unsaid_captcha(version: StatementVersion, *, captcha: str | None) -> Iterator[Missing]:
    """Yield what is lacking for the check against robots that an editor chose (F1, F2; art. 13(1)(e)).

    Args:
        version: the statement in force.
        captcha: the choice, one of `ContactPage.Captcha`.
    """
    from .captcha import has_keys  # it knows the form, which knows this

    if captcha != "recaptcha":
        return
    if not has_keys():
        yield Missing(
            "F2.keys",
            _("Deze site heeft geen sleutels voor reCAPTCHA. Vraag ze aan uw beheerder, of kies ALTCHA."),
            CAPTCHA,
        )
    if not names(version, GOOGLE):
        yield Missing(
            "F2.recipient",
            _(
                "reCAPTCHA stuurt gegevens naar Google, en de privacyverklaring noemt Google niet als ontvanger. Leg Google "
                "vast met de verwerkersovereenkomst en publiceer de verklaring, of kies ALTCHA."
            ),
            Place(Processor),
        )


def is_open(page: "ContactPage", version: StatementVersion | None) -> bool:
    """Say whether the form may take messages: `version` covers all that it asks (invariant 1)."""
    return not any(uncovered_parts(page, version))
