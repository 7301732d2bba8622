"""Every pair of colours that carries text or marks a control is readable, light and dark (WCAG 2.2: 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

SURFACES = ["surface", "surface-raised", "surface-tint"]
TEXT_PAIRS = [
    *((text, surface) for text in ("text", "text-strong", "text-muted", "link", "link-hover") for surface in SURFACES),
    *((text, "surface-deep") for text in ("text-on-deep", "text-on-deep-muted", "link-on-deep")),
    *((text, "surface-field") for text in ("text-strong", "text-muted")),
    *(("error", surface) for surface in (*SURFACES, "error-surface")),
    *(("text", f"{kind}-surface") for kind in ("error", "warning", "success")),
    ("warning", "warning-surface"),
    ("success", "success-surface"),
    ("text", "added"),
    ("text", "removed"),
    ("action-text", "action"),
    ("action-text", "action-hover"),
    # .button--warning
    ("surface", "error"),
    ("surface", "text-strong"),
]
CONTROL_PAIRS = [
    *((line, surface) for line in ("line-strong", "focus", "action") for surface in (*SURFACES, "surface-field")),
    ("error", "surface-field"),
    ("warning-line", "warning-surface"),
    ("success-line", "success-surface"),
]


def colours() -> dict[str, dict[str, str]]:
    """Return the colours of tokens.css per scheme; what the dark one leaves out it inherits."""
    path = finders.find("css/tokens.css")
    assert isinstance(path, str)
    light, dark = Path(path).read_text().split("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ruler_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"), [*((*pair, 4.5) for pair in TEXT_PAIRS), *((*pair, 3.0) for pair in CONTROL_PAIRS)]
)
def test_contrast(scheme: str, front: str, back: str, least: float) -> None:
    palette = colours()[scheme]
    assert contrast(palette[front], palette[back]) >= least
