"""Makes the pictures by which others show the site, from its own drawings: `.venv/bin/python docs/icons.py`.

`share.png` stands beside a shared link, `apple-touch-icon.png` on a home screen, `favicon.ico` where no SVG is read. Run it
after a change of the mark, of the drawing on the first page, or of the colours.
"""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

SITE = Path(__file__).resolve().parents[1] / "site"
STATIC, IMAGES = SITE / "static", SITE / "static" / "img"
HERO = SITE.parent / "home" / "templates" / "home" / "drawings" / "hero.svg"
MARK = SITE / "templates" / "includes" / "mark.svg"

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><style>{css}
body {{ width: {width}px; height: {height}px; min-height: 0; overflow: hidden; }}
{more}</style></head><body>{body}</body></html>"""

SHARE = """
body { background: linear-gradient(180deg, var(--surface) 0%, var(--surface-tint) 100%); position: relative; }
.brand { position: absolute; left: 84px; top: 265px; gap: 28px; padding: 0; min-height: 0; font-size: 76px; }
.brand__mark { width: 100px; height: 100px; }
.opening__art { position: absolute; right: 72px; top: 40px; width: 540px; height: 546px; }
"""
TOUCH = """
body { background: #fff; display: grid; place-items: center; }
.brand__mark { width: 124px; height: 124px; }
"""
TAB = """
html, body { background: transparent; } .brand__mark { width: 32px; height: 32px; display: block; }
"""


def main() -> None:
    """Draw the three pictures."""
    name = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    mark, hero = MARK.read_text(), HERO.read_text()
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=name, args=["--no-sandbox"]) as browser:
        brand = f'<div class="brand">{mark}<span>Koel ICT</span></div>'
        share = draw(browser, 1200, 630, brand + hero, SHARE).convert("RGB")
        share.quantize(160, dither=Image.Dither.NONE).save(IMAGES / "share.png", optimize=True)
        touch = draw(browser, 180, 180, mark, TOUCH).convert("RGB")
        touch.quantize(64).save(IMAGES / "apple-touch-icon.png", optimize=True)
        draw(browser, 32, 32, mark, TAB).save(IMAGES / "favicon.ico", sizes=[(32, 32)])


def draw(browser: Browser, width: int, height: int, body: str, more: str) -> Image.Image:
    """Return a picture of these elements in the site's own style, in light colours."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    css = "".join((STATIC / "css" / name).read_text() for name in ("tokens.css", "site.css"))
    page.set_content(PAGE.format(css=css, width=width, height=height, body=body, more=more))
    return Image.open(io.BytesIO(page.screenshot(omit_background=True)))


if __name__ == "__main__":
    main()
