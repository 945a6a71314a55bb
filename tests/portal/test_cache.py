"""Signing in and counting attempts while the cache is away."""

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCache
from django.urls import reverse
from redis import Redis as Client

from portal.cache import away_until
from tests.builders import PASSWORD
from tests.rig.processes import free_port
from tests.rig.redis import Redis, server_binary


@pytest.fixture
def absent_redis(settings):
    """A cache whose server does not answer."""
    settings.CACHES = {
        "default": {
            "BACKEND": "portal.cache.OptionalRedisCache",
            "LOCATION": f"redis://127.0.0.1:{free_port()}/0",
            "OPTIONS": {"socket_connect_timeout": 0.2},
        }
    }
    return caches["default"]


def test_an_absent_cache_misses_and_forgets(absent_redis):
    assert absent_redis.get("a") is None
    assert absent_redis.get("a", 7) == 7
    assert absent_redis.get_many(["a"]) == {}
    assert absent_redis.add("a", 1) is True
    assert absent_redis.set("a", 1) is None
    assert absent_redis.incr("a") == 1
    assert "a" not in absent_redis
    assert absent_redis.delete("a") is False


def test_a_server_that_did_not_answer_is_left_alone_for_a_moment(absent_redis, monkeypatch):
    asked = []
    ask = RedisCache.get
    monkeypatch.setattr(RedisCache, "get", lambda *args, **more: asked.append(1) or ask(*args, **more))
    for _ in range(5):
        absent_redis.get("a")
    assert len(asked) == 1
    monkeypatch.setattr("portal.cache.LEFT_ALONE", 0)
    away_until.clear()
    for _ in range(3):
        absent_redis.get("a")
    assert len(asked) == 4


@pytest.mark.redis
def test_a_full_cache_is_as_good_as_none(settings):
    server = Redis(server_binary())
    try:
        client = Client.from_url(server.url)
        client.config_set("maxmemory", "1")
        settings.CACHES = {"default": {"BACKEND": "portal.cache.OptionalRedisCache", "LOCATION": server.url}}
        assert caches["default"].set("a", 1) is None
        assert caches["default"].get("a") is None
    finally:
        server.stop()


@pytest.mark.django_db
def test_people_sign_in_while_redis_is_down(absent_redis, client_for, reviewer):
    answer = client_for().post("/dang-nhap/", {"login": reviewer.username, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk"))


@pytest.mark.redis
def test_a_present_cache_remembers():
    cache.set("a", 1, 30)
    assert cache.get("a") == 1
    assert cache.add("a", 2) is False
    assert cache.incr("a") == 2
    assert cache.delete("a") is True
