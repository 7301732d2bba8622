"""Reads HTML as a browser does, for tests that ask what a visitor sees."""

from typing import Any, NamedTuple

from django.http import HttpResponse
from wagtail.test.utils import WagtailTestUtils


class Shown(NamedTuple):
    """One control of a form as a browser sees it: its attributes, its label's own words, the messages beside it."""

    attrs: dict[str, Any]
    label: str
    messages: list[str]
    typed: str


def controls(response: HttpResponse) -> dict[str, Shown]:
    """Return the controls of the form in `main`, by name."""
    page = WagtailTestUtils.get_soup(response.content)
    found = {}
    for control in page.main.form.select("input, textarea"):
        label = page.find("label", attrs={"for": control.get("id")})
        described = [page.find(id=name) for name in control.get("aria-describedby", "").split()]
        found[control["name"]] = Shown(
            attrs=control.attrs,
            label="".join(label.find_all(string=True, recursive=False)).strip() if label else "",
            messages=[element.get_text(" ", strip=True) for element in described if "field__error" in element["class"]],
            # A browser drops the line end right after <textarea>.
            typed=control.get_text().removeprefix("\n") if control.name == "textarea" else control.get("value", ""),
        )
    return found


def sent_back(html: str, *, form: str) -> dict[str, Any]:
    """Return what a browser would send when nobody touched the form with this id: a text a name, or a list of several."""
    data: dict[str, list[str]] = {}
    for control in WagtailTestUtils.get_soup(html).select(f"#{form} :is(input, textarea, select)[name]:not([disabled])"):
        kind = control.get("type")
        if control.name == "select":
            chosen = control.select_one("option[selected]") or control.select_one("option")
            value = chosen["value"] if chosen else ""
        elif control.name == "textarea":
            value = control.get_text().removeprefix("\n")
        elif kind in {"checkbox", "radio"} and "checked" not in control.attrs:
            continue
        else:
            value = control.get("value", "on" if kind in {"checkbox", "radio"} else "")
        data.setdefault(control["name"], []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in data.items()}
