"""Normalised e-mail addresses: one person, one spelling; two people, two spellings."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from privacy.subjects.emails import normalise_email

ascii_words = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
local_parts = st.lists(ascii_words, min_size=1, max_size=3).map(".".join)
addresses = st.builds("{}@{}.example".format, local_parts, ascii_words)
spaces = st.text(" \t\r\n\u00a0\u2003", max_size=3)
switches = st.lists(st.booleans(), min_size=60, max_size=60)


@given(st.text() | st.builds("{}@{}".format, st.text(), st.text()) | addresses)
@example("Jan@BÜCHER.example")
@example("\u0130@\u0130.example")
@example("A\u0345\u0301@x")
@example("jan@faß.example")
def test_normalising_again_changes_nothing(text: str) -> None:
    once = normalise_email(text)
    assert normalise_email(once) == once


@given(addresses, switches, spaces, spaces)
def test_case_and_surrounding_space_are_no_difference(address: str, upper: list[bool], before: str, after: str) -> None:
    shouted = "".join(char.upper() if up else char for char, up in zip(address, upper, strict=False))
    assert normalise_email(before + shouted + address[len(shouted) :] + after) == address


@given(st.text("aeiouéèêëïöüñç\u0301\u0308", min_size=1, max_size=8))
def test_composed_and_decomposed_letters_are_no_difference(name: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, f"{name}@voorbeeld.example") for form in ("NFC", "NFD"))
    assert normalise_email(composed) == normalise_email(decomposed)


@given(ascii_words, st.sampled_from(["bücher", "café", "naïef", "例え"]))
def test_an_international_domain_is_its_ascii_form(name: str, domain: str) -> None:
    ascii_form = domain.encode("idna").decode()
    assert normalise_email(f"{name}@{domain}.example") == normalise_email(f"{name}@{ascii_form}.example")
    assert normalise_email(f"{name}@{domain}.example").isascii()


@given(ascii_words, ascii_words)
def test_tags_and_dots_stay(name: str, tag: str) -> None:
    """At some providers these are different people; showing one person's data to another is worse than two rows."""
    written = [name, f"{name}{tag}", f"{name}.{tag}", f"{name}+{tag}"]
    assert [normalise_email(f"{local}@voorbeeld.example") for local in written] == [f"{x}@voorbeeld.example" for x in written]


def test_letters_that_are_not_the_same_letter_stay_apart() -> None:
    """`ß` is not `ss`: in mailboxes and, since IDNA 2008, in domains these are different people."""
    assert normalise_email("strauß@voorbeeld.example") != normalise_email("strauss@voorbeeld.example")
    assert normalise_email("jan@faß.example") != normalise_email("jan@fass.example")
