"""On what ground a case about a client stands on the site, and what happens when that ground is gone.

A case names somebody in public. It may be live only while the client's consent for the purpose "reference" stands, or by a
contract that is noted with it (art. 6(1)(a) and (b); law.md B3). The page's form says so, `CasePage.publish` refuses every
other way, a withdrawal takes the page down in its own transaction, and a sweep finds what ended otherwise: a contract that
ran out, a statement that describes the purpose differently, a restriction. The failure mode is silence: what is taken down
stays a draft, and the editor gets a mail.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from privacy.consent.services import may
from privacy.mail.services import send
from privacy.statement.completeness import Missing
from privacy.statement.places import Place
from privacy.subjects.models import DataSubject

if TYPE_CHECKING:
    from .models import CasePage

#: Key of the purpose for which a client consents to be shown.
PURPOSE = "reference"

#: Kind of the mail to the editor; its reference is the line of Wagtail's log that says the page was taken down.
TAKEN_DOWN = "home.case_taken_down"


class Ground(models.TextChoices):
    """Why a case may be shown."""

    NO_CLIENT = "none", gettext_lazy("niet nodig: hier komt geen klant in voor")
    CONSENT = "consent", gettext_lazy("toestemming van de klant")
    CONTRACT = "contract", gettext_lazy("een overeenkomst met de klant")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What an editor says of the ground of a case, saved or still being edited.

    Args:
        ground: one of `Ground`.
        client: the client's name; "" when the case names none.
        subject: the person whose consent it is.
        contract: which contract.
        ends_on: the last day on which the contract lets us show it; None for no end.
    """

    ground: str
    client: str
    subject: DataSubject | None
    contract: str
    ends_on: date | None


@transaction.atomic
def lacking(claim: Claim) -> list[Missing]:
    """Return what keeps a case from being live now; nothing when its ground holds.

    The person is locked until the transaction ends: a withdrawal comes before the answer, or finds the page live.

    Args:
        claim: the ground.
    """
    return list(_CHECKS[Ground(claim.ground)](claim))


def _without_client(claim: Claim) -> Iterator[Missing]:
    if claim.client:
        yield Missing(
            "B3.ground", _("Deze casus noemt een klant. Zeg op welke grond u hem laat zien."), Place(anchor="id_ground")
        )


def _by_consent(claim: Claim) -> Iterator[Missing]:
    at = Place(anchor="id_client_email")
    person = DataSubject.objects.select_for_update().filter(pk=claim.subject.pk).first() if claim.subject else None
    if person is None:
        yield Missing("B3.person", _("Vul het e-mailadres in van wie toestemming gaf."), at)
    elif person.restricted_at:
        yield Missing(
            "B3.restricted", _("Deze klant liet het gebruik van zijn gegevens beperken. Wacht tot dat voorbij is."), at
        )
    elif not may(subject=person, purpose=PURPOSE):
        yield Missing(
            "B3.consent",
            _(
                "Deze klant gaf geen toestemming om ons werk te laten zien, trok haar in of moet opnieuw gevraagd worden. Zie "
                "Privacy > Toestemmingen."
            ),
            at,
        )


def _by_contract(claim: Claim) -> Iterator[Missing]:
    if not claim.contract.strip():
        yield Missing("B3.contract", _("Noteer welke overeenkomst het is, met haar datum."), Place(anchor="id_contract"))
    if claim.ends_on and claim.ends_on < timezone.localdate():
        yield Missing(
            "B3.contract_ended",
            _("Volgens de overeenkomst mocht dit tot een dag die voorbij is."),
            Place(anchor="id_contract_ends_on"),
        )


_CHECKS = {Ground.NO_CLIENT: _without_client, Ground.CONSENT: _by_consent, Ground.CONTRACT: _by_contract}


def take_down(cases: "Iterable[CasePage]") -> int:
    """Take these cases off the site at once and owe the editor a mail; return how many were live.

    Args:
        cases: cases whose ground is gone.
    """
    live = [case for case in cases if case.live]
    for case in live:
        case.unpublish(log_action=None)
        _tell(case)
    return len(live)


def _tell(case: "CasePage") -> None:
    revision = case.latest_revision
    editor = (revision.user_id if revision else None) or case.owner_id
    # The log names pages by their titles; this line goes to a mail and stays when the page is erased.
    entry = log(case, "wagtail.unpublish", title=str(_("Casus %(number)s") % {"number": case.pk}), data={"editor": editor})
    send(kind=TAKEN_DOWN, reference=entry.pk)


def stop_showing(subject: DataSubject) -> int:
    """Take down what rests on a person's consent; return how many pages that were.

    Args:
        subject: who took it back.
    """
    from .models import CasePage

    return take_down(CasePage.objects.live().filter(ground=Ground.CONSENT, subject=subject).order_by("pk"))


@transaction.atomic
def take_down_groundless() -> int:
    """Take down every live case whose ground does not hold any more; return how many that were. May run twice."""
    from .models import CasePage

    shown = CasePage.objects.live().exclude(ground=Ground.NO_CLIENT).select_related("subject").order_by("pk")
    return take_down([case for case in shown if lacking(case.claim)])


def erase(cases: "Iterable[CasePage]") -> int:
    """Delete cases with every draft of them, and what Wagtail wrote down of them elsewhere; return how many went.

    For when nothing allows us to keep them: their client took consent back, or was erased (art. 17(1)).

    Args:
        cases: in whatever state.
    """
    erased = 0
    for case in cases:
        take_down([case])
        number, parts = case.pk, case.get_url_parts()
        case.delete()
        # Titles, and addresses made from them.
        PageLogEntry.objects.filter(page_id=number).exclude(action="wagtail.unpublish", data__has_key="editor").update(
            label=f"CasePage #{number}", data={}
        )
        if parts:
            path = Redirect.normalise_path(parts[2])
            Redirect.objects.filter(old_path=path, redirect_page=None, redirect_link="").delete()
        erased += 1
    return erased
