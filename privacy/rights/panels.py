"""What this room says on the admin's first page."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from privacy.todo import Todo, Urgency

from .models import DataRequest, RecipientNotice
from .states import State


class RequestsPanel(Component):
    """Requests that wait and are not too late yet; nothing when there are none."""

    name = "privacy-requests"
    template_name = "privacy_rights/admin/panel.html"
    order = 51

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give the template the requests, for who may see them."""
        user = (parent_context or {})["request"].user
        if not policy_registry.get_by_type(DataRequest).user_has_permission(user, "view"):
            return {"waiting": []}
        now = timezone.now()
        return {
            "waiting": [
                (row, row.days_left(now))
                for row in DataRequest.objects.pending()
                .exclude(state=State.READY)
                # Late ones are among what needs doing; of one that waits for its person the day means nothing.
                .filter(Q(due_on__gte=timezone.localdate(now)) | Q(state=State.WAITING))
                .order_by("due_on")[:10]
            ],
        }


#: As many late requests as are named one by one.
_NAMED = 5


def todo(request: HttpRequest) -> list[Todo] | None:
    """Name the requests whose term is over, those that the site cannot finish alone, and recipients who must still be told."""
    if not policy_registry.get_by_type(DataRequest).user_has_permission(request.user, "view"):
        return None
    return [*_late(), *_stopped(), *_recipients()]


def _late() -> list[Todo]:
    """Name the requests whose term is over, the oldest first; beyond a few, only how many there are."""
    late = list(DataRequest.objects.overdue(timezone.now()).order_by("due_on").only("pk", "kind", "due_on"))
    if not late:
        return []
    text = ngettext(
        "Eén verzoek is te laat: de wettelijke termijn is voorbij.",
        "%(count)s verzoeken zijn te laat: de wettelijke termijn is voorbij.",
        len(late),
    ) % {"count": len(late)}
    lines = [Todo(urgency=Urgency.LATE, text=text, url=reverse("privacy-requests:index"))] if len(late) > 1 else []
    for row in late[:_NAMED]:
        named = _("%(request)s, %(kind)s: had uiterlijk op %(date)s beantwoord moeten zijn") % {
            "request": row.called,
            "kind": row.get_kind_display(),
            "date": date_format(row.due_on),
        }
        said = named if lines else f"{text} {named}."
        lines.append(Todo(urgency=Urgency.LATE, text=said, url=reverse("privacy-requests:inspect", args=[row.pk])))
    return lines


def _stopped() -> list[Todo]:
    """Name the archives that wait for somebody to look: a source is silent, or others may be named in it (law.md C13)."""
    waiting = DataRequest.objects.stopped().order_by("due_on").only("pk", "due_on", "searched")[:_NAMED]
    looked_at = _("%(request)s wacht op u: kijk na wat de betrokkene krijgt, uiterlijk %(date)s")
    silent = _("%(request)s wacht op u: een bron antwoordt niet. Vraag haar opnieuw of verstuur wat er is, uiterlijk %(date)s")
    return [
        Todo(
            urgency=Urgency.WORK,
            text=(silent if row.missing() else looked_at) % {"request": row.called, "date": date_format(row.due_on)},
            url=reverse("privacy-requests:inspect", args=[row.pk]),
        )
        for row in waiting
    ]


def _recipients() -> list[Todo]:
    """Name the requests of which recipients must still be told (art. 19); they are answered, so nothing else reminds of it."""
    open_ = RecipientNotice.objects.filter(done_at=None).values("request").annotate(count=Count("pk")).order_by("request")
    return [
        Todo(
            urgency=Urgency.WORK,
            text=ngettext(
                "%(request)s: één ontvanger moet nog horen wat er met de gegevens is gedaan",
                "%(request)s: %(count)s ontvangers moeten nog horen wat er met de gegevens is gedaan",
                row["count"],
            )
            % {"request": f"V{row['request']}", "count": row["count"]},
            url=reverse("privacy-requests:inspect", args=[row["request"]]),
        )
        for row in open_[:_NAMED]
    ]
