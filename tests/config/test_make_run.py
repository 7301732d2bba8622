"""`make run` in a fresh clone, from the outside: it answers, it ends clean, and it leaves nothing running.

The virtual environment is the one of this run, so that nothing is downloaded.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from config.testing import wait_until

ROOT = Path(__file__).resolve().parents[2]


class Site:
    """One clone, in which `make run` is started again and again."""

    def __init__(self, folder):
        self.folder = folder
        self.process = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        ours = {"PATH", "HOME", "USER", "LANG", "TMPDIR"}
        self.environment = {name: value for name, value in os.environ.items() if name in ours} | {
            "PORT": str(self.port),
            # The environment's editable install names our own folders; those of the clone go first.
            "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'site'}",
        }

    @property
    def output(self):
        return self.folder.with_name("output").read_text(errors="replace")

    def start(self):
        with self.folder.with_name("output").open("wb") as output:
            self.process = subprocess.Popen(
                ["make", "run", f"VENV={sys.prefix}"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_for(self, text, seconds=120):
        def seen():
            assert self.process.poll() is None, self.output
            return text in self.output

        wait_until(seen, seconds=seconds, message=lambda: self.output)

    def get(self, path):
        """Return status and text; None while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return None

    def running(self):
        """All processes of this clone: those that work in its folder or were started for it."""
        found = []
        for process in psutil.process_iter(["cwd", "cmdline", "status"]):
            words = " ".join([process.info["cwd"] or "", *(process.info["cmdline"] or [])])
            # All three are of one look: between two a process may be gone.
            if str(self.folder) in words and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process)
        return found

    def named(self, *words):
        """Those of them whose command has these words."""
        return [process for process in self.running() if all(word in (process.info["cmdline"] or []) for word in words)]

    def find(self, *words):
        return self.named(*words)[0]

    def wait_for_the_end(self):
        code = self.process.wait(60)
        assert not self.running(), self.output
        return code


PATHS = ("/", "/privacy/", "/contact/", "/admin/", "/en/nergens/", "/static/css/site.css", "/static/../manage.py")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A fresh clone that has run once; `first_answers` and `first_output` tell how that went."""
    folder = tmp_path_factory.mktemp("fresh") / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    site = Site(folder)
    try:
        site.start()
        # Once it says where, it is there.
        site.wait_for("Ctrl-C stops everything")
        site.first_answers = {path: site.get(path) for path in PATHS}
        site.process.terminate()
        site.wait_for_the_end()
        site.first_output = site.output
        yield site
    finally:
        for process in site.running():
            process.kill()


@pytest.fixture(autouse=True)
def _stopped(site):
    """Leave no run to the next test."""
    yield
    if site.process.poll() is None:
        site.process.terminate()
        site.process.wait(60)


def test_the_first_run_answers_and_stops_clean(site):
    for path in ("/", "/privacy/", "/contact/", "/admin/"):
        status, text = site.first_answers[path]
        assert status == 200, path
        assert "</html>" in text, path
    status, text = site.first_answers["/en/nergens/"]
    assert status == 404
    # What goes wrong looks as it does for visitors of a real site, with its style sheet.
    assert "This page does not exist" in text
    assert "urlpatterns" not in text
    assert site.first_answers["/static/css/site.css"][0] == 200
    # A path that leads out of the folder is refused, and no fault.
    assert site.first_answers["/static/../manage.py"][0] in {400, 404}
    assert (site.folder / ".data" / "admin-password").read_text().strip() in site.first_output
    assert "SIGTERM: stopping" in site.first_output
    assert not re.search("Traceback|ERROR|CRITICAL", site.first_output), site.first_output


def test_it_starts_again_in_a_moment_and_shares_its_servers(site):
    began = time.monotonic()
    site.start()
    wait_until(lambda: site.get("/"), seconds=60, message=lambda: site.output)
    # Ten are promised on an idle machine; this one may have other work.
    assert time.monotonic() - began < 20
    servers = {process.pid for process in site.named("config.keeper")}

    command = [sys.executable, "manage.py", "shell", "--command", "print(Page.objects.count())"]
    beside = subprocess.run(command, cwd=site.folder, env=site.environment, capture_output=True, text=True, check=True)

    assert int(beside.stdout.splitlines()[-1]) > 2
    assert servers == {process.pid for process in site.named("config.keeper")}
    assert site.get("/")[0] == 200


def test_the_owner_of_a_fresh_site_may_all_that_the_officer_may(site):
    """The roles were made by `migrate`, in a process that has not met the admin's screens."""
    asked = "owner, officer = (set(Group.objects.get(name=one).permissions.all()) for one in ('Eigenaar', 'Functionaris'))"
    code = f"from django.contrib.auth.models import Group; {asked}; print(len(officer), len(officer - owner))"
    command = [sys.executable, "manage.py", "shell", "--command", code]
    found = subprocess.run(command, cwd=site.folder, env=site.environment, capture_output=True, text=True, check=True)

    of_officer, lacking = map(int, found.stdout.splitlines()[-1].split())
    assert of_officer > 50
    assert lacking == 0


def test_when_one_dies_it_says_which_and_why_and_stops_the_others(site):
    site.start()
    site.wait_for("celery.beat: beat: Starting")
    site.find("celery", "beat").kill()

    assert site.wait_for_the_end() != 0
    assert "beat ended: killed by SIGKILL; stopping the others" in site.output


def test_a_taken_port_is_said(site):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", site.port))
        taken.listen()
        site.start()
        assert site.wait_for_the_end() != 0

    assert (
        f"port {site.port} cannot be used: address already in use; another one is chosen with: PORT=8001 make run"
        in site.output
    )
    assert "celery" not in site.output, "nothing is started for nothing, beside a run that uses the same data"


def test_a_port_that_is_none_is_said(site, monkeypatch):
    monkeypatch.setitem(site.environment, "PORT", "tachtig")
    site.start()

    assert site.wait_for_the_end() != 0
    assert "PORT is 'tachtig', and a port is a number up to 65535" in site.output


def test_a_supervisor_killed_while_it_prepares_leaves_nothing_behind(site):
    site.start()

    def preparing():
        return site.named("config.prepare")

    wait_until(preparing, seconds=60, message=lambda: site.output)
    site.find("config.run").kill()
    site.process.wait(60)
    wait_until(lambda: not preparing(), seconds=5, message=lambda: str(site.running()))
    wait_until(lambda: not site.running(), seconds=60, message=lambda: str(site.running()))


def test_ctrl_c_in_a_terminal_stops_everything(site):
    site.start()
    site.wait_for("Ctrl-C stops everything")

    os.killpg(site.process.pid, signal.SIGINT)

    site.wait_for_the_end()


def test_a_killed_supervisor_leaves_nothing_behind_and_the_next_start_is_fine(site):
    site.start()
    site.wait_for("celery.beat: beat: Starting")
    site.find("config.run").kill()
    site.process.wait(60)
    wait_until(lambda: not site.running(), seconds=60, message=lambda: str(site.running()))

    site.start()
    wait_until(lambda: site.get("/"), seconds=60, message=lambda: site.output)
