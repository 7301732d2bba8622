"""What this room holds about people: nothing. Its pages are the company's own texts."""

from privacy.subjects.registry import registry

from .models import ContentPage, HomePage

_OWN = "The company's own published text."

registry.exempt(HomePage, ["page_ptr", "body"], reason=_OWN)
registry.exempt(ContentPage, ["page_ptr", "intro", "body", "revised_on", "show_contents"], reason=_OWN)
