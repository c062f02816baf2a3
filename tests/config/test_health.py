"""/healthz/ and /readyz/ with every part there, and with each one gone."""

from pathlib import Path

import pytest
import redis
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from config import health
from tests.system.servers import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def heartbeat(broker: redis.Redis) -> None:
    health.record_heartbeat()


def readiness(client: Client) -> tuple[int, dict[str, bool]]:
    response = client.get("/readyz/")
    assert "no-store" in response.headers["Cache-Control"]
    return response.status_code, response.json()


def test_everything_answers(client: Client, heartbeat: None) -> None:
    assert readiness(client) == (200, {"database": True, "broker": True, "worker": True})


def test_a_heartbeat_runs_out_by_itself(broker: redis.Redis, heartbeat: None) -> None:
    assert 0 < broker.ttl(health.HEARTBEAT_KEY) <= health.HEARTBEAT_SECONDS


def test_without_a_worker_the_site_is_not_ready(client: Client, broker: redis.Redis) -> None:
    assert readiness(client) == (503, {"database": True, "broker": True, "worker": False})


@pytest.mark.parametrize("address", ["unix://{folder}/nobody.sock", "redis://127.0.0.1:{port}/0"])
def test_without_redis_the_site_is_not_ready(client: Client, settings: Settings, tmp_path: Path, address: str) -> None:
    settings.REDIS_URL = address.format(folder=tmp_path, port=free_port())
    assert readiness(client) == (503, {"database": True, "broker": False, "worker": False})


def test_without_the_database_the_site_is_not_ready(
    client: Client, heartbeat: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Nobody listens in an empty folder; connections that are open already are left alone.
    monkeypatch.setitem(connection.settings_dict, "HOST", str(tmp_path))
    assert readiness(client) == (503, {"database": False, "broker": True, "worker": True})


def test_with_everything_gone_the_process_is_up_and_says_what_is_missing(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", str(tmp_path))
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    assert readiness(client) == (503, {"database": False, "broker": False, "worker": False})
    response = client.get("/healthz/")
    assert (response.status_code, response.json()) == (200, {"up": True})
    assert "no-store" in response.headers["Cache-Control"]


def test_probes_ask_nothing_of_the_connections_that_visitors_share(
    client: Client, heartbeat: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz/").status_code == 200
        assert client.get("/readyz/").status_code == 200


@pytest.mark.parametrize("address", ["/healthz/", "/readyz/"])
def test_probes_are_answered_over_plain_http_and_only_read(
    client: Client, heartbeat: None, settings: Settings, address: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/").status_code == 301
    assert Client().get(address).status_code == 200
    assert Client().head(address).status_code == 200
    assert Client().post(address).status_code == 405
