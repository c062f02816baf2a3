"""Fixtures for every test: the stand-in for Stripe behind the product's own gateway, and a clean Redis."""

from collections.abc import Iterator

import pytest
import redis
from django.conf import settings as django_settings
from django.core.cache import cache
from pytest_django import Settings

from config import legal
from config.kernel import jobs, limits
from payments import stripe_gateway
from tests.system.stand_in import PATIENCE, PUBLISHABLE_KEY, SECRET_KEY, WEBHOOK_SECRET, StandIn, start_server

pytest_plugins = ["tests.plugins.no_skips", "tests.plugins.order"]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Lists keep reference data for a few seconds; a test starts without any.

    The line at the foot of every page is known, as on a busy site: it is no query of the page that is looked at.
    """
    cache.clear()
    cache.set(legal.CACHE_KEY, "React Fast Training Ltd", timeout=None)


@pytest.fixture(autouse=True)
def _redis_may_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request gives up on a slow Redis at once; what a test looks at must not be lost because the machine is busy."""
    for module in (jobs, limits):
        monkeypatch.setattr(module, "_TIMEOUT_SECONDS", PATIENCE)


@pytest.fixture(scope="session")
def stripe_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """One stand-in for the whole run, in threads of this process; it sends no webhooks by itself."""
    server = start_server(tmp_path_factory.mktemp("stripe") / "state.sqlite3")
    yield StandIn(server.url)
    server.stop()


@pytest.fixture
def stripe_stand_in(stripe_server: StandIn, settings: Settings) -> Iterator[StandIn]:
    """An empty stand-in that the product's gateway speaks to."""
    stripe_server.control("reset")
    settings.STRIPE_API_BASE = stripe_server.url
    settings.STRIPE_SECRET_KEY = SECRET_KEY
    settings.STRIPE_PUBLISHABLE_KEY = PUBLISHABLE_KEY
    settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET
    stripe_gateway.forget_client()
    yield stripe_server
    stripe_gateway.forget_client()


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The Redis that carries tasks, emptied before and after."""
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()
