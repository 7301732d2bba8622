"""Handing work to Celery when, and only when, what it works on is committed."""

from typing import Any

from django.db import transaction


def enqueue_on_commit(task: Any, *keys: int) -> None:
    """Queue `task` for the row with this key once the running transaction is committed.

    With the broker gone nothing fails: the row stands, and each such task has a sweep that takes up what was left undone.

    Args:
        task: a Celery task that takes one key, or none.
        keys: the key, if any; never personal data.
    """

    def enqueue() -> None:  # no partial: Django puts the function's name into its log line
        task.delay(*keys)

    transaction.on_commit(enqueue, robust=True)
