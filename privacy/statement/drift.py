"""Drift: what the site really does, against what the version in force says it does.

The gate looks at the draft before it is published; this looks afterwards. A version stays true only as long as the site stays
as it was, and the site changes by other hands: a form gets a field, an administrator switches on a service. Each
deviation is shown on the first page of the admin. Rooms above this one add checks of their own with `register`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Revision

from privacy.register.models import DataCategory, Processor, Purpose, RetentionRule

from . import cookies
from .completeness import undeclared
from .facts import has_agreement
from .models import LinkCheck, PrivacyStatementPage, StatementVersion


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """One thing that is not as the version in force says.

    Args:
        code: stable name.
        message: what is the matter, for the officer; plain text. It says "the statement" and no number, so that the same
            deviation is equal for every version.
        url: where in the admin it is put right.
        is_warning: whether the statement is true all the same.
    """

    code: str
    message: str
    url: str
    is_warning: bool = False


#: Given the version in force (without its `html`), or one still to be published (not saved): what deviates from it. Costs a
#: fixed number of queries.
Check = Callable[[StatementVersion], Iterable[Deviation]]

_checks: list[Check] = []


def register(check: Check) -> Check:
    """Add a check, once; usable as a decorator."""
    if check not in _checks:
        _checks.append(check)
    return check


def deviations(page: PrivacyStatementPage | None, version: StatementVersion | None) -> list[Deviation]:
    """Return everything that deviates now.

    Args:
        page: the statement page, None when there is none yet.
        version: the version in force; None when there is none, which is worse than any deviation and not listed here.
    """
    found = list(_overdue(page)) if page else []
    if version:
        found += (deviation for check in _checks for deviation in check(version))
    return found


def left_after_publication(draft: PrivacyStatementPage) -> list[Deviation]:
    """Return what would still deviate if this draft were in force.

    Args:
        draft: the statement page as it would be published.
    """
    return deviations(None, StatementVersion(page_id=draft.pk, facts=draft.current_facts()))


def _overdue(page: PrivacyStatementPage) -> Iterator[Deviation]:
    """Say that a planned publication did not happen, when it is the gate that refuses it (`PrivacyStatementPage.publish`)."""
    due = Revision.page_revisions.filter(object_id=str(page.pk), approved_go_live_at__lt=timezone.now()).first()
    if due is None:
        return
    draft = due.as_object()
    if lacking := draft.refusals():
        yield Deviation(
            code="A1.overdue",
            message=_("De geplande publicatie van de privacyverklaring gaat niet door: %(lacking)s")
            % {"lacking": " ".join(problem.message for problem in lacking)},
            url=_edit(page.pk),
        )


def _edit(page_id: int) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page_id])


@register
def undeclared_sources(version: StatementVersion) -> Iterator[Deviation]:
    """Name what the code stores and the version does not: an update of the site brought it (A15)."""
    said = {
        Purpose: ("A15.purpose", _("De site bewaart “%(source)s” voor het doel “%(key)s”, dat de verklaring niet noemt.")),
        DataCategory: (
            "A15.category",
            _("De site bewaart in “%(source)s” gegevens van de soort “%(key)s”, die de verklaring niet noemt."),
        ),
        RetentionRule: ("A7.rule", _("Voor “%(source)s” geldt de bewaartermijn “%(key)s”, die de verklaring niet noemt.")),
    }
    for source, model, key in undeclared(version.facts):
        code, message = said[model]
        named = {"source": source.label, "key": key}
        yield Deviation(code=code, message=message % named, url=_edit(version.page_id))


@register
def lapsed_agreements(version: StatementVersion) -> Iterator[Deviation]:
    """Name the processors that purposes feed while their agreement is over (E4, art. 28(3)): time did that, no hand."""
    today = timezone.localdate()
    fed = version.look.recipients([purpose["key"] for purpose in version.facts["purposes"]])
    lapsed = {row["key"]: row for row in fed if not has_agreement(row, on=today)}
    if not lapsed:
        return
    rows = dict(Processor.objects.filter(key__in=lapsed).values_list("key", "pk"))
    for key, row in lapsed.items():
        yield Deviation(
            code="E4.agreement",
            message=_("Verwerker “%(name)s” krijgt gegevens zonder geldige overeenkomst. Leg de nieuwe vast en publiceer.")
            % {"name": row["name"]},
            url=reverse("privacy-processor:edit", args=[rows[key]]) if key in rows else _edit(version.page_id),
        )


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A setting that makes this site send data to somebody outside.

    Args:
        name: of the setting.
        on: whether its value means that data goes outside.
        recipient: key that the recipient has in the register.
        words: of which one in a recipient's name or service is as good as that key; lower case.
        what: what the setting switches on, in a sentence.
    """

    name: str
    on: Callable[[Any], bool]
    recipient: str
    words: tuple[str, ...]
    what: str | Promise


