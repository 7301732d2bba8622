"""Forms of one record that two people may have open at once: the second to save is told what the first made of it.

Wagtail looks after its pages and snippets. The form of a plain model writes what it was opened with over whatever came since,
so that who only ticked a box would wipe a colleague's hold. Here a form carries a fingerprint of each value it was opened with;
one that no longer fits is refused, with what was typed in place and with what stands there now.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages

#: Name of the hidden field with the fingerprints.
OPENED = "opened_with"


class GoneMixin:
    """Goes before one of Wagtail's views of one record: what has been erased leads to the list, with a word about it.

    Mails and logs name people and requests by their address here, and are read when these may be gone.
    """

    index_url_name: str

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Let Wagtail find the record."""
        try:
            super().setup(request, *args, **kwargs)  # type: ignore[misc]
        except Http404:
            # Not yet: whether whoever asks may see any is looked at first.
            self.get = self.post = self._not_found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list to who may see it, where there is nothing left to show or to change."""
        try:
            answer: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except Http404:
            pass
        else:
            return answer
        gone = _("Wat u zocht is er niet meer: het is gewist of verwijderd.")
        messages.warning(request, f"{gone} {_('Er is niets opgeslagen.')}" if request.method == "POST" else gone)
        return redirect(self.index_url_name)

    def _not_found(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


class OvertakenMixin(GoneMixin):
    """Goes before one of Wagtail's views that edit a record."""

    request: HttpRequest
    model: Any

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save it, or say why not; nobody else saves between the look and the write."""
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Any:
        """Return the record as it is now, locked while it is being saved."""
        found = super().get_object(queryset)  # type: ignore[misc]
        if self.request.method != "POST":
            return found
        locked = self.model._default_manager.select_for_update(no_key=True, of=("self",)).filter(pk=found.pk).first()
        if locked is None:
            raise Http404
        return locked

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        """Return the form, with the fingerprints in it."""
        form = super().get_form(*args, **kwargs)  # type: ignore[misc]
        prints = json.dumps({name: _print(form.get_initial_for_field(field, name)) for name, field in form.fields.items()})
        form.fields[OPENED] = forms.CharField(required=False, widget=forms.HiddenInput, initial=prints)
        return form

    def is_valid(self, form: Any) -> bool:
        """Refuse what would be written over somebody else's."""
        is_valid: bool = super().is_valid(form)  # type: ignore[misc]
        theirs = changed_meanwhile(form)
        if not theirs:
            return is_valid
        show_theirs(form, theirs)
        self.produced_error_code = "overtaken"
        self.produced_error_message = _(
            "Iemand anders heeft dit veranderd terwijl u het open had. Er is niets opgeslagen. Bij elk veld dat de ander "
            "veranderde staat wat er nu is; wat u zelf typte staat er nog. Kijk het na en sla dan opnieuw op."
        )
        return False


def changed_meanwhile(form: Any) -> list[str]:
    """Return the fields that somebody changed since the form was opened, if saving it would undo that.

    Args:
        form: a form that was looked at; its initial values are those of now.
    """
    opened = _opened(form)
    theirs = [name for name in opened if name in form.fields and opened[name] != _print(_now(form, name))]
    return theirs if any(_print(form.cleaned_data.get(name)) != _print(_now(form, name)) for name in theirs) else []


def show_theirs(form: Any, names: Iterable[str]) -> None:
    """Say at each of these fields what stands there now; a field that was left alone shows it itself."""
    opened = _opened(form)
    form.data = form.data.copy()
    # The next time it is saved by somebody who has seen all this.
    form.data[form.add_prefix(OPENED)] = form.fields[OPENED].initial
    for name in names:
        now = _now(form, name)
        is_as_opened = name in form.cleaned_data and _print(form.cleaned_data[name]) == opened[name]
        if is_as_opened or form.fields[name].disabled:
            form.data.setlist(form.add_prefix(name), [*now] if isinstance(now, (list, QuerySet)) else [now])
            form.add_error(name, _("Dit heeft iemand anders veranderd; dit staat er nu."))
        else:
            form.add_error(name, _("Er staat nu: %(value)s") % {"value": _said(form.fields[name], now)})


def _opened(form: Any) -> dict[str, str]:
    try:
        found = json.loads(form.data.get(form.add_prefix(OPENED), ""))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _now(form: Any, name: str) -> Any:
    return form.get_initial_for_field(form.fields[name], name)


def _print(value: Any) -> str:
    """Return the fingerprint of a value, whether it comes from the record or from the form."""
    is_many = isinstance(value, (list, tuple, QuerySet))
    text = ",".join(sorted(_plain(one) for one in value)) if is_many else _plain(value)
    return sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    # A browser ends lines in its own way, and a form drops what stands around a text.
    return str(value.pk if isinstance(value, Model) else value).replace("\r\n", "\n").strip()


def _said(field: forms.Field, value: Any) -> str:
    """Return a value in words."""
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if value in (None, "", []):
        return _("niets")
    if isinstance(value, datetime):
        return formats.localize(timezone.localtime(value))
    if choices := getattr(field, "choices", None):
        chosen = {_plain(one) for one in (value if isinstance(value, (list, QuerySet)) else [value])}
        return ", ".join(str(label) for key, label in choices if str(key) in chosen)
    return str(value)
