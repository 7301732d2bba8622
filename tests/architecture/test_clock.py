"""One clock per person, one door to it: nothing but `touch` writes `last_contact_at`, and whoever calls it says what counts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from privacy.subjects.contact import Contact

ROOT = Path(__file__).resolve().parents[2]
COLUMN = "last_contact_at"
#: The one function that may.
DOOR = ("privacy/subjects/services.py", "touch")
#: Calls that write what they are given by name.
WRITES = {"update", "create", "acreate", "get_or_create", "update_or_create", "DataSubject", "DataSubjectFactory"}
#: Calls that write what they are given in a list.
LISTS = {"bulk_update", "save", "bulk_create"}
SQL = re.compile(rf"\bSET\b[^;]*\b{COLUMN}\s*=|INSERT\s+INTO[^;]*\b{COLUMN}\b", re.IGNORECASE)


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def writes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what in a piece of code writes the column."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == COLUMN and isinstance(node.ctx, ast.Store | ast.Del):
            yield node
        elif isinstance(node, ast.Call):
            given = {keyword.arg for keyword in node.keywords}
            if name_of(node) in WRITES and COLUMN in given:
                yield node
            if name_of(node) in LISTS | WRITES and any(
                isinstance(one, ast.Constant) and one.value == COLUMN for one in _inside(node)
            ):
                yield node
            if name_of(node) == "setattr" and any(isinstance(one, ast.Constant) and one.value == COLUMN for one in node.args):
                yield node
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            yield node


def _inside(call: ast.Call) -> Iterator[ast.AST]:
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        yield from ast.walk(argument)


def offences(path: str, text: str) -> list[str]:
    """Return where a file writes the column and may not."""
    tree = ast.parse(text)
    if path == DOOR[0]:
        body = [node for node in tree.body if not (isinstance(node, ast.FunctionDef) and node.name == DOOR[1])]
        tree = ast.Module(body=body, type_ignores=[])
    return [f"{path}:{getattr(node, 'lineno', 0)}" for node in writes(tree)]


def ours() -> Iterator[tuple[str, str]]:
    """Yield our own modules, without those of migrations, which only make the column."""
    for package in ("contact", "home", "privacy", "site"):
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text()


def test_nothing_else_writes_the_clock() -> None:
    assert [offence for path, text in ours() for offence in offences(path, text)] == []


def test_the_door_is_where_we_think() -> None:
    """An empty look would pass the test above."""
    text = (ROOT / DOOR[0]).read_text()
    assert list(writes(ast.parse(text)))
    assert len(list(ours())) > 100


@pytest.mark.parametrize(
    "text",
    [
        "person.last_contact_at = now",
        "people.update(last_contact_at=now)",
        "DataSubject.objects.create(email='x', last_contact_at=now)",
        "DataSubject(last_contact_at=now).save()",
        "DataSubject.objects.get_or_create(email='x', defaults={'last_contact_at': now})",
        "DataSubject.objects.bulk_update(people, ['last_contact_at'])",
        "person.save(update_fields=['last_contact_at'])",
        "setattr(person, 'last_contact_at', now)",
        "cursor.execute('UPDATE privacy_subjects_datasubject SET hold_reason = %s, last_contact_at = now()')",
        "cursor.execute('INSERT INTO privacy_subjects_datasubject (email, last_contact_at) VALUES (1, 2)')",
    ],
)
def test_an_offence_is_found(text: str) -> None:
    assert offences("contact/x.py", text)


@pytest.mark.parametrize(
    "text",
    [
        "people.filter(last_contact_at__lte=now).order_by('last_contact_at')",
        "people.values_list('last_contact_at')",
        "x = person.last_contact_at",
        "cursor.execute('SELECT * FROM people WHERE last_contact_at <= now()')",
    ],
)
def test_reading_is_none(text: str) -> None:
    assert not offences("contact/x.py", text)


def test_whoever_calls_it_says_what_counts() -> None:
    """Each kind in the list has a caller, and no caller counts what is not in it."""
    said: set[str] = set()
    for _path, text in ours():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and name_of(node) == "touch" and (contact := _keyword(node, "contact")):
                said |= {one.attr for one in ast.walk(contact) if isinstance(one, ast.Attribute)}
    assert said == {kind.name for kind in Contact}


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def test_the_officer_reads_the_same_list() -> None:
    text = " ".join((ROOT / "docs" / "retention.md").read_text().split())
    assert [kind.name for kind in Contact if kind.value not in text] == []
