"""The notice of a new statement (law.md A20; WP260 p. 29-31): what changed, from when, and what the person can do.

A mail of its own, in plain text, in the language in which the person last gave consent; nothing else goes with it.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from privacy.statement.changes import Change, changed_facts, in_one_language
from privacy.statement.models import StatementVersion
from privacy.subjects.models import DataSubject

from .models import ConsentEvent


def contents(version_id: int) -> dict[str, Any]:
    """Return what the notice of a version tells, in the active language.

    Args:
        version_id: the version's key.
    """
    version = StatementVersion.objects.defer("html").get(pk=version_id)
    earlier = StatementVersion.objects.defer("html").get(number=version.number - 1)
    old, new = in_one_language(earlier, version, translation.get_language())
    return {
        "version": version,
        "day": date_format(version.effective_on, "j F Y"),
        "changes": [_in_words(change) for change in changed_facts(old.facts, new.facts)],
        "controller": new.facts["controller"],
        "version_url": _address("statement-version", version),
        "difference_url": _address("statement-difference", version),
    }


def language_of(person: DataSubject) -> str:
    """Return the code of the language in which somebody last gave or withdrew consent; the site's own when they never did.

    Args:
        person: who.
    """
    language = ConsentEvent.objects.filter(subject=person).order_by("-pk").values_list("language", flat=True).first()
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _in_words(change: Change) -> str:
    """Return one changed fact as an item of a list in plain text."""
    old, new = (", ".join(text.splitlines()) for text in (change.old, change.new))
    if change.field:
        was, becomes, nothing = _("was"), _("wordt"), _("niets")
        return f"- {change.what}, {change.field}\n  {was}: {old or nothing}\n  {becomes}: {new or nothing}"
    what = _("%(what)s komt erbij: %(name)s") if new else _("%(what)s vervalt: %(name)s")
    return "- " + what % {"what": change.what, "name": new or old}


def _address(view: str, version: StatementVersion) -> str:
    return settings.SITE_URL + reverse(view, args=[version.number])
