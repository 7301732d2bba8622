"""Imports run one way only, as the contracts in pyproject.toml say (docs/decisions/0002-rooms.md)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["contact", "home", "privacy", "site/config", "site/demo"]


@pytest.fixture
def copy(tmp_path):
    """The code in a folder where a test may break it."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder):
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{folder / 'site'}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_rooms_keep_to_their_layers(copy):
    result = lint(copy)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("privacy/subjects", "privacy.mail"),
        ("privacy/mail", "privacy.register"),
        ("privacy/register", "privacy.statement.models"),
        ("privacy/statement", "privacy.consent"),
        ("privacy/consent", "privacy.retention"),
        ("privacy/retention", "privacy.rights"),
        ("privacy/rights", "privacy.retention"),
        ("privacy/rights", "contact"),
        ("privacy", "home"),
        ("contact", "home"),
        ("home", "contact"),
        ("contact", "demo"),
        ("site/demo", "config.celery"),
    ],
)
def test_an_import_against_the_layers_is_found(copy, room, forbidden):
    (copy / room / "intruder.py").write_text(f"import {forbidden}\n")

    result = lint(copy)

    assert result.returncode == 1
    assert "intruder ->" in result.stdout.replace("\n", " "), result.stdout


def test_site_is_no_package():
    """`site` is a module of Python itself, loaded at every start."""
    assert not (ROOT / "site" / "__init__.py").exists()
