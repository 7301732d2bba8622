"""The seven commands of the contract: whatever goes wrong, the last line is one JSON object, and the exit code tells."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from config.embedded import Servers
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command, get_commands
from django.db import connection
from django.utils import timezone

from privacy.commands import JsonCommand
from privacy.retention.models import RetentionRun
from privacy.rights.services import take
from privacy.statement.models import PrivacyStatementPage
from privacy.subjects.models import DataSubject
from privacy.subjects.registry import registry
from tests.factories import many_relations, relation
from tests.locking import holding

ROOT = Path(__file__).resolve().parents[2]
JAN = "jan@voorbeeld.example"

#: Each command of the contract, with arguments that make sense.
COMMANDS: dict[str, list[str]] = {
    "demo": [],
    "statement_check": [],
    "retention_run": [],
    "inzage": [JAN, "jan.zip"],
    "erase": [JAN, "--reason", "op verzoek"],
    "replay_erasures": [],
    "data_map": [],
}


def made(name: str) -> JsonCommand:
    app = get_commands()[name]
    found = import_module(f"{app}.management.commands.{name}").Command()
    assert isinstance(found, JsonCommand)
    return found


def answer(text: str) -> dict[str, Any]:
    found = json.loads(text.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def call(name: str, *arguments: str, **options: Any) -> tuple[dict[str, Any], int]:
    """Return what a command prints on its last line, and its exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command(name, *arguments, stdout=out, **options)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return answer(out.getvalue()), code


def refused(name: str, *arguments: str, **options: Any) -> str:
    """Check that a command fails as the contract says; return why."""
    said, code = call(name, *arguments, **options)
    assert code == 1
    assert list(said) == ["error"]
    assert said["error"]
    return str(said["error"])


