"""What this room does when others tell something."""

from typing import Any

from privacy.consent.signals import consent_withdrawn
from privacy.subjects.models import DataSubject

from .grounds import PURPOSE, stop_showing


def take_down_on_withdrawal(subject: DataSubject, purpose: str, **kwargs: Any) -> None:
    """Take the cases of a client down together with the consent they rest on (art. 7(3))."""
    if purpose == PURPOSE:
        stop_showing(subject)


def connect() -> None:
    """Connect this room's handlers."""
    consent_withdrawn.connect(take_down_on_withdrawal, dispatch_uid="home.take_down")
