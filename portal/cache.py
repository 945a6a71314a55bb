"""A cache that may be away: people keep signing in while Redis is down, only the counting of attempts pauses."""

import logging
import time

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

LEFT_ALONE = 5.0
"""Seconds for which a server that did not answer is not asked again: one request waits for it, not all."""
away_until: dict[str, float] = {}


def without(answer):
    """Decorator: what a call answers while the server cannot be reached. The log says so each time."""

    def decorate(name):
        def call(self, *args, **kwargs):
            server = self._servers[0]
            if time.monotonic() < away_until.get(server, 0):
                return answer(*args, **kwargs)
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                away_until[server] = time.monotonic() + LEFT_ALONE
                logger.warning("cache %s: %s", name, error)
                return answer(*args, **kwargs)

        return call

    return decorate


class OptionalRedisCache(RedisCache):
    """Redis, or nothing at all: a miss for reads, no effect for writes."""

    get = without(lambda key, default=None, version=None: default)("get")
    get_many = without(lambda keys, version=None: {})("get_many")
    has_key = without(lambda key, version=None: False)("has_key")
    incr = without(lambda key, delta=1, version=None: delta)("incr")
    add = without(lambda *args, **kwargs: True)("add")
    set = without(lambda *args, **kwargs: None)("set")
    set_many = without(lambda *args, **kwargs: [])("set_many")
    touch = without(lambda *args, **kwargs: False)("touch")
    delete = without(lambda *args, **kwargs: False)("delete")
    delete_many = without(lambda *args, **kwargs: None)("delete_many")
    clear = without(lambda: False)("clear")
