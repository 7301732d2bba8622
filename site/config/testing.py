"""Pytest plugin: gives a test run PostgreSQL and Valkey of its own, before Django reads its settings.

It is a plugin and not part of `tests/conftest.py`, because pytest-django sets Django up before it loads a conftest.
"""

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from config.embedded import Servers

servers_key = pytest.StashKey[Servers]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start the servers in a new temporary folder and put their addresses in the environment."""
    folder = Path(tempfile.mkdtemp(prefix="koel-test-"))
    servers = Servers.hold(folder, durable=False)
    early_config.stash[servers_key] = servers
    # Over whatever is set: tests never touch a database of anyone else.
    os.environ.update(servers.urls, TEST_DATA=str(folder))
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers; their folder goes with them."""
    if servers := config.stash.get(servers_key, None):
        servers.release()
        del config.stash[servers_key]
