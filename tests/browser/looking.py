"""What is looked at on every page and state: axe, and whether it fits; and pictures, when somebody asks for them.

`make screenshots` sets `SCREENSHOTS` to a folder: the same walks then leave a picture of every state, on a phone and a laptop,
light and dark.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

PHONE, ZOOMED, LAPTOP = (360, 740), (640, 430), (1280, 860)
SCHEMES = ("light", "dark")
#: A page is loaded once and looked at in all of these. A laptop at 200% is as wide as `ZOOMED`.
LOOKS = [(size, scheme) for size in (PHONE, LAPTOP) for scheme in SCHEMES] + [(ZOOMED, "light")]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"]}
#: In the dark nothing but colours is different.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"]}
#: Style sheets are loaded again for one rule, which asks whether a page can be turned: once is enough, and a third of the time.
AGAIN = {"preload": False}
#: Only what is wrong comes back: what is right is a megabyte of it, at every look.
_RUN = """([context, rules]) => axe.run(
    context ? { include: [[context]], exclude: [[".w-minimap"], ["h2[role=alert]"]] } : document, rules
).then(({ passes, violations }) => ({
    looked: passes.length > 0,
    wrong: violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`)),
}))"""

#: Pictures further down are loaded when somebody comes near.
_SHOWN = """() => Promise.all([...document.images].map((one) => {
    one.loading = "eager";
    return one.decode().catch(() => null);
}))"""


def look(page: Page, state: str, *, context: str | None = None) -> list[str]:
    """Return what is wrong with the page as it is now, in every size and scheme; it ends as it was.

    Args:
        page: the browser's; scripts must run in it.
        state: name of what it shows.
        context: CSS selector of the part that is ours; everything when None. Wagtail's own map of a long form (its
            list scrolls at 200%) and its count of results (a heading that is an alert) stand in it and are not ours.
    """
    before = page.viewport_size
    photograph(page, state)
    found = []
    for number, ((width, height), scheme) in enumerate(LOOKS):
        _turn(page, width, height, scheme)
        rules = (RULES if scheme == "light" else COLOURS) | (AGAIN if number else {})
        found += [f"{width} {scheme}: {wrong}" for wrong in [*too_wide(page), *_axe(page, state, context, rules)]]
    page.emulate_media(color_scheme="null")
    if before:
        page.set_viewport_size(before)
    return found


def too_wide(page: Page) -> list[str]:
    """Return whether one has to scroll sideways (WCAG 1.4.10)."""
    return ["too wide"] * page.evaluate("document.documentElement.scrollWidth > innerWidth")


def _axe(page: Page, state: str, context: str | None, rules: Mapping[str, Any]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(_RUN, [context, rules])
    assert found["looked"], f"{state}: axe has looked"
    return list(found["wrong"])


def _turn(page: Page, width: int, height: int, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": height})
    # Colours that are on their way to another scheme are those of neither.
    page.evaluate("document.getAnimations().forEach((one) => { if (one instanceof CSSTransition) one.finish(); })")


def photograph(page: Page, state: str) -> None:
    """Leave a picture in every size and scheme, when somebody asks for them (`SCREENSHOTS`)."""
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for (width, height), scheme in LOOKS[:4]:
        _turn(page, width, height, scheme)
        # The admin scrolls inside its frame: a window as high as what is in it.
        whole = page.evaluate("Math.max(0, ...[...document.querySelectorAll('#main')].map(e => e.scrollHeight))")
        _turn(page, width, min(max(height, whole), 6000), scheme)
        name = re.sub(r"[^a-z0-9]+", "-", state.lower()).strip("-") or "home"
        page.evaluate(_SHOWN)
        page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True, animations="disabled")