@pytest.mark.parametrize(
    "arguments",
    [
        *([name, *right, "--nonsense"] for name, right in COMMANDS.items()),
        ["retention_run", "--as-of", "gisteren"],
        ["retention_run", "--as-of", "2026-02-30"],
        ["retention_run", "--as-of", "0001-01-01"],
        ["retention_run", "--as-of", "9999-12-31T23:59:59Z"],
        ["retention_run", "--as-of"],
        ["inzage", JAN],
        ["inzage"],
        ["erase", JAN],
        ["erase", "--reason", "op verzoek"],
    ],
    ids=" ".join,
)
def test_arguments_that_make_no_sense(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """By the door that the shell uses; nothing is looked up for it."""
    with pytest.raises(SystemExit) as stop:
        made(arguments[0]).run_from_argv(["manage.py", *arguments])
    printed = capsys.readouterr()
    assert stop.value.code == 1
    assert list(answer(printed.out)) == ["error"]
    assert printed.err.startswith("usage: manage.py"), "and a person is helped"


def test_help_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        made("retention_run").run_from_argv(["manage.py", "retention_run", "--help"])
    assert stop.value.code == 0
    assert "--dry-run" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize("name", COMMANDS)
def test_an_error_that_nobody_foresaw(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The script gets its line, without the error's own words, which may name somebody; the traceback goes its own way."""
    command = made(name)

    def fails(**options: Any) -> Any:
        raise KeyError(JAN)

    monkeypatch.setattr(command, "run", fails)
    with pytest.raises(KeyError):
        call_command(command, *COMMANDS[name])
    printed = capsys.readouterr().out
    assert "KeyError" in answer(printed)["error"]
    assert JAN not in printed


@pytest.mark.django_db
@pytest.mark.parametrize("name", COMMANDS)
def test_a_site_that_fails_its_checks(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An undeclared field stops every command, and each says so."""
    monkeypatch.delitem(registry.exemptions, apps.get_model("privacy_retention.ClassRun"))
    assert "check" in refused(name, *COMMANDS[name], skip_checks=False)
    assert "privacy.E001" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("demo_site")
def test_the_database_is_gone(servers: Servers, tmp_path: Path) -> None:
    servers.ask("stop", "postgres")
    for name, arguments in COMMANDS.items():
        connection.close()
        assert "database" in refused(name, *(str(tmp_path / one) if one.endswith(".zip") else one for one in arguments)), name
    assert not list(tmp_path.iterdir())
    servers.ask("start", "postgres")
    connection.close()
    assert call("statement_check")[1] == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
class TestLedger:
    @pytest.fixture
    def jan(self) -> DataSubject:
        return relation(timezone.now() - timedelta(days=800), email=JAN)

    @pytest.fixture
    def no_folder(self, settings: Any, tmp_path: Path) -> None:
        """A file stands where the ledger should; the tests may run as root, whom no permission stops."""
        settings.ERASURE_LEDGER_DIR = tmp_path / "ledger"
        settings.ERASURE_LEDGER_DIR.write_text("no folder")

    @pytest.mark.usefixtures("no_folder")
    @pytest.mark.parametrize("name", ["retention_run", "erase"])
    def test_that_cannot_be_written(self, name: str, jan: DataSubject) -> None:
        """Invariant 5: nobody goes."""
        assert "wislogboek" in refused(name, *COMMANDS[name])
        assert DataSubject.objects.filter(pk=jan.pk).exists()

    @pytest.mark.usefixtures("no_folder")
    def test_that_cannot_be_read(self, client: Any) -> None:
        """Nothing read is not nothing there: neither the replay nor the probe may say that all is well; pages go on."""
        assert "wislogboek" in refused("replay_erasures")
        assert client.get("/healthz/ready").json()["checks"] == {"database": True, "migrated": True, "ledger": False}
        assert client.get("/").status_code == 200

    @pytest.mark.parametrize("name", ["retention_run", "erase"])
    def test_without_a_folder_yet(self, name: str, jan: DataSubject, settings: Any, tmp_path: Path) -> None:
        """The first erasure makes it; before that there is nothing to replay."""
        settings.ERASURE_LEDGER_DIR = tmp_path / "not" / "yet"
        assert call("replay_erasures") == ({"checked": 1, "re_erased": 0}, 0)
        assert call(name, *COMMANDS[name])[1] == 0
        assert list(settings.ERASURE_LEDGER_DIR.iterdir())
        assert not DataSubject.objects.filter(pk=jan.pk).exists()


#: A disk that is as good as full: `tempfile` tries its folder with four bytes.
FULL = """
import resource, signal, sys
from django.core.management import execute_from_command_line
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))
execute_from_command_line(sys.argv)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("demo_site")
def test_a_full_disk(tmp_path: Path) -> None:
    """In processes of their own, as a shell sees them; nobody is erased and no half archive is left."""
    many_relations(2, bystanders=0)
    someone = DataSubject.objects.order_by("pk")[0].email
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "TEST_DATA": str(tmp_path),
    }
    for arguments in (
        ["retention_run"],
        ["erase", someone, "--reason", "op verzoek"],
        ["inzage", someone, str(tmp_path / "uit.zip")],
    ):
        command = [sys.executable, "-c", FULL, *arguments]
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert (ran.returncode, bool(ran.stdout)) == (1, True), ran.stderr
        assert list(answer(ran.stdout)) == ["error"], ran.stderr
        assert "Traceback" not in ran.stderr
    assert DataSubject.objects.count() == 2
    assert [path.name for path in tmp_path.rglob("*") if path.suffix == ".zip" or path.name.startswith(".inzage")] == []


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
class TestRetentionRun:
    def unpublish(self) -> None:
        PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()

    def pause(self) -> None:
        assert call("retention_run")[1] == 0
        RetentionRun.objects.update(state=RetentionRun.State.PAUSED)

    @pytest.mark.parametrize("before", [unpublish, pause])
    def test_refuses(self, before: Callable[[Any], None]) -> None:
        """Without a statement, and while it is paused: nobody goes."""
        person = relation(timezone.now() - timedelta(days=700))
        before(self)
        DataSubject.objects.update(last_contact_at=timezone.now() - timedelta(days=800))
        refused("retention_run")
        assert DataSubject.objects.filter(pk=person.pk).exists()

    def test_no_statement_to_look_ahead_with(self) -> None:
        self.unpublish()
        refused("retention_run", "--dry-run")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("demo_site")
