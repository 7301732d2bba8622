"""Pages that belong to one person: out of caches, of search engines, and of other sites' logs (law.md I12, I15)."""

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec, TypeVar

from django.http import HttpResponseBase
from django.utils.cache import add_never_cache_headers

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


def private(referrer: Literal["no-referrer", "same-origin"]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Send what belongs to one person with what keeps it theirs.

    Args:
        referrer: which other pages hear the address of this one. Of one that is a key: none, our own neither. Of another:
            ours, for with "no-referrer" browsers send a page's own forms without saying where from, and the CSRF check
            refuses them.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
            response = view(*args, **kwargs)
            add_never_cache_headers(response)
            response.headers["Referrer-Policy"] = referrer
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return wrapped

    return decorate
