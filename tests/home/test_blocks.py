"""What an editor sees of a block when choosing it, and what a block refuses."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.images import ImageFile
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from PIL import Image
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images import get_image_model

from home.blocks import PictureBlock
from home.models import CasePage, ContentPage, HomePage

pytestmark = pytest.mark.django_db


def all_blocks() -> Iterator[tuple[str, blocks.Block]]:
    """Yield every block that an editor can put on a page of ours."""
    for model in (HomePage, ContentPage, CasePage):
        for name, block in model._meta.get_field("body").stream_block.child_blocks.items():
            yield f"{model.__name__}.{name}", block


BLOCKS = dict(all_blocks())


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_has_a_preview_a_description_and_a_name(name: str) -> None:
    block = BLOCKS[name]
    assert block.is_previewable, "the chooser shows nothing of it"
    assert block.get_description()
    assert block.label


@pytest.mark.usefixtures("demo_site")
@pytest.mark.parametrize("name", BLOCKS)
def test_the_preview_shows_what_it_will_look_like(name: str, admin_client: Client) -> None:
    """With the site's own style, and words in it."""
    block = BLOCKS[name]
    response = admin_client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert response.status_code == 200
    text = response.content.decode()
    assert "css/site" in text
    assert len(" ".join(strip_tags(text.partition("<main>")[2]).split())) > 20


def fields(block: blocks.Block, path: str) -> Iterator[tuple[str, blocks.Block]]:
    """Yield every field in a block, however deep."""
    if isinstance(block, blocks.ListBlock):
        yield from fields(block.child_block, path)
    elif isinstance(block, blocks.BaseStructBlock):
        for name, child in block.child_blocks.items():
            yield f"{path}.{name}", child
            yield from fields(child, f"{path}.{name}")


def test_every_field_of_a_block_has_a_label() -> None:
    unlabelled = [path for name, block in BLOCKS.items() for path, field in fields(block, name) if not field.label]
    assert unlabelled == []


@pytest.fixture
def image() -> Any:
    """A picture in the library."""
    file = BytesIO()
    Image.new("RGB", (1600, 900), "#d3e9f4").save(file, "PNG")
    return get_image_model().objects.create(title="Ijs", file=ImageFile(BytesIO(file.getvalue()), name="ijs.png"))


class TestPicture:
    """H2, WCAG 1.1.1."""

    def test_is_refused_without_words(self, image: Any) -> None:
        block = PictureBlock()
        value = {"image": {"image": image, "alt_text": "", "decorative": False}, "caption": ""}
        with pytest.raises(StructBlockValidationError) as refused:
            block.clean(block.to_python({"image": {"image": image.pk, "alt_text": "", "decorative": False}, "caption": ""}))
        assert set(refused.value.block_errors) == {"image"}
        assert value

    @pytest.mark.parametrize("said", [{"alt_text": "Een ijsschots", "decorative": False}, {"alt_text": "", "decorative": True}])
    def test_is_taken_with_words_or_as_decoration(self, image: Any, said: dict[str, Any]) -> None:
        block = PictureBlock()
        value = block.clean(block.to_python({"image": {"image": image.pk, **said}, "caption": ""}))
        html = block.render(value)
        assert f'alt="{said["alt_text"]}"' in html
        assert 'loading="lazy"' in html
        assert 'type="image/avif"' in html
