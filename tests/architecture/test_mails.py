"""Mails are written in few places: in a `mails.py`, or for a mailing in the one module that asks whether it may (B9)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

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
