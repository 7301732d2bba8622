"""Somebody who has a keyboard and nothing else: goes to what they want, and walks past everything on the way."""

import pytest
from playwright.sync_api import Locator, Page

#: No page has more stops than this.
MOST_STOPS = 150

#: Numbers what Tab should stop at in a part of the page, in reading order: `walk` asks it of each stop. Of radio buttons that
#: belong together Tab stops at one.
_EXPECT = """(within) => {
    const part = document.querySelector(within);
    const all = [...part.querySelectorAll(
        "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable=true]"
    )].filter(e => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({ visibilityProperty: true }));
    const stopOf = e => {
        if (e.type !== "radio") return e;
        const group = all.filter(other => other.type === "radio" && other.name === e.name && other.form === e.form);
        return group.find(one => one.checked) ?? group[0];
    };
    window.stops = all.filter(e => stopOf(e) === e);
    window.lastStop = null;
    // Where Tab starts: just before the part.
    const had = part.getAttribute("tabindex");
    part.tabIndex = -1;
    part.focus({ preventScroll: true });
    had === null ? part.removeAttribute("tabindex") : part.setAttribute("tabindex", had);
    return window.stops.map(e => e.outerHTML.replace(/\\s+/g, " ").slice(0, 120));
}"""
_SHOWS = """(e) => {
    const style = getComputedStyle(e);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
}"""
_STOP = f"""async () => {{
    const e = document.activeElement;
    const inSight = () => e.getBoundingClientRect().bottom > 0 && e.getBoundingClientRect().top < innerHeight;
    // Scrolling there takes a browser a few frames.
    for (let frame = 0; frame < 30 && !inSight(); frame++) await new Promise(requestAnimationFrame);
    // What is stuck to the window, as Wagtail's buttons are, has no place of its own.
    const floats = one => !!one && (/sticky|fixed/.test(getComputedStyle(one).position) || floats(one.parentElement));
    // Both as they are now: what stands above them may have grown since, as a text area does when its script has come.
    const last = window.lastStop, here = e.getBoundingClientRect(), there = last?.getBoundingClientRect();
    const goesUp = last && !floats(last) && !floats(e) && here.bottom <= there.top && here.left < there.right;
    window.lastStop = e;
    return {{ number: window.stops.indexOf(e), shows: ({_SHOWS})(e), inSight: inSight(), goesUp }};
}}"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is on this, or on one of these, and see that it shows (WCAG 2.1.1, 2.4.7)."""
    for _ in range(MOST_STOPS):
        if wanted.evaluate_all("found => found.includes(document.activeElement)"):
            assert page.evaluate(f"({_SHOWS})(document.activeElement)"), f"no focus to be seen on {wanted}"
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {wanted}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Go there by Tab and press a key."""
    tab_to(page, wanted)
    page.keyboard.press(key)


def follow(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Go there by Tab, press a key, and wait for where it leads."""
    tab_to(page, wanted)
    with page.expect_navigation():
        page.keyboard.press(key)


def type_into(page: Page, wanted: Locator, text: str) -> None:
    """Go there by Tab and type, over what stands there."""
    tab_to(page, wanted)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def walk(page: Page, within: str = "main") -> list[str]:
    """Press Tab from the first stop in a part of the page until past the last; return what is wrong on the way.

    Every control is a stop, in reading order, in sight and with a focus that shows; and there is a way out (WCAG 2.1.1, 2.1.2,
    2.4.3, 2.4.7).

    Args:
        page: the browser's.
        within: CSS selector of the part.
    """
    # What scrolls slowly is not in sight yet when it is asked.
    page.emulate_media(reduced_motion="reduce")
    expected = page.evaluate(_EXPECT, within)
    wrong, seen = [], []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop["number"] < 0:
            break
        if seen and stop["number"] == seen[-1]:
            continue  # day, month and year are stops of their own
        name = expected[stop["number"]]
        if seen and stop["number"] < seen[-1]:
            wrong.append(f"goes back: {name}")
        if stop["goesUp"]:
            wrong.append(f"goes up: {name}")
        if not stop["shows"]:
            wrong.append(f"no focus to be seen: {name}")
        if not stop["inSight"]:
            wrong.append(f"out of sight: {name}")
        seen.append(stop["number"])
    else:
        wrong.append("no way out")
    return wrong + [f"not reached: {name}" for number, name in enumerate(expected) if number not in seen]
