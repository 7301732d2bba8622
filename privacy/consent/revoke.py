"""The button "Beëindigen" beside a link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from privacy.records import called

from .links import revoke
from .models import ConsentLink


class Revoke(PermissionCheckedMixin, View):
    """Ends one link; the person gets a new one with the next mail."""

    http_method_names = ["post"]
    permission_required = "revoke"
    model = ConsentLink
    index_url_name = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, and go back to the list."""
        link = get_object_or_404(ConsentLink, pk=pk)
        revoke(link, at=timezone.now())
        messages.success(
            request,
            _("%(link)s werkt niet meer. Een volgende mail aan deze persoon heeft een nieuwe.") % {"link": called(link)},
        )
        return redirect(self.index_url_name)
