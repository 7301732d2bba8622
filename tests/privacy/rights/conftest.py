"""What the tests of requests share beside `tests.my_data`: an officer, and a storage without archives."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User

from privacy.storage import private_storage


@pytest.fixture(autouse=True)
def _empty_storage() -> Iterator[None]:
    """No archives of other tests, before and after."""
    _delete_archives()
    yield
    _delete_archives()


def _delete_archives() -> None:
    for name in archives():
        private_storage().delete(f"inzage/{name}")


def archives() -> list[str]:
    """Return the files in the private storage."""
    with contextlib.suppress(FileNotFoundError):  # no archive was ever kept
        return private_storage().listdir("inzage")[1]
    return []


@pytest.fixture
def officer(django_user_model: Any) -> User:
    """Somebody who may do everything."""
    user: User = django_user_model.objects.create_superuser("officier", "o@koelict.example", "wachtwoord")
    return user
