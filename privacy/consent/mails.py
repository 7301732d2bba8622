"""The mails of this room; found by the mail room at start-up."""

from . import notice  # noqa: F401 (registers its mail)
