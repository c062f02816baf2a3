"""The address where Stripe tells us things: what is let in, stored, and answered."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from config.celery import app
from config.kernel import jobs
from config.kernel.signing import new_token
from payments import tasks
from payments.models import StripeEvent
from payments.services.inbox import LISTENED_FOR
from tests.factories.stripe_events import event_body, signature_of

pytestmark = pytest.mark.django_db

ADDRESSES = ["/webhooks/stripe/", "/api/webhooks/stripe"]
SECRET = "whsec_of_this_test"


@pytest.fixture(autouse=True)
def _secret(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRET = SECRET


def post(client: Client, body: str | bytes, signature: str | None, address: str = ADDRESSES[0]) -> int:
    headers = {} if signature is None else {"Stripe-Signature": signature}
    return client.post(address, data=body, content_type="application/json", headers=headers).status_code


@contextmanager
def broker_stopped() -> Iterator[None]:
    """Tasks are published to a port on which nobody listens."""
    before = app.conf["broker_write_url"]
    app.conf.update(broker_write_url="redis://127.0.0.1:9/0")
    try:
        yield
    finally:
        app.conf.update(broker_write_url=before)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_signed_event_is_stored_and_its_work_started(
    client: Client, broker: redis.Redis, django_capture_on_commit_callbacks, address: str
) -> None:
    body = event_body("payment_intent.succeeded", "pi_1")
    with django_capture_on_commit_callbacks(execute=True):
        assert post(client, body, signature_of(body, secret=SECRET), address) == 200
    event = StripeEvent.objects.get()
    assert (event.id, event.type, event.object_id) == ("evt_1", "payment_intent.succeeded", "pi_1")
    assert (event.state, event.attempts) == (StripeEvent.State.RECEIVED, 0)
    assert int(event.happened_at.timestamp()) == 1234567890
    assert broker.llen("default") == 1


@pytest.mark.parametrize(
    "kind", ["charge.succeeded", "payment_intent.created", "customer.created", "a.kind.of.tomorrow"]
)
def test_an_event_that_nobody_listens_for_is_stored_and_put_aside(
    client: Client, broker: redis.Redis, django_capture_on_commit_callbacks, kind: str
) -> None:
    body = event_body(kind, "xx_1")
    with django_capture_on_commit_callbacks(execute=True):
        assert [post(client, body, signature_of(body, secret=SECRET)) for _ in range(2)] == [200, 200]
    event = StripeEvent.objects.get()
    assert (event.type, event.state, event.finished_at) == (kind, StripeEvent.State.IGNORED, event.received_at)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_stripe_events()
    assert broker.llen("default") == 0


def test_what_is_listened_for_is_what_the_guide_has_stripe_send(settings: Settings) -> None:
    guide = (settings.BASE_DIR / "docs" / "deploying.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:payment_intent|checkout\.session|refund|charge)\.[a-z_]+)`", guide)
    assert (sorted(named), len(named)) == (sorted(LISTENED_FOR), len(LISTENED_FOR))


def test_the_same_event_is_stored_once(client: Client) -> None:
    body = event_body("payment_intent.succeeded", "pi_1")
    for _ in range(3):
        assert post(client, body, signature_of(body, secret=SECRET)) == 200
    assert StripeEvent.objects.count() == 1


def test_the_payload_itself_is_not_kept(client: Client) -> None:
    body = event_body("charge.refunded", "ch_1")
    assert post(client, body, signature_of(body, secret=SECRET)) == 200
    stored = StripeEvent.objects.values().get()
    assert sorted(stored) == [
        "attempts", "finished_at", "happened_at", "id", "last_error", "next_attempt_at", "object_id", "received_at",
        "state", "type",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(lambda body: signature_of(body, secret="whsec_of_somebody_else"), id="wrong secret"),
        pytest.param(lambda body: signature_of(body + " ", secret=SECRET), id="another body"),
        pytest.param(lambda body: signature_of(body, secret=SECRET, seconds_ago=301), id="stale"),
        pytest.param(lambda _body: f"t=1,v1={new_token()}", id="made up"),
        pytest.param(lambda body: signature_of(body, secret=SECRET).split(",")[0], id="only a time"),
        pytest.param(lambda body: signature_of(body, secret=SECRET).replace("v1=", "v0="), id="another scheme"),
        pytest.param(lambda _body: "t=9999999999,v1=\xe9", id="not ASCII"),
        pytest.param(lambda _body: "nonsense", id="nonsense"),
        pytest.param(lambda _body: "", id="empty"),
        pytest.param(lambda _body: None, id="no header"),
    ],
)
@pytest.mark.parametrize("address", ADDRESSES)
def test_what_stripe_did_not_sign_just_now_is_refused_and_not_stored(client: Client, signature, address: str) -> None:
    body = event_body("payment_intent.succeeded", "pi_1")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert post(client, body, signature(body), address) == 400
    assert len(queries) == 0
    assert StripeEvent.objects.count() == 0


@pytest.mark.parametrize("age", [0, 295])
def test_a_signature_holds_for_five_minutes(client: Client, age: int) -> None:
    body = event_body("payment_intent.succeeded", "pi_1")
    assert post(client, body, signature_of(body, secret=SECRET, seconds_ago=age)) == 200


@pytest.mark.parametrize(
    "body", ["", "{", "null", "[]", '"text"', "{}", '{"id": "evt_1"}', '{"id": "evt_1", "type": "x", "created": 1}']
)
def test_a_signed_body_that_is_no_event_is_refused(client: Client, body: str) -> None:
    assert post(client, body, signature_of(body, secret=SECRET)) == 400
    assert StripeEvent.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x" * 256},
        {"id": "evt_\0"},
        {"id": "evt_\ud800"},
        {"id": ""},
        {"id": None},
        {"id": {}},
        {"id": 5},
        {"type": None},
        {"type": "payment_intent.\0"},
        {"created": 1e30},
        {"created": -1e18},
        {"created": float("inf")},
        {"created": float("nan")},
        {"data": {"object": {"id": "pi_\0"}}},
        {"data": {"object": {"id": "x" * 256}}},
    ],
    ids=str,
)
def test_a_signed_event_that_cannot_be_stored_is_refused(client: Client, change: dict[str, object]) -> None:
    body = json.dumps(json.loads(event_body("payment_intent.succeeded", "pi_1")) | change)
    assert post(client, body, signature_of(body, secret=SECRET)) == 400
    assert StripeEvent.objects.count() == 0


@pytest.mark.parametrize("body", ["[" * 200_000, '{"a":' * 100_000 + "1" + "}" * 100_000], ids=["lists", "objects"])
def test_a_signed_body_too_deep_to_read_is_refused(client: Client, body: str) -> None:
    assert post(client, body, signature_of(body, secret=SECRET)) == 400
    assert StripeEvent.objects.count() == 0


def test_an_event_about_something_without_an_id_is_stored(client: Client) -> None:
    change = {"type": "balance.available", "data": {"object": {"object": "balance"}}}
    body = json.dumps(json.loads(event_body("balance.available", "-")) | change)
    assert post(client, body, signature_of(body, secret=SECRET)) == 200
    assert StripeEvent.objects.get().object_id == ""


def test_bytes_that_are_no_text_are_refused(client: Client) -> None:
    assert post(client, b"\xff\xfe\x00", "t=1,v1=00") == 400
    assert StripeEvent.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_only_post_is_taken(client: Client, address: str, method: str) -> None:
    assert getattr(client, method)(address).status_code == 405
    assert StripeEvent.objects.count() == 0


def test_no_token_of_ours_is_asked_for(settings: Settings) -> None:
    strict = Client(enforce_csrf_checks=True)
    body = event_body("payment_intent.succeeded", "pi_1")
    assert post(strict, body, signature_of(body, secret=SECRET)) == 200


def test_it_answers_with_redis_stopped_and_the_sweeper_finds_the_event(
    client: Client, broker: redis.Redis, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    body = event_body("payment_intent.succeeded", "pi_1")
    monkeypatch.setattr(jobs, "_breaker", jobs._Breaker())
    with broker_stopped(), django_capture_on_commit_callbacks(execute=True):
        assert post(client, body, signature_of(body, secret=SECRET)) == 200
    # The failure is remembered: the broker really was asked.
    assert jobs._breaker.quiet_until > 0
    assert StripeEvent.objects.get().state == StripeEvent.State.RECEIVED
    assert broker.llen("default") == 0

    monkeypatch.setattr(jobs, "_breaker", jobs._Breaker())
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_stripe_events()
    assert broker.llen("default") == 1
