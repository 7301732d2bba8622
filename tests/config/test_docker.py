"""The image and the compose file, proven in a plain shell: every command they run, in the environment they give it.

All but the engine itself, and the images of others (PostgreSQL and Redis are this run's own).
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from config.settings.environment import Environment
from config.testing import wait_until

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE = (ROOT / "docker-compose.yml").read_text()

GIVEN = {
    "ALLOWED_HOSTS": "www.example.nl",
    "SITE_URL": "https://www.example.nl",
    "DEFAULT_FROM_EMAIL": "Koel ICT <site@example.nl>",
    "PRIVACY_EMAIL": "privacy@example.nl",
}


def instructions(word):
    return re.findall(rf"^{word} (.*)$", DOCKERFILE, re.MULTILINE)


class Containers:
    """The services of the compose file as processes, with the paths and addresses of a container replaced by ours."""

    def __init__(self, folder, database_url, redis_url):
        self.app = folder / "app"
        self.processes = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._replace = {
            "/app": str(self.app),
            "/var/lib/koel": str(folder / "lib"),
            "/run/secrets": str(folder / "secrets"),
            "0.0.0.0:8000": f"127.0.0.1:{self.port}",
            "127.0.0.1:8000": f"127.0.0.1:{self.port}",
            "redis://redis:6379/0": redis_url,
        }
        required = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda match: GIVEN[match[1]], COMPOSE)
        interpolated = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", required)
        self.services = yaml.safe_load(interpolated)["services"]
        for path in ("ledger", "media", "private", "beat"):
            (folder / "lib" / path).mkdir(parents=True)
        (folder / "secrets").mkdir()
        secrets = {
            "database_url": database_url,
            "secret_key": "secret-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
            "erasure_key": "erasure-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
            "email_url": "smtp://127.0.0.1:9",
        }
        for name, value in secrets.items():
            (folder / "secrets" / name).write_text(value)
        for line in instructions("COPY"):
            if not line.startswith("--from") and "/app/" in line:
                source, target = line.split()
                self._copy(ROOT / source, Path(self.here(target)))

    def here(self, text):
        for theirs, ours in self._replace.items():
            text = text.replace(theirs, ours)
        return text

    def environment(self, service=None):
        """The environment of the image, with that of a service over it, and nothing of ours."""
        environment = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        for line in instructions("ENV"):
            pairs = dict(pair.split("=", 1) for pair in shlex.split(line))
            environment |= {name: self.here(value) for name, value in pairs.items() if name != "PATH"}
        for name, value in (self.services[service]["environment"] if service else {}).items():
            environment[name] = self.here(value or "")
        return environment

    def run(self, command, environment):
        result = subprocess.run(command, cwd=self.app, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"

    def start(self, service):
        log = self.app.with_name(f"{service}.log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [self.here(word) for word in self.services[service]["command"]],
                cwd=self.app,
                env=self.environment(service),
                stdout=output,
                stderr=output,
            )
        self.processes.append(process)
        return log

    def healthy(self, service):
        kind, *command = self.services[service]["healthcheck"]["test"]
        command = [self.here(word) for word in command]
        if kind == "CMD-SHELL":
            command = ["sh", "-c", *command]
        environment = self.environment(service)
        return subprocess.run(command, cwd=self.app, env=environment, capture_output=True, check=False).returncode == 0

    def stop(self):
        """As the engine does: SIGTERM, and each must end by itself, in good order."""
        for process in self.processes:
            process.terminate()
        return [process.wait(30) for process in self.processes]

    def _copy(self, source, target):
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


@pytest.fixture
def containers(tmp_path, broker):
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS containers WITH (FORCE)")
        server.execute("CREATE DATABASE containers")
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path="/containers").geturl()
    containers = Containers(tmp_path, database, os.environ["REDIS_URL"])
    yield containers
    for process in containers.processes:
        process.kill()
        process.wait()


def test_every_command_runs(containers):
    for line in instructions("RUN"):
        if "/venv" not in line and "useradd" not in line:
            containers.run(["sh", "-ec", containers.here(line)], containers.environment())
    collected = containers.app / "build" / "static"
    assert list(collected.glob("wagtailadmin/css/core.*.css"))
    # Compressed once, here, and not for every reader.
    assert list(collected.glob("css/site.*.css.br"))
    assert list(collected.glob("css/site.*.css.gz"))

    containers.run(containers.services["migrate"]["command"], containers.environment("migrate"))
    logs = {service: containers.start(service) for service in ("web", "worker", "beat")}
    for service, log in logs.items():
        wait_until(lambda name=service: containers.healthy(name), seconds=60, message=log.read_text)

    site = f"http://127.0.0.1:{containers.port}"
    request = urllib.request.Request(f"{site}/admin/login/", headers={"Host": "www.example.nl", "X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(request) as response:
        headers = response.headers
        assert response.status == 200
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(headers["Set-Cookie"].split("; "))
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(f"{site}/admin/login/")

    assert containers.stop() == [0, 0, 0]
    assert not containers.healthy("web")
    assert not containers.healthy("worker")


def test_the_compose_file_follows_the_specification(tmp_path):
    command = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", "vendor.compose-spec"]
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.replace("healthcheck:", "health_check:"))

    assert subprocess.run([*command, ROOT / "docker-compose.yml"], capture_output=True, check=False).returncode == 0
    assert subprocess.run([*command, wrong], capture_output=True, check=False).returncode == 1


def test_the_image_holds_what_is_locked_and_runs_as_nobody_in_particular():
    assert any("--require-hashes" in line and "requirements.lock" in line for line in instructions("RUN"))
    assert "requirements-dev" not in DOCKERFILE
    assert instructions("USER") == ["koel"]
    assert instructions("CMD")[0] == str(yaml.safe_load(COMPOSE)["services"]["web"]["command"]).replace("'", '"')


def test_no_secret_stands_in_the_compose_file():
    compose = yaml.safe_load(COMPOSE)

    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            # What is optional may come from `.env`: a secret's file would have to be there.
            from_outside = value == f"${{{name}:-}}"
            assert from_outside or not re.search(r"KEY$|TOKEN$|PASSWORD$|^DATABASE_URL$|^EMAIL_URL$", name), name
    assert all(secret["file"].startswith("./secrets/") for secret in compose["secrets"].values())


def test_every_variable_reaches_the_site():
    services = yaml.safe_load(COMPOSE)["services"]

    wanted = {variable.name.upper() for variable in fields(Environment)}
    for name in ("migrate", "web", "worker", "beat"):
        assert {given.removesuffix("_FILE") for given in services[name]["environment"]} == wanted


def test_whatever_keeps_data_has_a_volume_of_its_own():
    compose = yaml.safe_load(COMPOSE)
    used = {volume for service in compose["services"].values() for volume in service.get("volumes", [])}

    assert {volume.partition(":")[0] for volume in used} == set(compose["volumes"])
    assert "postgres:/var/lib/postgresql" in used


def test_visitors_reach_nginx_alone_and_only_pages_are_on_its_way():
    services = yaml.safe_load(COMPOSE)["services"]

    assert {name: service["ports"] for name, service in services.items() if "ports" in service} == {
        "nginx": ["127.0.0.1:8000:8080"]
    }
    assert services["nginx"]["volumes"] == ["media:/var/lib/koel/media:ro"]
    assert services["web"]["environment"]["FRONTEND_CACHE_URL"] == "http://nginx:8081"
