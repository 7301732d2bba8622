"""What this room says on the admin's first page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.ui.components import Component
from wagtail.permissions import policy_registry

from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject
from privacy.todo import Todo, Urgency

from .models import RetentionRun
from .status import LATE, Status, status


class RetentionPanel(Component):
    """Last clean-up, erased this year, past their date now, next run; red when a night was missed or anybody is late."""

    name = "privacy-retention"
    template_name = "privacy_retention/admin/panel.html"
    order = 52

    def get_context_data(self, parent_context: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give the template the figures, for who may see the runs, and the run that is on its way."""
        context = parent_context or {}
        policy, user = policy_registry.get_by_type(RetentionRun), context["request"].user
        version = StatementVersion.objects.defer("facts").in_force()
        if not policy.user_has_permission(user, "view") or version is None:
            return {"state": None}  # Without a statement nothing may be erased; the panel above says so.
        now = timezone.now()
        state = status(now)
        has_had_no_night = _waits_for_its_first_night(state, version, now)
        is_new = has_had_no_night and state.keeps_its_word and not state.is_paused
        under_way = RetentionRun.objects.filter(state__in=[RetentionRun.State.RUNNING, RetentionRun.State.PAUSED]).first()
        return {
            "state": state,
            "is_new": is_new,
            "was_missed": not state.runs_on_time and not has_had_no_night,
            # As the monitoring has it: nothing is wrong, and nothing has been shown to work.
            "level": "warning" if is_new else state.level,
            "run": under_way,
            "may_plan": policy_registry.get_by_type(DataSubject).user_has_permission(user, "view"),
            "may_pause": policy.user_has_permission(user, "pause"),
            "csrf_token": context.get("csrf_token"),
        }


def _waits_for_its_first_night(state: Status, version: StatementVersion, now: datetime) -> bool:
    return state.last_run is None and now - version.published_at <= LATE


def todo(request: HttpRequest) -> list[Todo] | None:
    """Say that people are past their date, that a night was missed, or that somebody stopped the expiry."""
    if not policy_registry.get_by_type(RetentionRun).user_has_permission(request.user, "view"):
        return None
    version = StatementVersion.objects.defer("facts").in_force()
    if version is None:
        return []  # Nothing may be erased then; the statement says so.
    now, runs = timezone.now(), reverse("privacy-runs:index")
    state = status(now)
    lines = []
    if state.past_their_date:
        people = ngettext(
            "Van één persoon staan gegevens over hun termijn.",
            "Van %(count)s mensen staan gegevens over hun termijn.",
            state.past_their_date,
        ) % {"count": intcomma(state.past_their_date)}
        lines.append(Todo(urgency=Urgency.LATE, text=people, url=runs))
    if state.rows_past_their_date:
        rows = ngettext(
            "Eén gegeven met een eigen termijn staat daar overheen.",
            "%(count)s gegevens met een eigen termijn staan daar overheen.",
            state.rows_past_their_date,
        ) % {"count": intcomma(state.rows_past_their_date)}
        lines.append(Todo(urgency=Urgency.LATE, text=rows, url=reverse("privacy-class-runs:index")))
    if state.is_paused:
        lines.append(Todo(urgency=Urgency.BROKEN, text=_("De opschoning staat stil: er wordt niets gewist."), url=runs))
    elif not state.runs_on_time and not _waits_for_its_first_night(state, version, now):
        lines.append(Todo(urgency=Urgency.BROKEN, text=_("De opschoning van vannacht is niet geweest."), url=runs))
    return lines
