"""What is looked at on every page and state: axe, and whether it fits; and pictures, when somebody asks for them.

`make screenshots` sets `SCREENSHOTS` to a folder: the same walks then leave a picture of every state, on a phone and a laptop,
light and dark.
"""

import os
import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE, ZOOMED, LAPTOP = (360, 740), (640, 430), (1280, 860)
#: Colours do not depend on the width, so each width is seen in one scheme. A laptop at 200% is as wide as `ZOOMED`.
LOOKS = [(PHONE, "light"), (ZOOMED, "light"), (LAPTOP, "dark")]
PICTURES = [(size, scheme) for size in (PHONE, LAPTOP) for scheme in ("light", "dark")]


def look(page: Page, state: str, *, context: str | None = None) -> list[str]:
    """Return what is wrong with the page as it is now.

    Args:
        page: the browser's.
        state: name of what it shows.
        context: CSS selector of the part that is ours; everything when None.
    """
    _photograph(page, state)
    found = []
    for (width, height), scheme in LOOKS:
        _turn(page, width, height, scheme)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width}: too wide")
        if (width, height) == ZOOMED:
            continue  # what axe sees there it sees on the phone
        results = Axe().run(page, context=context, options=RULES)
        assert results.response["passes"], f"{state}: axe has looked"
        found += [
            f"{width} {scheme}: {violation['id']}: {node['html'][:200]}"
            for violation in results.response["violations"]
            for node in violation["nodes"]
        ]
    return found


def _turn(page: Page, width: int, height: int, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": height})
    # Colours that are on their way to another scheme are those of neither.
    page.evaluate("document.getAnimations().forEach((one) => { if (one instanceof CSSTransition) one.finish(); })")


def _photograph(page: Page, state: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for (width, height), scheme in PICTURES:
        _turn(page, width, height, scheme)
        # The admin scrolls inside its frame: a window as high as what is in it.
        whole = page.evaluate("Math.max(0, ...[...document.querySelectorAll('#main')].map(e => e.scrollHeight))")
        _turn(page, width, min(max(height, whole), 6000), scheme)
        name = re.sub(r"[^a-z0-9]+", "-", state.lower()).strip("-") or "home"
        page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True, animations="disabled")
