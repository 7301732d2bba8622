"""What can be done with several messages at once: Wagtail's own boxes and confirmation, our own verbs.

Each does what the button on a message does, in one transaction. Who comes second finds less to do, or nothing, and is told.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from privacy.records import called

from . import inbox
from .logged import accept_logged, erase_logged, move_logged
from .models import Submission

State = Submission.State

#: As many references as the confirmation names.
_NAMED = 20


class MessageAction(PermissionCheckedMixin, BulkAction):
    """One action on messages."""

    models = [Submission]
    permission_required = "handle"
    template_name = "contact/admin/confirm_bulk.html"
    #: States whose messages it does something with.
    of: tuple[State, ...] = inbox.HANDLED
    #: Red, since there is no way back.
    serious = False

    @classmethod
    def get_queryset(cls, model: type[Submission], object_ids: Sequence[Any]) -> QuerySet[Submission]:
        """Return the messages that are still there and that this action is for; another may have been first."""
        numbers = [int(pk) for pk in map(str, object_ids) if pk.isascii() and pk.isdecimal()]
        found = Submission.objects.filter(pk__in=numbers, state__in=cls.of).order_by("pk").only("pk", "state", "submit_time")
        rows: QuerySet[Submission] = found.annotate(is_held=inbox.held(timezone.now()))
        return rows

    def get_all_objects_in_listing_query(self, parent_id: Any) -> QuerySet[Submission, int]:
        """Return the keys of all that the inbox lists for the filters in the address, on all its pages."""
        return inbox.listed(self.request).values_list("pk", flat=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the first few."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        items = [item["item"] for item in context["items"]]
        return context | {
            "count": len(items),
            "named": [(item, called(item)) for item in items[:_NAMED]],
            "more": len(items) - _NAMED,
            "held": sum(item.is_held for item in items),
            "action": self,
        }

    def get_execution_context(self) -> dict[str, Any]:
        """Tell the verb who asks."""
        return {**super().get_execution_context(), "user": self.request.user}

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        """Say how many; also when there were none left."""
        said = ngettext("%(count)s bericht: gedaan.", "%(count)s berichten: gedaan.", num_parent_objects)
        if not num_parent_objects:
            return str(_("Er was niets meer te doen; misschien was een ander u voor."))
        return said % {"count": intcomma(num_parent_objects)}


class _MoveAction(MessageAction):
    to: State

    @classmethod
    def execute_action(cls, objects: Sequence[Submission], user: Any = None, **kwargs: Any) -> tuple[int, int]:
        """Move them."""
        return move_logged([message.pk for message in objects], to=cls.to, by=user), 0


class AnsweredAction(_MoveAction):
    """Answered."""

    display_name = _("Beantwoord")
    aria_label = _("Gekozen berichten op beantwoord zetten")
    action_type = "answered"
    action_priority = 10
    to = State.ANSWERED


class ClosedAction(_MoveAction):
    """Closed."""

    display_name = _("Afsluiten")
    aria_label = _("Gekozen berichten afsluiten")
    action_type = "closed"
    action_priority = 20
    to = State.CLOSED


class NewAction(_MoveAction):
    """Back to new."""

    display_name = _("Terug naar nieuw")
    aria_label = _("Gekozen berichten terugzetten op nieuw")
    action_type = "new"
    action_priority = 30
    to = State.NEW


class AcceptAction(MessageAction):
    """No spam."""

    display_name = _("Geen spam")
    aria_label = _("Gekozen berichten uit de mogelijke spam halen")
    action_type = "accept"
    action_priority = 10
    of = (State.SPAM,)

    @classmethod
    def execute_action(cls, objects: Sequence[Submission], user: Any = None, **kwargs: Any) -> tuple[int, int]:
        """Take them out of possible spam."""
        return accept_logged(objects, by=user), 0


class EraseAction(MessageAction):
    """Spam, to be erased now."""

    display_name = _("Spam: wis nu")
    aria_label = _("Gekozen berichten als spam wissen")
    action_type = "erase"
    action_priority = 20
    classes = {"serious"}
    of = (State.SPAM,)
    permission_required = "erase"
    serious = True

    @classmethod
    def execute_action(cls, objects: Sequence[Submission], user: Any = None, **kwargs: Any) -> tuple[int, int]:
        """Erase them, but for those of people who are held."""
        return erase_logged([message.pk for message in objects], by=user), 0


#: In the order of the buttons.
ACTIONS: list[type[MessageAction]] = [AnsweredAction, ClosedAction, NewAction, AcceptAction, EraseAction]
