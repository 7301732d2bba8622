"""What a form says about itself in the words of the statement in force: boxes, notices, and why each field is asked."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from privacy.register.models import Purpose
from privacy.statement.models import StatementTranslation, StatementVersion

if TYPE_CHECKING:
    from .models import ContactPage

#: A version in one language: in that of its source the version itself.
Words = StatementVersion | StatementTranslation


@dataclass(frozen=True, kw_only=True)
class Box:
    """One consent box on the form, in the words of the statement in force.

    Args:
        purpose: key of the purpose.
        name: the purpose in words.
        wording: what stands beside the box.
        required: whether this form cannot be sent without it.
    """

    purpose: str
    name: str
    wording: str
    required: bool

    @property
    def field_name(self) -> str:
        """Name of the form field."""
        return f"consent_{self.purpose}"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A purpose on another basis than consent: told, not asked (EDPB 05/2020, section 6).

    Args:
        name: the purpose.
        description: what for.
        legal_basis: the letter in art. 6(1).
        legal_basis_label: the basis in words.
    """

    name: str
    description: str
    legal_basis: str
    legal_basis_label: str


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why a field is asked, in the words of the statement in force (art. 13(1)(c), 13(2)(e)).

    Args:
        purpose: key of the purpose that the answer serves.
        purpose_name: that purpose in words.
        consequence: what happens without it; "" where the statement does not say.
    """

    purpose: str
    purpose_name: str
    consequence: str


def boxes(page: "ContactPage", words: Words) -> list[Box]:
    """Return a box for each purpose of the form that rests on consent.

    Args:
        page: the form.
        words: the version in force, in the language of whoever reads it.
    """
    asked = ((row, words.look.purpose(row.purpose.key)) for row in page.asked)
    return [
        Box(purpose=said["key"], name=said["name"], wording=said["consent_wording"], required=row.required)
        for row, said in asked
        if said and said["legal_basis"] == Purpose.Basis.CONSENT
    ]


def notices(page: "ContactPage", words: Words) -> list[Notice]:
    """Return a notice for each purpose of the form that rests on anything else.

    Args:
        page: the form.
        words: the version in force, in the language of whoever reads it.
    """
    asked = (words.look.purpose(row.purpose.key) for row in page.asked)
    return [
        Notice(**{key: said[key] for key in ("name", "description", "legal_basis", "legal_basis_label")})
        for said in asked
        if said and said["legal_basis"] != Purpose.Basis.CONSENT
    ]


def reasons(page: "ContactPage", words: Words) -> dict[str, Why]:
    """Return why each field is asked, by the field's name; a field that the version does not cover has no reason.

    Args:
        page: the form.
        words: the version in force, in the language of whoever reads it.
    """
    found = {}
    for field in page.get_form_fields():
        category, purpose = words.look.category(field.category.key), words.look.purpose(field.purpose.key)
        if category and purpose:
            found[field.clean_name or field.get_field_clean_name()] = Why(
                purpose=purpose["key"],
                purpose_name=purpose["name"],
                consequence=category.get("consequence", ""),
            )
    return found
