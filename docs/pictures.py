"""Draws the demo's pictures: `python docs/pictures.py` renders each SVG in `site/demo/pictures/` to WebP.

The demo loads these; Wagtail makes AVIF, WebP and JPEG of them in several sizes, for which it needs a bitmap. Run it after
changing a drawing.
"""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parents[1] / "site" / "demo" / "pictures"
QUALITY = 92


def main() -> None:
    """Render all of them."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1600, "height": 1000})
        for drawing in sorted(PICTURES.glob("*.svg")):
            page.goto(drawing.as_uri())
            with Image.open(io.BytesIO(page.screenshot())) as picture:
                picture.convert("RGB").save(drawing.with_suffix(".webp"), quality=QUALITY, method=6)
        chromium.close()


if __name__ == "__main__":
    main()
