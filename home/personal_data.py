"""What this room holds about people: the clients of whom a case tells by their consent. All else is the company's own text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Record, Source, among, registry

from .grounds import PURPOSE, erase
from .models import CaseIndexPage, CasePage, ContentPage, HomePage
from .navigation import whole_address

_OWN = "The company's own published text."

registry.exempt(HomePage, ["page_ptr", "body"], reason=_OWN)
registry.exempt(ContentPage, ["page_ptr", "intro", "body", "revised_on", "show_contents"], reason=_OWN)
registry.exempt(CaseIndexPage, ["page_ptr", "intro"], reason=_OWN)
registry.exempt(
    CasePage,
    ["page_ptr", "ground", "contract", "contract_ends_on"],
    reason="Why the page may be shown; a contract is noted of an organisation, of people there is consent.",
)
registry.exempt(
    CasePage,
    ["picture", "picture_by_night", "picture_alt", "picture_is_decorative"],
    reason="A picture of our work; people on it are asked apart.",
)


@dataclass(frozen=True, kw_only=True)
class _Cases(Source):
    """Cases about a person go as pages do: with their drafts, their place in the tree, and what the log says of them."""

    def erase(self, subject_ids: Sequence[int]) -> int:
        return erase(CasePage.objects.filter(among("subject_id", subject_ids)).order_by("pk"))


def _records(subject: DataSubject) -> Iterator[Record]:
    for case in CasePage.objects.filter(subject=subject).order_by("pk"):
        values: dict[str, Any] = {
            str(_("Titel")): case.title,
            str(_("Klant")): case.client,
            str(_("Website")): case.website,
            str(_("Inleiding")): case.intro,
            str(_("Staat op onze website")): whole_address(case) if case.live else str(_("Nee")),
        }
        yield Record(
            reference=f"CasePage #{case.pk}",
            at=case.first_published_at or case.latest_revision_created_at or timezone.now(),
            values=values,
        )


def _texts(subject: DataSubject) -> tuple[str, list[Any]]:
    """What we wrote about an assignment and nobody has seen yet; what is on the site anybody may read."""
    return (
        """
        SELECT 'CasePage #' || page.id AS reference, true AS is_staffs,
               concat_ws(E'\n', page.title, client, website, intro) AS text
        FROM home_casepage JOIN wagtailcore_page AS page ON page.id = page_ptr_id WHERE subject_id = %s AND NOT page.live
        """,
        [subject.pk],
    )


registry.register(
    _Cases(
        key="home.cases",
        label=_("Casussen waarin wij laten zien wat wij voor u maakten"),
        origin=_("Door ons geschreven over een opdracht van u, met uw toestemming."),
        model=CasePage,
        fields={
            "subject": ["name"],
            "client": ["name", "company"],
            "website": ["websites"],
            "intro": ["company"],
            "body": ["company"],
        },
        purposes=[PURPOSE],
        rule="relations",
        collect=_records,
        texts=_texts,
        order=40,
    )
)
