"""The addresses of the admin that are ours, as the resolver knows them: who may do what on each, and how to come there."""

import inspect
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from config import roles
from django.apps import apps
from django.urls import URLResolver, get_resolver, reverse
from wagtail.models import Site

from contact.mails import OWNERS_MAIL
from contact.openings import opened
from privacy.consent.links import token_for
from privacy.mail.services import send
from privacy.retention.classes import end_classes
from privacy.retention.services import expire_due
from privacy.rights.models import DataRequest
from privacy.subjects import ledger
from privacy.subjects.checks import is_ours
from tests.classes import mail
from tests.factories import SubmissionFactory, relation

#: What a role may do with what an address is about. Register: all four; for the rest, what its policy names.
REGISTER = "view add change delete"
#: Per group of addresses: what the officer and the owner may, what the auditor may. An editor may nothing of it.
TABLE = {
    "contact-messages": ("view handle erase export", ""),
    "contact_attachment": ("view", ""),
    "contact-openings": ("view", "view"),
    "privacy-certificates": ("view", "view"),
    "privacy-class-runs": ("view", "view"),
    "privacy-consent": ("view record", "view"),
    "privacy-consent-report": ("view", "view"),
    "privacy-letters": ("view change", "view"),
    "privacy-links": ("view revoke", "view"),
    "privacy-mails": ("view retry", "view"),
    "privacy-plan": ("view", "view"),
    "privacy-record": ("view", "view"),
    "privacy-requests": ("view add handle", "view"),
    "privacy-runs": ("view pause", "view"),
    "privacy-subjects": ("view change", "view"),
    "privacy-versions": ("view", "view"),
    "privacy_rights_correct": ("handle", ""),
    "privacy_rights_download": ("handle", ""),
    "privacy_rights_leave_out": ("handle", ""),
    "privacy_rights_preview": ("handle", ""),
    "privacy_rights_put_back": ("handle", ""),
    "privacy_rights_step": ("handle", ""),
    "privacy_rights_told": ("handle", ""),
    **{f"privacy-{model}": (REGISTER, "view") for model in roles._REGISTER},
}
#: Per view: the methods that it answers, with what each takes. "view" is had by whoever may do anything at all.
SEEN, FORM = {"GET": "view"}, {"add": "add", "edit": "change", "delete": "delete"}
VIEWS: dict[str, dict[str, str]] = {
    **dict.fromkeys(["index", "index_results", "inspect", "month", "class_month", "download", "person_json"], SEEN),
    **dict.fromkeys(["run", "run_json", "class_run", "class_run_json"], SEEN),
    **{name: {"GET": action, "POST": action} for name, action in FORM.items()},
    **{key: {"GET": "write"} for key in ["history", "history_results"]},
    "usage": {"GET": "change"},
    "reorder": {"POST": "change"},
    "reviewed": {"POST": "change"},
    "agreement": SEEN,
    "pause": {"POST": "pause"},
    "resume": {"POST": "pause"},
    "revoke": {"POST": "revoke"},
    "retry": {"POST": "retry"},
    "retry_all": {"POST": "retry"},
    "move": {"POST": "handle"},
    "accept": {"POST": "handle"},
    "erase": {"GET": "erase", "POST": "erase"},
    "moment": {"GET": "moment", "POST": "moment"},
    "take_down": {"GET": "record", "POST": "record"},
    "person": SEEN,
    "contact_attachment": SEEN,
    "privacy_rights_correct": {"GET": "handle", "POST": "handle"},
    "privacy_rights_download": {"GET": "handle"},
    "privacy_rights_leave_out": {"POST": "handle"},
    "privacy_rights_preview": {"GET": "handle"},
    "privacy_rights_put_back": {"POST": "handle"},
    "privacy_rights_step": {"POST": "handle"},
    "privacy_rights_told": {"POST": "handle"},
}
#: Where one name stands for something else.
SPECIAL = {
    "privacy-certificates:index": {"GET": "view", "POST": "view"},  # asks for an address by POST
    "privacy-consent:person": {"GET": "view", "POST": "record"},
}


