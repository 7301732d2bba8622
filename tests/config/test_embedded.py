"""The embedded servers: shared, sturdy against kill -9, and gone when nobody needs them."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from config.embedded import Servers, start
from config.testing import wait_until

HOLD = """
import signal
import sys
from pathlib import Path
from config.embedded import Servers

# A shell's background job is deaf to Ctrl-C, and so is all that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
with Servers.hold(Path(sys.argv[1])) as servers:
    print(servers.urls["DATABASE_URL"], flush=True)
    sys.stdin.read()
"""


def processes(folder):
    """All processes with the folder in their command line: keeper, PostgreSQL and Valkey."""

    def concerns(process):
        return str(folder) in " ".join(process.info["cmdline"] or []) and process.status() != psutil.STATUS_ZOMBIE

    return [process for process in psutil.process_iter(["cmdline"]) if concerns(process)]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "servers"
    yield folder
    wait_until(lambda: not processes(folder), message=lambda: str(processes(folder)))


@pytest.fixture
def holder(folder):
    """Another process that holds the servers, as a running site does; it ends when its input closes."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline()
    yield process
    process.communicate()


def write(servers, word):
    with psycopg.connect(servers.urls["DATABASE_URL"]) as database:
        database.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        database.execute("INSERT INTO words VALUES (%s)", [word])
    with redis.Redis.from_url(servers.urls["REDIS_URL"]) as queue:
        queue.rpush("words", word)


def words(servers):
    with psycopg.connect(servers.urls["DATABASE_URL"]) as database:
        stored = [row[0] for row in database.execute("SELECT word FROM words")]
    with redis.Redis.from_url(servers.urls["REDIS_URL"], decode_responses=True) as queue:
        assert queue.lrange("words", 0, -1) == stored
    return stored


def test_who_comes_second_shares_and_does_not_stop_them(folder, holder):
    with Servers.hold(folder) as servers:
        write(servers, "shared")
        running = processes(folder)

    assert holder.poll() is None
    with Servers.hold(folder) as servers:
        assert words(servers) == ["shared"]
    assert len(running) == len([process for process in running if process.is_running()])


def test_the_last_one_waits_until_they_have_stopped(folder):
    servers = Servers.hold(folder)
    sockets = Path(json.loads((folder / "servers.json").read_text())["sockets"])
    assert len(processes(folder)) >= 3

    servers.release()

    assert not processes(folder)
    assert not sockets.exists()


def test_data_is_there_the_next_time(folder):
    with Servers.hold(folder) as servers:
        write(servers, "kept")

    with Servers.hold(folder) as servers:
        assert words(servers) == ["kept"]


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_they_stop_when_their_only_user_dies(folder, holder, signum):
    holder.send_signal(signum)
    holder.wait()

    wait_until(lambda: not processes(folder))


def test_a_killed_keeper_takes_them_along_and_the_next_one_starts_them(folder):
    servers = Servers.hold(folder)
    write(servers, "before")
    keeper = next(process for process in processes(folder) if "config.keeper" in process.cmdline())

    keeper.kill()

    with Servers.hold(folder) as again:
        assert words(again) == ["before"]
        assert len([process for process in processes(folder) if "config.keeper" in process.cmdline()]) == 1
    servers.release()


def test_a_stale_pid_file_that_names_a_stranger_harms_nobody(folder):
    with Servers.hold(folder):
        pass
    stranger = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    (folder / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n/elsewhere\n1\n5432\n/tmp\n\n1 1\nready\n")
    (folder / "valkey" / "valkey.pid").write_text(f"{stranger.pid}\n")

    with Servers.hold(folder) as servers:
        write(servers, "fine")

    assert stranger.poll() is None
    stranger.communicate()


def test_each_server_can_be_stopped_and_started_at_the_same_address(folder):
    with Servers.hold(folder) as servers:
        write(servers, "one")
        for verb in ("stop", "kill"):
            for server in ("postgres", "valkey"):
                servers.ask(verb, server)
                with pytest.raises((psycopg.OperationalError, redis.ConnectionError)):
                    words(servers)
                servers.ask("start", server)
        assert words(servers) == ["one"]
        with pytest.raises(RuntimeError, match="stop mysql"):
            servers.ask("stop", "mysql")


def test_a_folder_deeper_than_a_socket_may_lie(folder):
    deep = folder.joinpath(*["a-rather-long-name-of-a-folder"] * 5)

    with Servers.hold(deep) as servers:
        write(servers, "deep")


def test_volatile_servers_leave_nothing(folder):
    with Servers.hold(folder, durable=False):
        assert (folder / "postgres").exists()

    assert not folder.exists()


def test_a_failure_tells_why(folder):
    with Servers.hold(folder):
        pass
    (folder / "postgres" / "postgresql.conf").write_text("nonsense = 1\n")

    with pytest.raises(RuntimeError, match='unrecognized configuration parameter "nonsense"'):
        Servers.hold(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="this run is by an ordinary user already")
def test_an_ordinary_user_can_start_them_too(tmp_path, folder):
    shutil.chown(tmp_path, "nobody")
    # The capability stands for a clone and an interpreter that the user can read, which root's own may not be.
    command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    command += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", sys.executable, "-c", HOLD, str(folder)]

    result = subprocess.run(command, input="", capture_output=True, text=True, check=False)

    assert result.stdout.startswith("postgresql://"), result.stderr


def test_addresses_that_are_given_are_left_alone(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://given/")
    monkeypatch.delenv("REDIS_URL")
    monkeypatch.setenv("REDIS_URL_FILE", "/run/secrets/redis-url")

    start()

    assert os.environ["DATABASE_URL"] == "postgresql://given/"
    assert "REDIS_URL" not in os.environ


def test_this_run_has_servers_of_its_own(pytestconfig):
    """A second run beside this one finds servers of its own; a run that fails to start them fails altogether."""
    command = [sys.executable, "-m", "pytest", "-q", "-k", "test_a_complete_environment", "tests/config/test_environment.py"]

    result = subprocess.run(command, cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout
    assert "1 passed" in result.stdout
