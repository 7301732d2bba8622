"""A cache in Redis that may be gone: pages then cost more and still appear."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class TolerantRedisCache(RedisCache):
    """Django's Redis cache; while Redis does not answer, it behaves as Django's dummy cache: nothing is found, nothing kept."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._nothing = DummyCache(server, params)


def _tolerant(name: str) -> Callable[..., Any]:
    ask, give_up = getattr(RedisCache, name), getattr(DummyCache, name)

    def method(self: TolerantRedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return ask(self, *args, **kwargs)
        except RedisError as error:
            logger.warning("The cache does not answer: %s", type(error).__name__)
            return give_up(self._nothing, *args, **kwargs)

    return method


for _name in ("add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear"):
    setattr(TolerantRedisCache, _name, _tolerant(_name))
