"""Draws the demo's pictures: `python docs/pictures.py` renders each SVG in `site/demo/pictures/` to WebP, by day and by night.

The demo loads these; Wagtail makes AVIF, WebP and JPEG of them in several sizes, for which it needs a bitmap. Run it after
changing a drawing.
"""

import io
import re
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parents[1] / "site" / "demo" / "pictures"
QUALITY = 92

#: The same drawing by night, as `--ice-…` in tokens.css has it: what caught the light is dark, what was drawn on it shines.
NIGHT = {
    # The sky
    "#f3f9fc": "#0a1c27",
    "#cfe5f0": "#0f2d3c",
    "#a9cfe1": "#194559",
    # Ice from above, and paper
    "#d3e9f4": "#22556d",
    "#fbfeff": "#337390",
    "#b9dbec": "#1c475d",
    "#eaf5fa": "#4b8fae",
    "#e3f1f7": "#1f5069",
    # Its sides
    "#86bcd7": "#15394b",
    "#5f9fc0": "#0e2a38",
    "#8fbfd6": "#184155",
    "#8dbfd8": "#15394b",
    "#6aa6c4": "#0f2c3b",
    "#a8d0e2": "#1b485e",
    "#74aecb": "#12303f",
    "#3d7f9f": "#79bcd9",
    "#6fa9c6": "#3f7f9f",
    # What is drawn on it
    "#2f7196": "#a7dcf2",
    "#0f6a99": "#9bd8f2",
    "#3d9bc7": "#5db4da",
    "#1b5f82": "#8fd3f0",
    "#0f4563": "#5fb0d4",
    "#0c4c6e": "#3b86a8",
    "#093b57": "#2c6c8a",
    "#0f5f8a": "#2f7fa6",
    "#0b4667": "#1d5876",
    "#2a8a5d": "#5fd09a",
    # Shadows and the sun
    "#0b2c3f": "#02080c",
    "#ffd9a0": "#ffc987",
    ".75": ".3",
}


def main() -> None:
    """Render all of them."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1600, "height": 1000})
        for drawing in sorted(PICTURES.glob("*.svg")):
            day = drawing.read_text()
            render(page, day, drawing.with_suffix(".webp"))
            night = re.sub(r'#[0-9a-f]{6}|(?<=stop-opacity=")\.75', lambda found: NIGHT.get(found[0], found[0]), day)
            render(page, night, drawing.with_name(f"{drawing.stem}-night.webp"))
        chromium.close()


def render(page: Page, svg: str, file: Path) -> None:
    """Write a drawing to `file` as a bitmap of 1600 by 1000."""
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg}")
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").save(file, quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