def addresses() -> Iterator[tuple[str, str]]:
    """Yield name and pattern of each address of the admin that is ours, as the resolver knows them."""
    for pattern, name, view in _walk(get_resolver().url_patterns):
        if not pattern.startswith("admin/"):
            continue
        model = getattr(view, "view_initkwargs", {}).get("model")
        label = model if isinstance(model, str) else model and model._meta.label
        made = inspect.unwrap(getattr(view, "view_class", view))
        ours = made.__module__.split(".")[0] in {"privacy", "contact", "home", "config", "demo"}
        if ours or (label and is_ours(apps.get_app_config(label.split(".")[0]))):
            yield name, pattern


def _walk(patterns: Any, before: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield here, f"{space}{pattern.name}", pattern.callback


ADDRESSES = sorted(set(addresses()))
#: Not asked by permissions of a model but by those of one page.
BY_PAGE = "privacy_statement_publish"


def fill() -> None:
    """Put something on every address of a demo site."""
    relation(datetime(2020, 1, 1, tzinfo=UTC))
    expire_due()
    mail(datetime(2020, 1, 1, tzinfo=UTC))
    end_classes()
    person = relation(datetime(2026, 11, 1, tzinfo=UTC), email="anna@voorbeeld.example")
    message = person.submissions.get()
    opened(message, by=None)
    SubmissionFactory(subject=person, state="spam")
    token_for(person)
    DataRequest.objects.create(subject=person, kind="access", received_at=datetime(2026, 11, 1, tzinfo=UTC))
    send(kind=OWNERS_MAIL, reference=message.pk, subject=person)


def url_of(name: str) -> str:
    """Return an address of this name with something behind it, if there can be."""
    space, _, view = name.rpartition(":")
    pattern = dict(ADDRESSES)[name]
    wanted: dict[str, Any] = {}
    if "pk>" in pattern:
        of_another = {"class_run": "privacy-class-runs", "class_run_json": "privacy-class-runs", "person": "privacy-subjects"}
        wanted["pk"] = _row(of_another.get(view, space or view))
    if view == "move":
        wanted["to"] = "closed"
    if view in {"month", "class_month"}:
        wanted |= {"rule": "relations" if view == "month" else "site", "month": "2027-01"}
    if "slug:name" in pattern:
        wanted["name"] = "refuse" if view == "privacy_rights_step" else next(iter(ledger.read())).id
    if "str:source" in pattern:
        wanted |= {"source": "contact.submissions", "reference": "Submission #1"}
    if "extension" in pattern:
        wanted["extension"] = "csv"
    return reverse(name, kwargs=wanted)


def _row(name: str) -> int:
    models = {
        "contact_attachment": "contact.Attachment",
        "contact-messages": "contact.Submission",
        "contact-openings": "contact.Opening",
        "privacy-certificates": "privacy_retention.RetentionRun",
        "privacy-class-runs": "privacy_retention.ClassRun",
        "privacy-consent": "privacy_consent.ConsentEvent",
        "privacy-letters": "privacy_rights.LetterTemplate",
        "privacy-links": "privacy_consent.ConsentLink",
        "privacy-mails": "privacy_mail.Mail",
        "privacy-runs": "privacy_retention.RetentionRun",
        "privacy-subjects": "privacy_subjects.DataSubject",
        "privacy-versions": "privacy_statement.StatementVersion",
    }
    label = models.get(name) or (
        f"privacy_register.{name.removeprefix('privacy-')}"
        if name.removeprefix("privacy-") in roles._REGISTER
        else "privacy_rights.DataRequest"
    )
    row = apps.get_model(label)._default_manager.order_by("pk").last()
    return row.pk if row else 1


def setting(name: str) -> str:
    """Return the address of one of the settings that we add to Wagtail's."""
    return reverse("wagtailsettings:edit", args=["privacy_register", name, Site.objects.get().pk])
