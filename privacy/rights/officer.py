"""What an officer can do with a request: which steps there are, when each is allowed, and what it asks for.

The screen shows these, the view carries them out. What a step does is in `services`, `acts`, `search` and `delivery`.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import acts, delivery, new_address, search, services
from .letter_kinds import LetterKind
from .models import DataRequest
from .states import PENDING, State
from .steps import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

Kind = DataRequest.Kind


@dataclass(frozen=True, kw_only=True)
class Step:
    """One button on the screen of a request.

    Args:
        label: what stands on it.
        help: what it does, in a sentence.
        allowed: says whether it is offered for this request at this moment.
        do: carries it out: request, answers, and who, when and what they saw last.
        fields: what it asks first.
        serious: whether it cannot be undone.
        aside: whether it is for when things go another way than what was asked.
    """

    label: "Words"
    help: "Words"
    allowed: Callable[[DataRequest, datetime], bool]
    do: Callable[[DataRequest, Mapping[str, Any], dict[str, Any]], Any]
    fields: Mapping[str, forms.Field]
    serious: bool = False
    aside: bool = False


def _reason(label: "Words") -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), max_length=4_000)


def _pending(request: DataRequest, at: datetime) -> bool:
    return request.state in PENDING


def _open(*kinds: str) -> Callable[[DataRequest, datetime], bool]:
    return lambda request, at: request.state == State.OPEN and request.kind in kinds and request.subject_id is not None


def _stopped(request: DataRequest, at: datetime) -> bool:
    return request.is_stopped


def _to_freeze(request: DataRequest, at: datetime) -> bool:
    return _open(Kind.OBJECTION)(request, at) and not (request.subject and request.subject.restricted_at)


def _to_lift(request: DataRequest, at: datetime) -> bool:
    # One that was turned down thaws by itself.
    is_upheld = request.kind == Kind.OBJECTION and request.state == State.DELIVERED
    since = request.subject.restricted_at if request.subject else None
    if since is None or not (request.kind == Kind.RESTRICTION or is_upheld):
        return False
    return not request.letters.filter(kind=LetterKind.LIFTED, written_at__gt=since).exists()


STEPS: dict[str, Step] = {
    "link": Step(
        label=_("Koppelen aan een betrokkene"),
        help=_("Het adres waaronder de gegevens staan; daarna kan wat bij dit verzoek hoort."),
        allowed=lambda request, at: request.state in PENDING and request.subject_id is None,
        do=lambda request, data, who: services.link_person(request, email=data["email"], **who),
        fields={"email": forms.EmailField(label=_("E-mailadres"), max_length=254)},
    ),
    "approve": Step(
        label=_("Antwoord versturen"),
        help=_("De betrokkene krijgt een mail met een link naar het archief. Wat ontbreekt, staat er met name in."),
        allowed=_stopped,
        do=lambda request, data, who: delivery.approve(request, reason=data["reason"], **who),
        fields={
            "reason": forms.CharField(
                label=_("Toelichting voor het dossier (de betrokkene leest die)"), required=False, max_length=500
            )
        },
    ),
    "again": Step(
        label=_("Bronnen opnieuw vragen"),
        help=_("Wat niet antwoordde wordt nog eens gevraagd."),
        allowed=lambda request, at: _stopped(request, at) and bool(request.missing()),
        do=lambda request, data, who: search.search_again(request, **who),
        fields={},
    ),
    "erase": Step(
        label=_("Alles wissen"),
        help=_("Wist de betrokkene uit alle bronnen en stuurt de brief die zegt wat blijft."),
        allowed=_open(Kind.ERASURE),
        do=lambda request, data, who: acts.erase_person(request, actor=Actor.OFFICER, **who),
        fields={"sure": forms.BooleanField(label=_("Ja, dit kan niet ongedaan gemaakt worden"))},
        serious=True,
    ),
    "corrected": Step(
        label=_("Verbeteringen melden"),
        help=_("De betrokkene krijgt één brief met alles wat u verbeterde, en het verzoek is klaar."),
        allowed=lambda request, at: _open(Kind.RECTIFICATION)(request, at) and request.corrections.exists(),
        do=lambda request, data, who: acts.report_corrections(request, actor=Actor.OFFICER, **who),
        fields={},
    ),
    "address": Step(
        label=_("Nieuw e-mailadres: link sturen"),
        help=_("Naar het nieuwe adres gaat een link. Pas na een druk op de knop daar kennen wij de betrokkene bij dat adres."),
        allowed=_open(Kind.RECTIFICATION),
        do=lambda request, data, who: new_address.offer_for(request, email=data["email"], **who),
        fields={"email": forms.EmailField(label=_("Nieuw e-mailadres"), max_length=254)},
    ),
    "address_now": Step(
        label=_("Nieuw e-mailadres zonder link"),
        help=_("Alleen als anders zeker is dat het adres van de betrokkene is, of om een vergissing terug te draaien."),
        allowed=_open(Kind.RECTIFICATION),
        do=lambda request, data, who: new_address.change(request, email=data["email"], reason=data["reason"], **who),
        fields={
            "email": forms.EmailField(label=_("Nieuw e-mailadres"), max_length=254),
            "reason": forms.CharField(label=_("Waarom zonder link, zonder het adres te noemen"), max_length=500),
        },
        serious=True,
    ),
    "restrict": Step(
        label=_("Gebruik beperken"),
        help=_("De gegevens worden niet meer gebruikt en niet gewist, tot u de beperking opheft."),
        allowed=_open(Kind.RESTRICTION),
        do=lambda request, data, who: acts.restrict(request, actor=Actor.OFFICER, **who),
        fields={},
    ),
    "lift": Step(
        label=_("Beperking opheffen"),
        help=_("De betrokkene krijgt eerst een brief; zodra die verstuurd is, vervalt de beperking (art. 18 lid 3)."),
        allowed=_to_lift,
        do=lambda request, data, who: acts.announce_lifting(request, **who),
        fields={},
    ),
    "marketing": Step(
        label=_("Reclame stoppen"),
        help=_("Gaat meteen in, zonder afweging (art. 21 lid 2-3)."),
        allowed=_open(Kind.OBJECTION),
        do=lambda request, data, who: acts.object_to_marketing(request, actor=Actor.OFFICER, **who),
        fields={},
    ),
    "freeze": Step(
        label=_("Gebruik stilzetten tot u beslist"),
        help=_("De gegevens worden niet gebruikt en niet gewist zolang u het bezwaar weegt (art. 18 lid 1 onder d)."),
        allowed=_to_freeze,
        do=lambda request, data, who: acts.object_on_grounds(request, actor=Actor.OFFICER, **who),
        fields={},
    ),
    "uphold": Step(
        label=_("Bezwaar toewijzen"),
        help=_("De betrokkene krijgt gelijk; schrijf wat u stopt."),
        allowed=_open(Kind.OBJECTION),
        do=lambda request, data, who: acts.uphold_objection(request, upheld=True, reason=data["reason"], **who),
        fields={"reason": _reason(_("Wat wij stoppen, voor in de brief"))},
    ),
    "overrule": Step(
        label=_("Bezwaar afwijzen"),
        help=_("Alleen om dwingende redenen die zwaarder wegen; zij staan in de brief (art. 21 lid 1)."),
        allowed=_open(Kind.OBJECTION),
        do=lambda request, data, who: acts.uphold_objection(request, upheld=False, reason=data["reason"], **who),
        fields={"reason": _reason(_("De dwingende redenen, voor in de brief"))},
    ),
    "question": Step(
        label=_("Iets vragen"),
        help=_(
            "Alleen wat echt nodig is, en meteen: dan staat de termijn stil tot het antwoord er is. Nooit een kopie van een ID."
        ),
        allowed=lambda request, at: request.state in {State.OPEN, State.COLLECTING},
        do=lambda request, data, who: services.ask_person(request, question=data["question"], **who),
        fields={"question": _reason(_("Vraag, voor in de brief"))},
        aside=True,
    ),
    "resume": Step(
        label=_("Antwoord ontvangen"),
        help=_("De termijn loopt weer; de gewachte dagen komen erbij."),
        allowed=lambda request, at: request.state == State.WAITING,
        do=lambda request, data, who: services.resume(request, actor=Actor.OFFICER, **who),
        fields={},
    ),
    "extend": Step(
        label=_("Termijn verlengen"),
        help=_("Eén keer, om de ingewikkeldheid of het aantal verzoeken; de brief gaat meteen uit (art. 12 lid 3)."),
        allowed=services.may_extend,
        do=lambda request, data, who: services.extend(request, months=int(data["months"]), reason=data["reason"], **who),
        fields={
            "months": forms.ChoiceField(label=_("Met"), choices=[("1", _("1 maand")), ("2", _("2 maanden"))]),
            "reason": _reason(_("Reden, voor in de brief")),
        },
        aside=True,
    ),
    "answered": Step(
        label=_("Op een andere manier beantwoord"),
        help=_("Op papier of aan de balie gegeven. Een archief haalt u op bij “Het verzoek”."),
        allowed=_pending,
        do=lambda request, data, who: services.answer(request, reason=data["reason"], **who),
        fields={"reason": forms.CharField(label=_("Hoe en wanneer"), max_length=500)},
        aside=True,
    ),
    "refuse": Step(
        label=_("Afwijzen"),
        help=_(
            "Alleen als het verzoek duidelijk ongegrond of buitensporig is. De brief noemt de reden, de klacht en de rechter."
        ),
        allowed=lambda request, at: request.state in {State.OPEN, State.COLLECTING, State.WAITING},
        do=lambda request, data, who: services.refuse(request, reason=data["reason"], **who),
        fields={"reason": _reason(_("Reden, voor in de brief"))},
        serious=True,
        aside=True,
    ),
    "withdraw": Step(
        label=_("Ingetrokken door de betrokkene"),
        help=_("Alleen als de betrokkene dat zelf liet weten."),
        allowed=_pending,
        do=lambda request, data, who: services.withdraw(request, actor=Actor.OFFICER, reason=data["reason"], **who),
        fields={"reason": forms.CharField(label=_("Hoe u dat hoorde"), max_length=500)},
        aside=True,
    ),
}


def form_for(name: str, data: Any = None) -> forms.Form:
    """Return the form of a step; its fields have the step's name before them, since all stand on one screen."""
    step = STEPS[name]
    made: type[forms.Form] = type("StepForm", (forms.Form,), {key: deepcopy(field) for key, field in step.fields.items()})
    return made(data, prefix=name)


def steps_for(request: DataRequest, at: datetime) -> list[tuple[str, Step, forms.Form]]:
    """Return what can be done with a request now, with the form of each."""
    return [(name, step, form_for(name)) for name, step in STEPS.items() if step.allowed(request, at)]
