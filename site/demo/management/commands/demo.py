"""`manage.py demo`: load the demo site once; on a developer's machine also make the first administrator."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from demo.admin import NAME, create_admin
from demo.build import SiteTaken, build
from privacy.commands import JsonCommand, Refused


class Command(JsonCommand):
    """Prints `{"pages", "created"}`; running it again changes nothing."""

    help = "Loads the demo site (in Dutch). Does nothing when there is a home page already."

    def run(self, **options: Any) -> dict[str, Any]:
        """Build, then make the administrator where the settings give a place for the password."""
        try:
            built = build()
        except SiteTaken:
            raise Refused(_("Er staan al andere pagina's op deze site; de demo laat ze met rust.")) from None
        # Only `dev` and `test` have a data folder. In production `manage.py createsuperuser` asks for a password.
        data = getattr(settings, "DATA", None)
        try:
            password = create_admin(data / "admin-password") if data else None
        except OSError as error:
            raise Refused(f"Kan {error.filename} niet schrijven: {error.strerror}.") from error
        if password:
            self.stdout.write(
                _("Beheer: /admin/, naam %(name)s, wachtwoord %(password)s") % {"name": NAME, "password": password}
            )
        return {"pages": built.pages, "created": built.created}
