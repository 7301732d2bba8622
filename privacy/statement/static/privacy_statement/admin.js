// The gate's links lead to a field. The browser glides there, and Wagtail's script that fits text boxes to their text stops it
// half-way. So once more, at once.
addEventListener("load", () => document.querySelector(":target")?.scrollIntoView({ behavior: "instant", block: "center" }));
