"""Background jobs on people. They take nothing at all, so no personal data passes through the broker."""

from celery import shared_task

from .files import delete_noted_files


@shared_task
def delete_files() -> None:
    """Delete the files that a process which died, or a storage that refused, left undone. May run twice."""
    delete_noted_files()
