"""How far a request is: the allowed transitions, in one place."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """How far a request is."""

    UNCONFIRMED = "unconfirmed", _("wacht op bevestiging")
    OPEN = "open", _("te doen")
    COLLECTING = "collecting", _("wordt samengesteld")
    WAITING = "waiting", _("wacht op de betrokkene")
    READY = "ready", _("antwoord gaat uit")
    DELIVERED = "delivered", _("beantwoord")
    REFUSED = "refused", _("afgewezen")
    WITHDRAWN = "withdrawn", _("ingetrokken")
    EXPIRED = "expired", _("niet bevestigd")


#: The same for whose request it is: what it means for them, and not what staff have to do.
TOLD = {
    State.UNCONFIRMED: _("wacht op uw bevestiging"),
    State.OPEN: _("in behandeling"),
    State.COLLECTING: _("wij zoeken uw gegevens bij elkaar"),
    State.WAITING: _("wij wachten op uw antwoord"),
    State.READY: _("ons antwoord is onderweg"),
    State.DELIVERED: _("beantwoord"),
    State.REFUSED: _("afgewezen"),
    State.WITHDRAWN: _("ingetrokken"),
    State.EXPIRED: _("vervallen, want niet bevestigd"),
}

#: From -> to. What is not here cannot happen; the end of a request is the end.
TRANSITIONS: dict[State, frozenset[State]] = {
    # Delivered at once: nobody is known by that address, and that is the answer. Withdrawn: a new address with a typing error.
    State.UNCONFIRMED: frozenset({State.OPEN, State.DELIVERED, State.EXPIRED, State.WITHDRAWN}),
    State.OPEN: frozenset({State.COLLECTING, State.WAITING, State.DELIVERED, State.REFUSED, State.WITHDRAWN}),
    State.COLLECTING: frozenset({State.WAITING, State.READY, State.DELIVERED, State.REFUSED, State.WITHDRAWN}),
    State.WAITING: frozenset({State.OPEN, State.DELIVERED, State.REFUSED, State.WITHDRAWN}),
    # Back to collecting: the answer could not be sent, and must be put together anew.
    State.READY: frozenset({State.COLLECTING, State.DELIVERED, State.WITHDRAWN}),
    State.DELIVERED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.EXPIRED: frozenset(),
}

#: Confirmed, and not answered yet.
PENDING = (State.OPEN, State.COLLECTING, State.WAITING, State.READY)

#: In these the clock runs; it stands still while the person is asked something.
RUNNING = (State.OPEN, State.COLLECTING, State.READY)

#: Nothing follows on these.
FINAL = tuple(state for state, following in TRANSITIONS.items() if not following)


class NotAllowed(Exception):
    """The request cannot go there from where it is; somebody else was perhaps earlier.

    Args:
        current: where it is.
        wanted: where it was to go.
    """

    def __init__(self, current: str, wanted: str) -> None:
        super().__init__(f"A request that is {current} cannot become {wanted}.")
        self.current = current
        self.wanted = wanted


def require(current: str, wanted: str) -> None:
    """Raise `NotAllowed` unless a request may go from one state to the other."""
    if wanted not in TRANSITIONS[State(current)]:
        raise NotAllowed(current, wanted)
