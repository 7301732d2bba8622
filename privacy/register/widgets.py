"""Form fields of the register that look unlike Django's."""

from typing import Any

from django.forms import ClearableFileInput


class DocumentInput(ClearableFileInput):
    """Takes an agreement, and leads to the stored one through its view: a private file has no address of its own."""

    template_name = "privacy_register/widgets/document.html"

    def is_initial(self, value: Any) -> bool:
        """Say whether there is a stored document; Django asks whether it has an address."""
        return bool(value)
