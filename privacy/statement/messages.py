"""What is missing as links, for the errors and messages on top of the statement's form."""

from collections.abc import Iterable

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.models import Site

from .completeness import Missing
from .places import addresses


class Html(SafeString):
    """HTML that stays HTML when something is put before it: Wagtail adds an empty text, and `"" + SafeString` is text."""

    def __radd__(self, other: str) -> "Html":
        """Put `other` before this, escaped unless it is HTML itself."""
        return Html(f"{escape(other)}{self}")


def links(problems: Iterable[Missing], *, site: Site) -> list[Html]:
    """Return each problem as a link to where it is mended; names of rows are escaped.

    Args:
        problems: what the gate found.
        site: the site whose controller speaks.
    """
    problems = list(problems)
    where = addresses((problem.place for problem in problems), site=site)
    return [Html(_link(where[problem.place], problem.message)) for problem in problems]


def _link(url: str, message: str) -> SafeString:
    # A tab of its own for the register, so that what is typed in the statement's form is not lost.
    outside = SafeString(' target="_blank" rel="noreferrer"')
    return format_html('<a href="{}"{}>{}</a>', url, "" if url.startswith("#") else outside, message)


def as_list(items: Iterable[str]) -> SafeString:
    """Return lines as an HTML list, the way Wagtail shows errors."""
    return format_html('<ul class="errorlist">{}</ul>', format_html_join("\n", "<li>{}</li>", ((item,) for item in items)))
