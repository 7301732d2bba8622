"""The public pages of the demo site that every check of pages looks at, in both languages; they need a second version."""

from urllib.parse import urljoin, urlsplit

from lxml import html

PATHS = [
    "/",
    "/over-ons/",
    "/algemene-voorwaarden/",
    "/privacy/",
    "/privacy/versies/",
    "/privacy/versies/1/",
    "/privacy/versies/2/verschil/",
    "/contact/",
    "/contact/bedankt/",
    "/bestaat-niet/",
    "/werk/",
    "/werk/bestellijst-bakkerij/",
    "/en/",
    "/en/about/",
    "/en/our-work/",
    "/en/our-work/this-website/",
    "/en/contact/",
    "/en/contact/thank-you/",
    "/en/terms-and-conditions/",
    "/en/privacy/",
    "/en/privacy/versions/",
    "/en/privacy/versions/2/difference/",
    "/en/nowhere/",
]


def links(content: str, path: str) -> set[str]:
    """Return the paths of this site to which a page leads, without anchors."""
    found = html.fromstring(content).xpath("//a/@href")
    return {urlsplit(url).path for url in (urljoin(path, link) for link in found) if url.startswith("/")}
