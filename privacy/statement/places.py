"""Where an editor mends what is missing: the very field or row, as an address in the admin.

The gate names places by key, since facts hold keys; rows are looked up only when there is something to mend.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model
from django.urls import reverse
from wagtail.contrib.settings.models import BaseSiteSetting
from wagtail.models import Page, Site


@dataclass(frozen=True)
class Place:
    """One field, row or section.

    Args:
        model: of the register, or a kind of page of which there is one; None for the form that the reader is in.
        key: of the row; empty for one still to be made, and for a setting, of which each site has one.
        anchor: id of the element in the form.
    """

    model: type[Model] | None = None
    key: str = ""
    anchor: str = ""


def addresses(places: Iterable[Place], *, site: Site) -> dict[Place, str]:
    """Return the address of each place; one query per model of which rows are named.

    A place in the form that the reader is in has no path: following the link loses nothing.

    Args:
        places: what to look up.
        site: the site whose settings they are.
    """
    wanted = set(places)
    rows = _rows(wanted)
    return {place: f"{_form(place, site, rows)}{f'#{place.anchor}' if place.anchor else ''}" for place in wanted}


def _rows(places: set[Place]) -> dict[tuple[type[Model], str], int]:
    keys: dict[type[Model], set[str]] = defaultdict(set)
    for place in places:
        if place.model and place.key:
            keys[place.model].add(place.key)
    return {
        (model, key): pk
        for model, named in keys.items()
        for key, pk in model._default_manager.filter(key__in=named).values_list("key", "pk")
    }


def _form(place: Place, site: Site, rows: dict[tuple[type[Model], str], int]) -> str:
    if place.model is None:
        return ""
    if issubclass(place.model, BaseSiteSetting):
        return reverse("wagtailsettings:edit", args=[place.model._meta.app_label, place.model._meta.model_name, site.pk])
    if issubclass(place.model, Page):
        page = place.model._default_manager.first()
        return reverse("wagtailadmin_pages:edit", args=[page.pk]) if page else reverse("wagtailadmin_explore_root")
    things = f"privacy-{place.model._meta.model_name}"
    row = rows.get((place.model, place.key))
    return reverse(f"{things}:edit", args=[row]) if row else reverse(f"{things}:add")
