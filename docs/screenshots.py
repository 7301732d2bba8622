"""Makes the pictures of these documents: `.venv/bin/python docs/screenshots.py [ADDRESS]` beside a running `make run`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).parent / "images"
PASSWORD = Path(__file__).parents[1] / ".data" / "admin-password"
PAGES = {"statement": "/privacy/"}
WINDOW = {"width": 1280, "height": 860}
#: Pages of the guide for officers.
OFFICERS_PAGES = {"mijn-gegevens": "/mijn-gegevens/", "verzoek-vastleggen": "/admin/privacy-requests/new/"}


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
        officers_pages(browser, address)
        browser.close()


def officers_pages(browser: Browser, address: str) -> None:
    """Log in as the administrator of `make run`, take down a request by phone, and take the guide's pictures."""
    page = browser.new_page(viewport=WINDOW, locale="nl-NL")
    page.goto(f"{address}/admin/login/")
    page.fill("[name=username]", "beheer")
    page.fill("[name=password]", PASSWORD.read_text().strip())
    page.click("button[type=submit]")
    page.goto(address + OFFICERS_PAGES["verzoek-vastleggen"])
    page.fill("[name=email]", "jan@voorbeeld.example")
    page.select_option("[name=kind]", "objection")
    page.select_option("[name=identity]", "callback")
    page.fill("[name=message]", "Wil niet meer gebeld worden.")
    page.screenshot(path=IMAGES / "verzoek-vastleggen.png")
    page.click("main form button[type=submit]:has-text('Toevoegen')")
    page.wait_for_url("**/inspect/*/")
    page.screenshot(path=IMAGES / "verzoek.png")
    page.goto(address + OFFICERS_PAGES["mijn-gegevens"])
    page.screenshot(path=IMAGES / "mijn-gegevens.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
