"""Which letters there are."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LetterKind(models.TextChoices):
    """What a letter says; the words are in `LetterTemplate`."""

    CONFIRMATION = "confirmation", _("ontvangstbevestiging")
    QUESTION = "question", _("vraag om informatie")
    EXTENSION = "extension", _("verlenging")
    REFUSAL = "refusal", _("afwijzing")
    NOTHING_HELD = "nothing_held", _("niets bewaard")
    DELIVERED = "delivered", _("archief staat klaar")
    RECTIFIED = "rectified", _("verbeterd")
    READDRESSED = "readdressed", _("bericht aan het oude adres")
    ERASED = "erased", _("gewist")
    RESTRICTED = "restricted", _("beperkt")
    LIFTED = "lifted", _("beperking opgeheven")
    OBJECTION = "objection", _("antwoord op bezwaar")
    RECIPIENT = "recipient", _("bericht aan ontvanger")
