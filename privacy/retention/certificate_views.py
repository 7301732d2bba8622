"""Doors to the certificates of erasure: a page that prints well and JSON, and a way to find one by reference or address."""

from typing import Any

from django import forms
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet

from privacy.menu import PRIVACY_MENU_HOOK
from privacy.screens import Screen, item_for_who_may_see
from privacy.subjects import ledger
from privacy.subjects.emails import normalise_email

from .certificate import Certificate, Found, of_address, of_class_run, of_line, of_run
from .models import ClassRun, RetentionRun


class CertificateView(PermissionCheckedMixin, View):
    """One certificate; a subclass says of what."""

    model: type[Model] = RetentionRun
    permission_required = "view"
    as_json = False

    def certificate(self, **kwargs: Any) -> Certificate:
        """Return the certificate at this address."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Answer with the page, or with the file."""
        found = self.certificate(**kwargs)
        if not self.as_json:
            return TemplateResponse(
                request, "privacy_retention/admin/certificate.html", {"certificate": found, "json_url": f"{request.path}json/"}
            )
        name = f"wissing-{found.reference}.json"
        return JsonResponse(
            found.as_json(),
            json_dumps_params={"ensure_ascii": False, "indent": 2},
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class RunCertificateView(CertificateView):
    """The certificate of a run."""

    def certificate(self, **kwargs: Any) -> Certificate:
        """Raise `Http404` for a run that is still going on."""
        run = get_object_or_404(RetentionRun.objects.exclude(finished_at=None).select_related("version"), pk=kwargs["pk"])
        return of_run(run, at=timezone.now())


class ClassRunCertificateView(CertificateView):
    """The certificate of what one night ended of one class of data."""

    model = ClassRun

    def certificate(self, **kwargs: Any) -> Certificate:
        """Raise `Http404` when there is no such row."""
        return of_class_run(get_object_or_404(ClassRun.objects.select_related("version"), pk=kwargs["pk"]), at=timezone.now())


class PersonCertificateView(CertificateView):
    """The certificate of one person, named by the ledger's line."""

    def certificate(self, **kwargs: Any) -> Certificate:
        """Raise `Http404` when the ledger has no such line."""
        line = ledger.find(kwargs["name"])
        if line is None:
            raise Http404
        return of_line(line, at=timezone.now())


class FindForm(forms.Form):
    """Asks what to look for."""

    what = forms.CharField(
        label=_("Kenmerk of e-mailadres"),
        max_length=320,
        help_text=_(
            "Het kenmerk staat bij het verzoek. Een adres van vroeger is ook goed. Het adres wordt alleen in het wislogboek "
            "gezocht en niet bewaard."
        ),
    )


class FindView(Screen, FormView):  # type: ignore[type-arg]
    """Finds certificates; by POST, since an address belongs in no URL and no log of requests."""

    model = RetentionRun
    page_title = _("Bewijs van wissing")
    header_icon = "clipboard-list"
    template_name = "privacy_retention/admin/find_certificate.html"
    form_class = FindForm

    def form_valid(self, form: FindForm) -> HttpResponse:
        """Go to the one that was found, or show all of an address."""
        what = form.cleaned_data["what"].strip()
        if "@" in what:
            found = of_address(normalise_email(what))
        else:
            found = Found(own=[line for line in [ledger.find(what)] if line], later=[])
        # Of another address than was asked for, a reader is told so first.
        if len(found.own) == 1 and not found.later:
            return redirect("privacy-certificates:person", found.own[0].id)
        # Not what was typed: the page goes into the browser's history.
        return self.render_to_response(self.get_context_data(form=FindForm(), found=found, asked=True))


class CertificateViewSet(ViewSet):
    """Screens and menu item."""

    name = "privacy-certificates"
    icon = "clipboard-list"
    menu_label = _("Bewijs van wissing")
    menu_hook = PRIVACY_MENU_HOOK
    menu_order = 62
    menu_item_class = item_for_who_may_see(RetentionRun)

    def get_urlpatterns(self) -> list[URLPattern]:
        """Return the addresses below `/admin/privacy-certificates/`."""
        return [
            path("", FindView.as_view(), name="index"),
            path("opschoning/<int:pk>/", RunCertificateView.as_view(), name="run"),
            path("opschoning/<int:pk>/json/", RunCertificateView.as_view(as_json=True), name="run_json"),
            path("soort/<int:pk>/", ClassRunCertificateView.as_view(), name="class_run"),
            path("soort/<int:pk>/json/", ClassRunCertificateView.as_view(as_json=True), name="class_run_json"),
            path("<slug:name>/", PersonCertificateView.as_view(), name="person"),
            path("<slug:name>/json/", PersonCertificateView.as_view(as_json=True), name="person_json"),
        ]
