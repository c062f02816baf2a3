"""How often one visitor may do something: counted by where they come from, without keeping it."""

import time

import pytest
import redis
from django.test import RequestFactory
from pytest_django import Settings

from config.kernel import limits

HOME, ELSEWHERE, PROXY = "81.2.69.142", "81.2.69.160", "127.0.0.1"


@pytest.fixture(autouse=True)
def _one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000.0)


def allowed(rf: RequestFactory, where: str, what: str = "ask") -> bool:
    return limits.is_within_limit(rf.get("/", REMOTE_ADDR=where), what=what, most=3)


def test_so_often_and_no_more(rf: RequestFactory, broker: redis.Redis) -> None:
    assert [allowed(rf, HOME) for _ in range(5)] == [True, True, True, False, False]


def test_others_and_other_things_are_counted_apart(rf: RequestFactory, broker: redis.Redis) -> None:
    for _ in range(4):
        allowed(rf, HOME)
    assert allowed(rf, ELSEWHERE)
    assert allowed(rf, HOME, "look")
    assert not allowed(rf, HOME)


def test_a_minute_later_it_begins_anew(
    rf: RequestFactory, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        allowed(rf, HOME)
    monkeypatch.setattr(time, "time", lambda: 1_000_060.0)
    assert allowed(rf, HOME)


def test_no_address_is_kept_and_the_count_goes_by_itself(rf: RequestFactory, broker: redis.Redis) -> None:
    allowed(rf, HOME)
    [key] = broker.keys("*")
    assert b"81.2.69" not in key
    assert broker.get(key) == b"1"
    assert 0 < broker.ttl(key) <= 120


def test_without_redis_nobody_is_held_up(rf: RequestFactory, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert all(allowed(rf, HOME) for _ in range(5))


@pytest.mark.parametrize(
    "named, remote, network",
    [
        ("", "81.2.69.142", "81.2.69.142"),
        ("81.2.69.142", "127.0.0.1", "81.2.69.142"),
        ("::ffff:81.2.69.142", "127.0.0.1", "81.2.69.142"),
        ("2a00:23c5:1:2:3:4:5:6", "127.0.0.1", "2a00:23c5:1:2::/64"),
        ("2a00:23c5:1:2:ffff::1", "127.0.0.1", "2a00:23c5:1:2::/64"),
        ("10.1.2.3", "127.0.0.1", "10.1.2.3"),
        # The proxy's own address, which says nothing about who asks.
        ("", "127.0.0.1", ""),
        ("", "10.0.0.2", ""),
        ("", "", ""),
        ("nonsense", "81.2.69.142", ""),
    ],
)
def test_where_a_request_comes_from(rf: RequestFactory, named: str, remote: str, network: str) -> None:
    headers = {"X-Real-IP": named} if named else {}
    assert limits.visitor_network(rf.get("/", headers=headers, REMOTE_ADDR=remote)) == network


def test_who_cannot_be_told_apart_is_not_counted(rf: RequestFactory, broker: redis.Redis) -> None:
    assert all(allowed(rf, PROXY) for _ in range(5))
    assert broker.keys("*") == []


def test_guesses_are_counted_before_they_are_looked_at_and_forgotten_when_right(broker: redis.Redis) -> None:
    def begin(whom: str = "ann@example.com") -> int:
        return limits.begin_try(what="log-in", whom=whom)

    assert [begin() for _ in range(7)] == [0, 0, 0, 0, 0, 30, 30]
    assert begin("bea@example.com") == 0
    assert all(b"example" not in key for key in broker.keys("*"))
    assert all(0 < broker.ttl(key) <= 24 * 3600 for key in broker.keys("*"))
    limits.forget_tries(what="log-in", whom="ann@example.com")
    assert begin() == 0


def test_without_redis_no_guess_waits(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert [limits.begin_try(what="log-in", whom="ann@example.com") for _ in range(7)] == [0] * 7
    limits.forget_tries(what="log-in", whom="ann@example.com")
