"""What this room says on the admin's first page."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext
from wagtail.permissions import policy_registry

from privacy.todo import Todo, Urgency

from .inbox import counts
from .models import Submission


def todo(request: HttpRequest) -> list[Todo] | None:
    """Say how many messages wait, and how many are possible spam, for who may read messages."""
    if not policy_registry.get_by_type(Submission).user_has_permission(request.user, "view"):
        return None
    found = counts()
    new = ngettext("Eén nieuw bericht", "%(count)s nieuwe berichten", found["new"]) % {"count": intcomma(found["new"])}
    spam = ngettext(
        "Eén bericht is mogelijke spam: kijk of het van een mens is",
        "%(count)s berichten zijn mogelijke spam: kijk of er een van een mens tussen zit",
        found["spam"],
    ) % {"count": intcomma(found["spam"])}
    url = reverse("contact-messages:index")
    lines = ((found["new"], new, f"{url}?state=new"), (found["spam"], spam, f"{url}?state=spam"))
    return [Todo(urgency=Urgency.WORK, text=text, url=where) for count, text, where in lines if count]
