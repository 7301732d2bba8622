"""Sizes of files in words."""

import pytest
from django.utils.translation import override

from contact.sizes import size_in_words


@pytest.mark.parametrize(
    ("size", "dutch", "english"),
    [
        (700, "700 bytes", "700 bytes"),
        (10 * 1024**2, "10 MB", "10 MB"),
        (10 * 1024, "10 KB", "10 KB"),
        (1536, "1,5 KB", "1.5 KB"),
        (10.04 * 1024**2, "10 MB", "10 MB"),
        (1000.5 * 1024**2, "1000,5 MB", "1000.5 MB"),
    ],
)
def test_a_whole_size_has_no_decimal(size: float, dutch: str, english: str) -> None:
    for language, words in (("nl", dutch), ("en", english)):
        with override(language):
            assert size_in_words(int(size)) == words.replace(" ", "\xa0")
