"""Mails as files land in the folder that `EMAIL_URL` names, wherever the process was started."""

from pathlib import Path

from django.conf import settings


def test_the_folder_is_the_one_that_was_named() -> None:
    assert Path(settings.EMAIL_FILE_PATH) == settings.DATA / "mail"
    assert Path(settings.EMAIL_FILE_PATH).is_absolute()
