"""Makes the pictures of these documents: `.venv/bin/python docs/screenshots.py [ADDRESS]` beside a running `make run`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parent / "images"
PAGES = {"statement": "/privacy/"}
WINDOW = {"width": 1280, "height": 860}


def main(address: str) -> None:
    """Take one picture per page, at the size of a laptop's window."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
        )
        page = browser.new_page(viewport=WINDOW, locale="nl-NL")
        for name, path in PAGES.items():
            page.goto(address + path)
            page.screenshot(path=IMAGES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