def _is_outside(host: str) -> bool:
    """Say whether a host is somebody else's: a socket, this machine, a private network and a name without a dot are not."""
    host = host.strip("[]")
    if not host or host.startswith("/"):
        return False
    try:
        address = ip_address(host)
    except ValueError:
        return "." in host.rstrip(".")
    return not (address.is_loopback or address.is_link_local or any(address in network for network in _PRIVATE))


#: Not `is_private`, which also counts networks that nobody may use.
_PRIVATE = [ip_network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]


def _database_is_outside(databases: dict[str, Any]) -> bool:
    database = databases["default"]
    hosts = database.get("HOST") or database.get("OPTIONS", {}).get("host") or ""
    return any(map(_is_outside, hosts.split(",")))


def _files_are_outside(buckets: dict[str, Any]) -> bool:
    return any(_is_outside(urlsplit(bucket.endpoint).hostname or "") for bucket in buckets.values())


GOOGLE = Switch(
    name="RECAPTCHA_PRIVATE_KEY",
    on=bool,
    recipient="google",
    words=("google", "recaptcha"),
    what=gettext_lazy("Het formulier gebruikt reCAPTCHA van Google."),
)

#: Settings -> whom the statement must name when they are set (art. 13(1)(e)). Another service is another row.
SWITCHES = [
    GOOGLE,
    Switch(
        name="EMAIL_HOST",
        on=_is_outside,
        recipient="mail",
        words=("mail",),
        what=gettext_lazy("De site verstuurt mail via een server buitenshuis."),
    ),
    Switch(
        name="SENTRY_DSN",
        on=lambda dsn: _is_outside(urlsplit(dsn).hostname or ""),
        recipient="sentry",
        words=("sentry", "foutmelding"),
        what=gettext_lazy("De site stuurt foutmeldingen naar een dienst buitenshuis."),
    ),
    Switch(
        name="DATABASES",
        on=_database_is_outside,
        recipient="hosting",
        words=("hosting", "database"),
        what=gettext_lazy("De database van de site staat buitenshuis."),
    ),
    Switch(
        name="REDIS_URL",
        on=lambda url: _is_outside(urlsplit(url).hostname or ""),
        recipient="hosting",
        words=("hosting", "redis"),
        what=gettext_lazy("De wachtrij van de site staat buitenshuis."),
    ),
    Switch(
        name="BUCKETS",
        on=_files_are_outside,
        recipient="storage",
        words=("opslag", "bestanden", "hosting"),
        what=gettext_lazy("De bestanden van de site staan buitenshuis."),
    ),
]


@register
def unnamed_recipients(version: StatementVersion) -> Iterator[Deviation]:
    """Name the services that settings switch on while no recipient in the version is called so (A5)."""
    for switch in SWITCHES:
        value = getattr(settings, switch.name, None)
        if value and switch.on(value) and not names(version, switch):
            yield Deviation(
                code="A5.recipient",
                message=_("%(what)s De verklaring noemt daarvoor geen ontvanger. Leg haar vast en publiceer de verklaring.")
                % {"what": switch.what},
                url=reverse("privacy-processor:add"),
            )


def names(version: StatementVersion, switch: Switch) -> bool:
    """Say whether a recipient in the version is the one that this setting switches on."""
    return any(
        row["key"] == switch.recipient or any(word in f"{row['name']} {row['service']}".lower() for word in switch.words)
        for row in version.facts["recipients"]
    )


@register
def unnamed_cookies(version: StatementVersion) -> Iterator[Deviation]:
    """Name the cookies that the site sets, or was seen to set, and the version does not name (G4)."""
    named = {row["name"] for row in version.facts.get("cookies", ())}
    for name in sorted((cookies.declared() | cookies.noticed()) - named):
        yield Deviation(
            code="G4.cookie",
            message=_(
                "De site zet de cookie “%(name)s”, die de verklaring niet noemt. Leg hem vast en publiceer de verklaring."
            )
            % {"name": name},
            url=reverse("privacy-cookie:add"),
        )


@register
def broken_links(version: StatementVersion) -> Iterator[Deviation]:
    """Name the outside links that do not work any more (A18). A warning: what the statement says is as true as it was."""
    for link in LinkCheck.objects.broken():
        yield Deviation(
            code="A18.external_link",
            message=_("De link %(url)s in de verklaring werkt niet. Verbeter hem of haal hem weg.") % {"url": link.url},
            url=_edit(version.page_id),
            is_warning=True,
        )