@pytest.mark.parametrize("lock", [7_011_992, 7_011_994], ids=["people", "classes"])
def test_while_another_is_at_it(lock: int) -> None:
    with holding(f"SELECT pg_advisory_lock({lock}, 0)"):
        assert "al een opschoning" in refused("retention_run")


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
class TestErase:
    def test_an_address_that_nobody_has_is_done(self) -> None:
        """Nothing is held, nothing was erased: that is no failure."""
        assert call("erase", "niemand@voorbeeld.example", "--reason", "op verzoek") == (
            {"erased": 0, "retained": [], "ledger_id": None},
            0,
        )

    @pytest.mark.parametrize("email", ["jan", "jan@", "", "jan@voorbeeld", "jan jansen@voorbeeld.example"])
    def test_what_is_no_address_is_a_failure(self, email: str) -> None:
        """A slip of the finger must not read as if somebody were erased."""
        assert "e-mailadres" in refused("erase", email, "--reason", "op verzoek")

    def test_who_is_known_goes_however_odd_their_address(self) -> None:
        relation(timezone.now(), email="jan@localhost-van-vroeger")
        assert call("erase", "jan@localhost-van-vroeger", "--reason", "op verzoek")[0]["erased"]

    @pytest.mark.parametrize("reason", ["", "  ", f"verzoek van {JAN}"])
    def test_a_reason_is_one_and_names_nobody(self, reason: str) -> None:
        person = relation(timezone.now(), email=JAN)
        assert "reden" in refused("erase", JAN, "--reason", reason)
        assert DataSubject.objects.filter(pk=person.pk).exists()

    def test_who_is_kept_stays(self) -> None:
        person = relation(timezone.now(), email=JAN, held=True)
        refused("erase", JAN, "--reason", "op verzoek")
        assert DataSubject.objects.filter(pk=person.pk).exists()

    def test_a_request_that_waits_is_named_as_what_keeps_somebody(self) -> None:
        """Whoever is refused looks for what to lift; there is no restriction and no hold to be found."""
        take(email=JAN, kind="erasure", received_at=timezone.now(), at=timezone.now())
        assert "een open verzoek" in refused("erase", JAN, "--reason", "op verzoek")
        assert DataSubject.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
class TestInzage:
    def test_of_nobody_there_is_an_archive_that_says_so(self, tmp_path: Path) -> None:
        """C8."""
        said, code = call("inzage", "niemand@voorbeeld.example", str(tmp_path / "x.zip"))
        assert (said["records"], code) == (0, 0)
        assert (tmp_path / "x.zip").exists()

    @pytest.mark.parametrize("out", ["nergens/x.zip", "."], ids=["no such folder", "a folder"])
    def test_where_nothing_can_be_written(self, out: str, tmp_path: Path) -> None:
        assert "schrijven" in refused("inzage", JAN, str(tmp_path / out))
        assert not list(tmp_path.iterdir())

    def test_what_is_no_address(self, tmp_path: Path) -> None:
        assert "e-mailadres" in refused("inzage", "jan", str(tmp_path / "x.zip"))
        assert not list(tmp_path.iterdir())

    def test_without_a_statement(self, tmp_path: Path) -> None:
        PrivacyStatementPage.objects.get(locale__language_code="nl").unpublish()
        refused("inzage", JAN, str(tmp_path / "x.zip"))
        assert not list(tmp_path.iterdir())


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_site")
class TestDemo:
    def test_where_the_password_cannot_be_written(self, settings: Any, tmp_path: Path) -> None:
        settings.DATA = tmp_path / "file"
        settings.DATA.write_text("no folder")
        assert "niet schrijven" in refused("demo")
        assert not User.objects.filter(is_superuser=True).exists(), "nobody whose password nobody has"


@pytest.mark.django_db
class TestWithoutAStatement:
    def test_there_is_nothing_to_check(self) -> None:
        refused("statement_check")

    def test_no_field_has_a_purpose(self) -> None:
        said, code = call("data_map")
        assert (set(said), code) == ({"fields", "unclassified"}, 1)
        assert said["unclassified"]
