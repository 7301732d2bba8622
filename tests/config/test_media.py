"""Pictures of the editors: gone when they are deleted."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from PIL import Image
from wagtail.images import get_image_model

pytestmark = pytest.mark.django_db


def picture(name: str = "ijs.png") -> Any:
    content = BytesIO()
    Image.new("RGB", (800, 600), "navy").save(content, "PNG")
    return get_image_model().objects.create(title="Ijs", file=ImageFile(content, name=name))


def test_deleted_it_is_gone(django_capture_on_commit_callbacks: Any) -> None:
    image = picture()
    names = [image.file.name, image.get_rendition("width-400").file.name]
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    for name in names:
        assert not default_storage.exists(name)
