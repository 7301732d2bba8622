"""`docs/retention.md` is a runbook: what it names is there, under that name, and does what it says."""

import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from config.health import jobs
from django.conf import settings
from django.core.management import call_command, get_commands, load_command_class
from django.test import Client
from django.utils import timezone

from privacy.retention.models import ClassRun
from privacy.subjects.registry import registry
from tests.classes import mail, version
from tests.factories import relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_site")]

ROOT = Path(__file__).parents[3]
TEXT = " ".join((ROOT / "docs" / "retention.md").read_text().split())


def test_the_table_of_rules_is_the_published_one() -> None:
    """D1: each rule with a clock of its own, and the period that the demo's statement promises."""
    (table,) = re.findall(r"\| wat \| eindigt \| \| --- \| --- \| (.*?) De opschoning leest ze", TEXT)
    rows = dict(re.findall(r"\| ([^|]+) \| ([^|]+) \|", table))
    rules = {clock.rule: version().look.rule(clock.rule) for clock in registry.clocks.values()}
    assert rows.keys() == {rule["name"] for rule in rules.values() if rule}
    for rule in rules.values():
        assert rule
        months, days = rule["months"], rule["days"]
        assert rows[rule["name"]].startswith(f"{months} maanden" if months else f"{days} dagen"), rule["name"]


def test_every_screen_command_setting_and_log_line_exists(admin_client: Client) -> None:
    page = admin_client.get("/admin/").content.decode()
    screens = set(re.findall(r"\*Privacy > ([^*>]+)\*", TEXT))
    assert len(screens) >= 5
    assert [name for name in screens if json.dumps(name)[1:-1] not in page and name not in page] == []

    commands = set(re.findall(r"`manage\.py (\w+)((?: --[\w-]+)*)", TEXT))
    assert {name for name, _ in commands} >= {"retention_run", "erase", "replay_erasures"}
    for name, options in commands:
        app = get_commands()[name]
        parser = (app if not isinstance(app, str) else load_command_class(app, name)).create_parser("manage.py", name)
        assert set(options.split()) <= set(parser._option_string_actions)

    names = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", TEXT))
    assert [name for name in names if not hasattr(settings, name)] == []
    source = " ".join(" ".join(path.read_text().split()) for path in ROOT.glob("privacy/**/*.py"))
    errors = set(re.findall(r'\| "([^"]+)" \| ', TEXT.partition("the error says")[2]))
    assert len(errors) >= 6
    for line in ("has no rule", "Somebody who was erased is still named in", *errors):
        assert line in TEXT
        assert line in source, line
    (checks,) = re.findall(r"`checks` names it: ([^|]+) \|", TEXT)
    assert set(re.findall(r"`(\w+)`", checks)) == jobs()["checks"].keys()


def test_each_command_works(settings: Any, tmp_path: Path) -> None:
    """As it stands there; `erase` and `replay_erasures` print what the contract says."""
    settings.ERASURE_LEDGER_DIR = tmp_path / "ledger"
    late = timezone.now() - timedelta(days=800)
    relation(late)
    assert said("retention_run", "--dry-run")["due"] == said("retention_run")["erased"] == 1
    relation(late, email="anna@voorbeeld.example")
    assert said("erase", "anna@voorbeeld.example", "--reason", "oude dossiers")["erased"]
    assert said("replay_erasures") == {"checked": 0, "re_erased": 0}
    mail(late)
    said("retention_run")
    assert ClassRun.objects.filter(source="mail.settled").exists()


def said(*command: str) -> dict[str, Any]:
    out = StringIO()
    call_command(*command, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return found
