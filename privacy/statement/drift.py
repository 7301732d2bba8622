"""Drift: what the site really does, against what the version in force says it does.

The gate looks at the draft before it is published; this looks afterwards. A version stays true only as long as the site stays
as it was, and the site changes by other hands: a form gets a field, an administrator switches on a service. Each
deviation is shown on the first page of the admin. Rooms above this one add checks of their own with `register`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Revision

from privacy.register.models import DataCategory, Processor, Purpose, RetentionRule

from .facts import has_agreement
from .gate import undeclared
from .models import PrivacyStatementPage, StatementVersion


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """One thing that is not as the version in force says.

    Args:
        code: stable name.
        message: what is the matter, for the officer; plain text.
        url: where in the admin it is put right.
    """

    code: str
    message: str
    url: str


#: Given the version in force (without its `html`): what deviates from it. Costs a fixed number of queries.
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


def _overdue(page: PrivacyStatementPage) -> Iterator[Deviation]:
    """Say that a planned publication did not happen, when it is the gate that refuses it (`PrivacyStatementPage.publish`)."""
    due = Revision.page_revisions.filter(object_id=str(page.pk), approved_go_live_at__lt=timezone.now()).first()
    if due is None:
        return
    draft = due.as_object()
    if lacking := draft.lacking(draft.body, editorial=draft.is_editorial):
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
        Purpose: ("A15.purpose", _("De site bewaart “%(source)s” voor het doel “%(key)s”, dat %(version)s niet noemt.")),
        DataCategory: (
            "A15.category",
            _("De site bewaart in “%(source)s” gegevens van de soort “%(key)s”, die %(version)s niet noemt."),
        ),
        RetentionRule: ("A7.rule", _("Voor “%(source)s” geldt de bewaartermijn “%(key)s”, die %(version)s niet noemt.")),
    }
    for source, model, key in undeclared(version.facts):
        code, message = said[model]
        named = {"source": source.label, "key": key, "version": str(version).lower()}
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
    on: Callable[[str], bool]
    recipient: str
    words: tuple[str, ...]
    what: str | Promise


def _is_outside(host: str) -> bool:
    # A name without a dot is found in one's own network only.
    return "." in host.rstrip(".") and not host.startswith("127.")


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
        on=bool,
        recipient="sentry",
        words=("sentry", "foutmelding"),
        what=gettext_lazy("De site stuurt foutmeldingen naar Sentry."),
    ),
]


@register
def unnamed_recipients(version: StatementVersion) -> Iterator[Deviation]:
    """Name the services that settings switch on while no recipient in the version is called so (A5)."""
    for switch in SWITCHES:
        if switch.on(getattr(settings, switch.name, "") or "") and not names(version, switch):
            yield Deviation(
                code="A5.recipient",
                message=_("%(what)s %(version)s noemt daarvoor geen ontvanger. Leg haar vast en publiceer de verklaring.")
                % {"what": switch.what, "version": version},
                url=reverse("privacy-processor:add"),
            )


def names(version: StatementVersion, switch: Switch) -> bool:
    """Say whether a recipient in the version is the one that this setting switches on."""
    return any(
        row["key"] == switch.recipient or any(word in f"{row['name']} {row['service']}".lower() for word in switch.words)
        for row in version.facts["recipients"]
    )
