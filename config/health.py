"""/healthz/ (this process is up) and /readyz/ (database, broker and worker can do their work)."""

import time

import psycopg
import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

HEARTBEAT_KEY = "worker:heartbeat"
HEARTBEAT_SECONDS = 45
# The least that PostgreSQL's client library takes.
CONNECT_SECONDS = 2


def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5)


def record_heartbeat() -> None:
    with _redis() as client:
        client.set(HEARTBEAT_KEY, int(time.time()), ex=HEARTBEAT_SECONDS)


def _database_answers() -> bool:
    """Asks through a connection of its own: the pool would let a probe wait for as long as a visitor."""
    parameters = {**connection.get_connection_params(), "connect_timeout": CONNECT_SECONDS}
    try:
        with psycopg.connect(**parameters) as asked:
            asked.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _broker_and_worker() -> tuple[bool, bool]:
    try:
        with _redis() as client:
            return True, client.exists(HEARTBEAT_KEY) == 1
    except redis.RedisError:
        return False, False


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"up": True})


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when everything a booking needs answers, else 503; says which part, and nothing more."""
    broker, worker = _broker_and_worker()
    parts = {"database": _database_answers(), "broker": broker, "worker": worker}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)
