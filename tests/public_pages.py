"""The public pages of the demo site that every check of pages looks at, in both languages; they need a second version."""

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
    "/en/our-work/",
    "/en/our-work/this-website/",
    "/en/contact/",
    "/en/terms-and-conditions/",
    "/en/privacy/",
]
