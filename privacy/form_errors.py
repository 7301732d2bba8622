"""What the forms of this site say about what somebody typed: what is wrong, and what to do."""

from django.utils.translation import gettext_lazy as _

NO_EMAIL = _("Vul een volledig e-mailadres in, zoals naam@voorbeeld.nl.")

#: For `max_length`; Django fills in both numbers.
TOO_LONG = _("Dit is te lang: het zijn %(show_value)d tekens, en er is plaats voor %(limit_value)d.")
