"""Pictures and documents from any storage, at addresses of our own (G1-G3): shown and never run, gone when they are deleted."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_storage")]


def picture(name: str = "ijs.png") -> Any:
    content = BytesIO()
    Image.new("RGB", (800, 600), "navy").save(content, "PNG")
    return get_image_model().objects.create(title="Ijs", file=ImageFile(content, name=name))


def test_a_picture_and_its_renditions_come_from_our_own_address(client: Client) -> None:
    image = picture()
    for rendition, kind in ((image.get_rendition("width-400|format-webp"), "image/webp"), (image, "image/png")):
        url = rendition.file.url
        assert url.startswith("/media/")
        response: Any = client.get(url)
        content = b"".join(response.streaming_content)
        assert Image.open(BytesIO(content)).size == (rendition.width, rendition.height)
        assert response["Content-Type"] == kind
        assert response["Content-Length"] == str(len(content))
        assert "sandbox" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies


def test_a_browser_that_has_it_is_told_so(client: Client) -> None:
    url = picture().file.url
    first: Any = client.get(url)
    b"".join(first.streaming_content)
    again = client.get(url, headers={"If-Modified-Since": first["Last-Modified"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == first["Cache-Control"]
    # As nginx asks of what it may keep.
    assert "s-maxage=60" in first["Cache-Control"]


def test_deleted_it_is_gone(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    image = picture()
    names = [image.file.name, image.get_rendition("width-400").file.name]
    with django_capture_on_commit_callbacks(execute=True):
        image.delete()
    for name in names:
        assert not default_storage.exists(name)
        assert client.get(f"/media/{name}").status_code == 404


@pytest.mark.parametrize(
    "path", ["images", "images/", "images/niets.png", "images/../../private/inzage/archief", "../private/x", "images/ijs.png/x"]
)
def test_nothing_else_is_there(client: Client, path: str) -> None:
    default_storage.delete(default_storage.save("images/anders.png", ContentFile(b"x")))
    assert client.get(f"/media/{path}").status_code == 404


class TestDocuments:
    """They go through Wagtail, which knows who may have them."""

    @pytest.fixture
    def document(self) -> Any:
        made = get_document_model().objects.create(title="Brief", file=ContentFile(b"%PDF-brief", name="brief.pdf"))
        yield made
        default_storage.delete(made.file.name)

    def test_are_handed_out(self, client: Client, document: Any) -> None:
        response: Any = client.get(document.url)
        assert response.status_code == 200
        assert b"".join(response.streaming_content) == b"%PDF-brief"
        assert response["Content-Type"] == "application/pdf"

    @pytest.mark.parametrize("way", ["", "images/../", "./", "/"])
    def test_have_no_address_of_their_own(self, client: Client, document: Any, way: str) -> None:
        assert document.file.name.startswith("documents/")
        assert client.get(f"/media/{way}{document.file.name}").status_code == 404

    def test_of_a_closed_collection_are_for_who_may(self, client: Client, document: Any) -> None:
        document.collection = Collection.get_first_root_node().add_child(name="Intern")
        document.save()
        CollectionViewRestriction.objects.create(collection=document.collection, restriction_type="login")
        assert client.get(document.url).status_code == 302
