"""What this room holds about people: which mails we sent them or about them, and when. Not what they said."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.subjects.models import DataSubject
from privacy.subjects.registry import Clock, Record, Source, registry

from .models import Mail


def _records(subject: DataSubject) -> Iterator[Record]:
    for mail in subject.mails.order_by("pk").iterator():
        values: dict[str, object] = {
            str(_("Mail")): str(mail.get_kind_display()),
            str(_("Stand")): str(mail.get_state_display()),
            str(_("Gemaakt")): mail.created_at.isoformat(),
        }
        if mail.sent_at:
            values[str(_("Verstuurd"))] = mail.sent_at.isoformat()
        yield Record(reference=str(mail), at=mail.created_at, values=values)


registry.register(
    Source(
        key="mail.sent",
        label=_("Mails die wij u of over u stuurden"),
        origin=_("Door onze website vastgelegd bij het versturen; de tekst zelf wordt niet bewaard."),
        model=Mail,
        fields={
            name: ["contact_moments"]
            for name in (
                "subject",
                "kind",
                "reference",
                "state",
                "created_at",
                "attempts",
                "next_attempt_at",
                "sent_at",
                "last_error",
                "message_id",
            )
        },
        purposes=["enquiry", "accountability"],
        rule="site",
        collect=_records,
        order=20,
    )
)
registry.clock(
    Clock(
        key="mail.settled",
        label=_("Welke mails wij stuurden, en wanneer"),
        rule="site",
        model=Mail,
        start="created_at",
        # One that is still to be sent waits for the sweep.
        only=Q(next_attempt_at__isnull=True),
        subject="subject",
    )
)
registry.exempt(Mail, ["id", "is_bulk"], reason="A number, and whether the same went to many.")
