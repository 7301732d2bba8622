"""How often somebody may do something, counted in Redis under names that say nothing about them (law.md F6, I16).

A counter is named by a keyed hash that changes every day, so what is in Redis cannot be traced to a network address or a
mailbox. While Redis is gone nothing is counted and everything is allowed: the site goes on.
"""

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from privacy.keys import keyed_hash


def allowed(what: str, who: str, *, limit: int, seconds: int) -> bool:
    """Count one more time, and say whether that is still within the limit.

    Args:
        what: what is counted, such as "rights.ask.mailbox".
        who: whom it is counted for; hashed before it goes anywhere.
        limit: how many times are allowed.
        seconds: in so long a time, counted from the first.
    """
    name = keyed_hash("rate limit", f"{timezone.now():%Y-%m-%d} {what} {who}")
    key = f"rate:{name[:32]}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= limit
    except ValueError:  # Redis is gone, or the time ran out this very moment
        return True


def network_address(request: HttpRequest) -> str:
    """Return the address that the request came from, as the proxy in front of us saw it.

    The last one in the header is the proxy's own word; those before it are whatever the visitor sent.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded or request.META.get("REMOTE_ADDR", "")
