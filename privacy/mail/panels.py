"""What this room says on the admin's first page."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext
from wagtail.permissions import policy_registry

from privacy.todo import Todo, Urgency

from .models import Mail


def todo(request: HttpRequest) -> list[Todo] | None:
    """Say how many mails were given up; where they are listed stands what can be done."""
    if not policy_registry.get_by_type(Mail).user_has_permission(request.user, "view"):
        return None
    failed = Mail.objects.failed().count()
    text = ngettext("Eén mail is niet aangekomen.", "%(count)s mails zijn niet aangekomen.", failed) % {
        "count": intcomma(failed)
    }
    url = f"{reverse('privacy-mails:index')}?state={Mail.State.FAILED}"
    return [Todo(urgency=Urgency.BROKEN, text=text, url=url)] if failed else []
