"""The register's screens, where they differ from Wagtail's: who uses a row, why it stays, and what is not in force."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from privacy.listings import StackedList
from privacy.overtaken import OvertakenMixin
from privacy.records import RecordView

from .filters import DueFilterSet
from .models import Processor
from .notice import NoticeMixin
from .reviews import mark_reviewed
from .usage import in_words, refusal, users_of


class RegisterList(StackedList, NoticeMixin, IndexView):
    """A list that shows who uses each row, in as many queries for many rows as for few."""

    def get_base_queryset(self) -> QuerySet[Any]:
        """Return the rows, with the period that the list of purposes shows."""
        rows: QuerySet[Any] = super().get_base_queryset()
        relations = {field.name for field in self.model._meta.fields if field.is_relation}
        return rows.select_related(*relations.intersection(map(str, self.list_display)))

    def get_table(self, object_list: Iterable[Model]) -> Any:
        """Give every row of this page of the list its `used_by`."""
        rows: list[Any] = list(object_list)
        users = users_of(rows)
        for row in rows:
            row.used_by = in_words(users[row.pk])
        return super().get_table(rows)


class ReviewedList(RegisterList):
    """A list that can be narrowed to what is to be looked at again."""

    base_filterset_class = DueFilterSet


class _RegisterForm(NoticeMixin):
    """What the form of a new row and that of an old one share."""

    form: Any

    def save_instance(self) -> Any:
        """Take whoever types the day of a review for who did the review."""
        if "last_reviewed_on" in self.form.changed_data:
            self.form.instance.last_reviewed_by = self.request.user
        return super().save_instance()  # type: ignore[misc]


class RegisterAdd(_RegisterForm, CreateView):
    """A form for a new row."""


class RegisterEdit(OvertakenMixin, _RegisterForm, EditView):
    """A form that says who uses the row."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the users' names."""
        used_by = in_words(users_of([self.object])[self.object.pk])
        return super().get_context_data(used_by=used_by, **kwargs)


class RegisterRow(NoticeMixin, RecordView):
    """One row as its form shows it, for who may not change it."""

    def get_agreement_file_display_value(self) -> str:
        """Lead to the stored agreement; where the file lies tells nobody anything."""
        if not self.object.agreement_file:
            return ""
        url = reverse("privacy-processor:agreement", args=[self.object.pk])
        return format_html('<a href="{}">{}</a>', url, _("Overeenkomst downloaden"))


class RegisterDelete(DeleteView):
    """Deletes what nobody uses, and says who does otherwise.

    Many-to-many relations protect nothing by themselves, and Wagtail's own answer to a protected row is an error page.
    """

    def get_usage(self) -> None:
        """Leave Wagtail's reference index out of it; `usage` asks the tables."""

    def get_usage_url(self) -> None:
        """Leave out the link to the reference index for the same reason."""

    @property
    def confirmation_message(self) -> str:
        """Ask about this very row."""
        return _("“%(row)s” gaat weg uit het register. Weet u het zeker?") % {"row": self.object}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add why the row stays."""
        context: dict[str, Any] = super().get_context_data(refusal=refusal(self.object), **kwargs)
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        """Delete, unless somebody uses the row by now."""
        with transaction.atomic():
            # Whoever starts to use the row needs a lock on it too, so nobody comes between the question and the deletion.
            self.model._default_manager.select_for_update().filter(pk=self.object.pk).first()
            reason = refusal(self.object)
            if not reason:
                response: HttpResponse = super().form_valid(form)
                return response
        messages.error(self.request, reason)
        return redirect(self.get_success_url())


class MarkReviewed(PermissionCheckedMixin, View):
    """The button "Nagelopen"."""

    http_method_names = ["post"]
    permission_required = "change"
    model: Any = None

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Write it down, and go back to the list of what is left."""
        row = get_object_or_404(self.model, pk=unquote(pk))
        mark_reviewed(row=row, by=request.user, on=timezone.localdate())
        messages.success(request, _("“%(row)s” is nagelopen.") % {"row": row})
        return redirect("wagtailadmin_home")


class AgreementDocument(PermissionCheckedMixin, View):
    """The stored agreement with a recipient, for whoever may see the register; always a download, never shown as a page."""

    any_permission_required = IndexView.any_permission_required
    model: Any = None

    def get(self, request: HttpRequest, pk: str) -> FileResponse:
        """Hand it over under a name that says whose it is."""
        row = get_object_or_404(Processor.objects.exclude(agreement_file=""), pk=unquote(pk))
        ending = PurePath(row.agreement_file.name).suffix
        return FileResponse(row.agreement_file.open(), as_attachment=True, filename=f"overeenkomst-{row.key}{ending}")
