"""Whether the statement in force covers a form, and which boxes follow from it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.register.models import DataCategory, Purpose
from privacy.statement.facts import has_agreement
from privacy.statement.models import StatementVersion

if TYPE_CHECKING:
    from .models import ContactPage


@dataclass(frozen=True, kw_only=True)
class Box:
    """One consent box on the form, in the words of the statement in force.

    Args:
        purpose: key of the purpose.
        wording: what stands beside the box.
        required: whether this form cannot be sent without it.
    """

    purpose: str
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


def uncovered(
    version: StatementVersion | None, *, categories: Iterable[DataCategory], purposes: Collection[Purpose]
) -> Iterator[str]:
    """Yield a message for each kind of data and each purpose that `version` does not cover.

    Also one when there is no version, and one when the form has no purpose: nothing is collected for nothing (art. 5(1)(b)).
    """
    if version is None:
        yield _("Er geldt nog geen privacyverklaring. Publiceer die eerst.")
        return
    facts = version.look
    for category in categories:
        if facts.category(category.key) is None:
            yield _("De privacyverklaring noemt de gegevens “%(name)s” niet. Publiceer haar eerst opnieuw.") % {
                "name": category.name
            }
    if not purposes:
        yield _("Zeg bij “Toestemmingen” waarvoor dit formulier er is: kies minstens één doel.")
    for purpose in purposes:
        if facts.purpose(purpose.key) is None:
            yield _("De privacyverklaring noemt het doel “%(name)s” niet. Publiceer haar eerst opnieuw.") % {
                "name": purpose.name
            }


def uncovered_parts(page: "ContactPage", version: StatementVersion | None) -> Iterator[str]:
    """Yield a message for each field and purpose of a saved page that `version` does not cover."""
    return uncovered(
        version,
        categories=[field.category for field in page.form_fields.select_related("category")],
        purposes=[row.purpose for row in page.asked],
    )


def demanded(version: StatementVersion, *, required: Iterable[DataCategory]) -> Iterator[str]:
    """Yield a message for each kind of data that a form demands while `version` says it may be left out (A12, A15).

    Args:
        version: the statement in force.
        required: the kinds of data of the form's required fields.
    """
    for category in required:
        said = version.look.category(category.key)
        # Versions from before the register asked for it do not say.
        if said and said.get("is_required") is False:
            yield _("Het formulier eist “%(name)s”, en volgens de privacyverklaring mag men dat openlaten.") % {
                "name": said["name"]
            }


def unagreed(version: StatementVersion, *, purposes: Iterable[Purpose]) -> Iterator[str]:
    """Yield a message for each processor that the purposes of a form feed without a current agreement (E4, art. 28(3)).

    Args:
        version: the statement in force.
        purposes: what the form is for.
    """
    today = timezone.localdate()
    for recipient in version.look.recipients([purpose.key for purpose in purposes]):
        if not has_agreement(recipient, on=today):
            yield _("Met verwerker “%(name)s”, die gegevens uit dit formulier krijgt, is er geen geldige overeenkomst.") % {
                "name": recipient["name"]
            }


def is_open(page: "ContactPage", version: StatementVersion | None) -> bool:
    """Say whether the form may take messages: `version` covers all that it asks (invariant 1)."""
    return not any(uncovered_parts(page, version))


def boxes_and_notices(page: "ContactPage", version: StatementVersion) -> tuple[list[Box], list[Notice]]:
    """Return what stands above the button: a box for each purpose on consent, a notice for each other one."""
    boxes: list[Box] = []
    notices: list[Notice] = []
    for row in page.asked:
        purpose = version.look.purpose(row.purpose.key)
        if purpose is None:
            continue
        if purpose["legal_basis"] == Purpose.Basis.CONSENT:
            boxes.append(Box(purpose=purpose["key"], wording=purpose["consent_wording"], required=row.required))
        else:
            notices.append(Notice(**{key: purpose[key] for key in ("name", "description", "legal_basis", "legal_basis_label")}))
    return boxes, notices
