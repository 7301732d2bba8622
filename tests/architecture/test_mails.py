"""Mails are written in few places: in a `mails.py`, or for a mailing in the one module that asks whether it may (B9)."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.mail import EmailMessage

from privacy.consent.mailing import mailing
from privacy.mail import builders
from privacy.mail.models import Mail

ROOT = Path(__file__).resolve().parents[2]
#: Whoever uses one of these writes or sends a mail.
WRITES = {
    "EmailMessage",
    "EmailMultiAlternatives",
    "send_mail",
    "send_mass_mail",
    "mail_admins",
    "mail_managers",
    "get_connection",
}
SMTP = {"smtplib", "aiosmtplib"}


def allowed(path: Path) -> bool:
    """Say whether mails may be written here."""
    return path.name == "mails.py" or path.is_relative_to(ROOT / "privacy/mail") or path == ROOT / "privacy/consent/mailing.py"


def offences(path: Path, text: str) -> Iterator[str]:
    """Yield what a file does that only the places above may."""
    for node in ast.walk(ast.parse(text)):
        names: set[str] = set()
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names} & SMTP
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names} & WRITES if node.module == "django.core.mail" else set()
            names |= {node.module or ""} & SMTP
        elif isinstance(node, ast.Attribute):
            names = {node.attr} & (WRITES - {"get_connection"}) | ({node.attr} & {"email_user"})
        yield from (f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: {name}" for name in names)


def ours() -> Iterator[Path]:
    """Yield our own modules."""
    for package in ("contact", "home", "privacy", "site/config", "site/demo"):
        yield from (path for path in (ROOT / package).rglob("*.py") if path.name != "testing.py")


def test_mails_are_written_where_they_belong() -> None:
    found = [offence for path in ours() if not allowed(path) for offence in offences(path, path.read_text())]
    # Annotations may name the class; building one needs it at run time.
    assert not found


def asks(build: builders.Builder) -> bool:
    """Say whether a function that writes mails asks whether it may: by `mailing`, which does, or by `may` itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(build)))
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
    return not names.isdisjoint({"mailing", "may"})


@pytest.mark.parametrize("kind", sorted(builders.kinds()))
def test_every_mail_has_a_reason_to_go_out_or_asks_for_consent(kind: str) -> None:
    """B9; Tw art. 11.7(1): whoever adds a kind of mail says whose law asks for it, or goes through `mailing`."""
    found = builders.kinds()[kind]
    if found.because is None:
        assert asks(found.build), "register it with because=…, or write it with privacy.consent.mailing.mailing"
    else:
        assert len(found.because) > 15, "a reason is a sentence"


def test_all_mails_of_the_site_are_looked_at() -> None:
    """An empty list would pass the test above."""
    written = [path for path in ours() if path.name == "mails.py"]
    decorators = sum(path.read_text().count(".register(") for path in written)
    assert len(builders.kinds()) == decorators >= 13


def test_a_mailing_that_does_not_ask_is_found() -> None:
    """This very test fails when the rule stops working."""

    def sneaky(mail: Mail) -> EmailMessage | None:
        return EmailMessage(to=[mail.subject.email]) if mail.subject else None

    def honest(mail: Mail) -> EmailMessage | None:
        return mailing(subject=mail.subject, purpose="newsletter", title="x", text="x") if mail.subject else None

    assert not asks(sneaky)
    assert asks(honest)


def test_mails_about_consent_go_to_who_they_are_about() -> None:
    """What a mailing must go through asks whether it may."""
    text = (ROOT / "privacy/consent/mailing.py").read_text()
    calls = {
        node.func.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert "may" in calls


@pytest.mark.parametrize(
    "text",
    [
        "from django.core.mail import EmailMessage",
        "from django.core.mail import send_mail as post",
        "from django.core import mail\nmail.EmailMultiAlternatives()",
        "import smtplib",
        "user.email_user('x', 'y')",
    ],
)
def test_an_offence_is_found(text: str) -> None:
    assert list(offences(ROOT / "contact/x.py", text))
