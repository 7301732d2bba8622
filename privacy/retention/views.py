"""The buttons "Pauzeren" and "Hervatten"."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.log_actions import log

from privacy.queue import enqueue_on_commit

from .models import RetentionRun
from .services import pause, resume
from .status import forget
from .tasks import resume_interrupted

#: Names of the actions in Wagtail's log.
PAUSED, RESUMED = "privacy.retention.pause", "privacy.retention.resume"


class PauseView(PermissionCheckedMixin, View):
    """Stops a run after the batch in hand, or lets it go on."""

    http_method_names = ["post"]
    permission_required = "pause"
    model = RetentionRun
    index_url_name = ""
    resumes = False

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, log who did, and go back to the list."""
        run = get_object_or_404(RetentionRun, pk=pk)
        done = resume(run) if self.resumes else pause(run)
        if not done:
            messages.warning(request, _("Dat kan niet meer: de opschoning is intussen verder."))
            return redirect(self.index_url_name)
        forget()
        log(instance=run, action=RESUMED if self.resumes else PAUSED, user=request.user)
        if self.resumes:
            enqueue_on_commit(resume_interrupted)
            messages.success(request, _("De opschoning gaat verder."))
        else:
            messages.success(request, _("De opschoning is gepauzeerd. Er wordt niets gewist tot u haar hervat."))
        return redirect(self.index_url_name)
