"""The buttons "Probeer opnieuw"."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from .models import Mail
from .services import retry


class Retry(PermissionCheckedMixin, View):
    """Gives one failed mail, or all of them, their attempts anew."""

    http_method_names = ["post"]
    permission_required = "retry"
    model = Mail
    index_url_name = ""

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Do it, and go back to the list."""
        mails = Mail.objects.filter(pk=pk) if pk else Mail.objects.all()
        count = retry(mails, at=timezone.now())
        if count:
            said = ngettext(
                "%(count)s mail wordt binnen enkele minuten opnieuw geprobeerd.",
                "%(count)s mails worden binnen enkele minuten opnieuw geprobeerd.",
                count,
            )
            messages.success(request, said % {"count": intcomma(count)})
        else:
            messages.warning(request, _("Hier is niets meer opnieuw te proberen."))
        return redirect(self.index_url_name)
