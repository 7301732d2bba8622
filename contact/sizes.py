"""Sizes of files as people say them."""

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format


def size_in_words(size: int) -> str:
    """Return a size in the active language, without a decimal that says nothing: "10 MB", "1,5 MB".

    Args:
        size: in bytes.
    """
    nothing = number_format(0.0, 1).removeprefix("0")
    # Django's own, with the space that does not break.
    return filesizeformat(size).replace(f"{nothing}\xa0", "\xa0")
