"""Deliveries: signed, repeated until accepted, and on demand doubled, delayed, reversed, lost."""

import time
from pathlib import Path

import pytest
import stripe

from tests.payments.stand_in.conftest import Parameters, Sink
from tests.system.stand_in import PATIENCE, WEBHOOK_SECRET, StandIn, start_server

PAID = ["charge.succeeded", "payment_intent.created", "payment_intent.succeeded"]


def wait_until_delivered(stand_in: StandIn, count: int) -> None:
    end = time.monotonic() + PATIENCE
    while stand_in.state()["deliveries"]["delivered"] != count:
        assert time.monotonic() < end, stand_in.state()["deliveries"]
        time.sleep(0.01)


def test_events_arrive_signed(stand_in: StandIn, sink: Sink, intent_parameters: Parameters) -> None:
    paid = stand_in.stripe.v1.payment_intents.create(intent_parameters)

    arrivals = [sink.next() for _ in range(3)]

    assert sorted(arrival.event["type"] for arrival in arrivals) == PAID
    for arrival in arrivals:
        event = stripe.Webhook.construct_event(arrival.body, arrival.signature, WEBHOOK_SECRET)
        assert event.id == arrival.event["id"]
        assert event.api_version == stripe.api_version
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(arrival.body, arrival.signature, "whsec_of_somebody_else")
    [succeeded] = [arrival.event for arrival in arrivals if arrival.event["type"] == "payment_intent.succeeded"]
    assert succeeded["data"]["object"]["id"] == paid.id
    assert succeeded["data"]["object"]["metadata"] == {"payment": "p-1"}
    assert succeeded["request"]["id"].startswith("req_")
    assert stand_in.stripe.v1.events.retrieve(succeeded["id"]).type == "payment_intent.succeeded"
    wait_until_delivered(stand_in, 3)


@pytest.mark.parametrize("status", [500, 404, 301])
def test_a_refused_delivery_is_repeated(
    stand_in: StandIn, sink: Sink, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payments.stand_in.webhooks._FIRST_PAUSE", 0.05)
    sink.statuses = [status, status]

    stand_in.stripe.v1.customers.create({"name": "Ada"})

    arrivals = [sink.next() for _ in range(3)]
    assert len({arrival.event["id"] for arrival in arrivals}) == 1
    wait_until_delivered(stand_in, 1)
    assert sink.empty()


def test_doubled(stand_in: StandIn, sink: Sink, intent_parameters: Parameters) -> None:
    stand_in.control("webhooks", mode="double")

    stand_in.stripe.v1.payment_intents.create(intent_parameters)

    assert sorted(sink.types(6)) == sorted(PAID * 2)
    wait_until_delivered(stand_in, 6)


def test_held_until_they_are_let_go(stand_in: StandIn, sink: Sink, intent_parameters: Parameters) -> None:
    stand_in.control("webhooks", mode="hold")
    stand_in.stripe.v1.payment_intents.create(intent_parameters)
    assert stand_in.state()["deliveries"]["held"] == 3
    assert sink.empty()

    assert stand_in.control("flush") == {"sent": 3, "failed": 0}

    assert sink.types(3) == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    assert stand_in.control("flush") == {"sent": 0, "failed": 0}


def test_reversed(stand_in: StandIn, sink: Sink, intent_parameters: Parameters) -> None:
    stand_in.control("webhooks", mode="reverse")
    stand_in.stripe.v1.payment_intents.create(intent_parameters)

    assert stand_in.control("flush") == {"sent": 3, "failed": 0}

    assert sink.types(3) == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]


def test_lost(stand_in: StandIn, sink: Sink, intent_parameters: Parameters) -> None:
    stand_in.control("webhooks", mode="drop")
    stand_in.stripe.v1.payment_intents.create(intent_parameters)

    assert stand_in.control("flush") == {"sent": 0, "failed": 0}
    assert sink.empty()
    assert stand_in.state()["deliveries"]["dropped"] == 3

    # The event is still there to be fetched, and can be sent again as from Stripe's dashboard.
    [event] = stand_in.stripe.v1.events.list({"type": "payment_intent.succeeded"}).data
    stand_in.control("resend", event=event.id)
    assert sink.next().event["id"] == event.id


def test_delayed(stand_in: StandIn, sink: Sink) -> None:
    stand_in.control("webhooks", delay_seconds=3600)
    stand_in.stripe.v1.customers.create({"name": "Ada"})
    assert stand_in.state()["deliveries"]["pending"] == 1

    stand_in.control("webhooks", delay_seconds=0.2)
    stand_in.stripe.v1.customers.create({"name": "Grace"})

    assert sink.next().event["data"]["object"]["name"] == "Grace"
    assert stand_in.control("flush") == {"sent": 1, "failed": 0}
    assert sink.next().event["data"]["object"]["name"] == "Ada"


def test_a_flush_that_is_refused_is_tried_again_later(stand_in: StandIn, sink: Sink) -> None:
    stand_in.control("webhooks", mode="hold")
    stand_in.stripe.v1.customers.create({"name": "Ada"})
    sink.statuses = [500]

    assert stand_in.control("flush") == {"sent": 0, "failed": 1}

    assert [sink.next().event["type"] for _ in range(2)] == ["customer.created"] * 2


def test_what_was_not_delivered_survives_a_restart(tmp_path: Path, receiver: Sink) -> None:
    receiver.clear()
    first = start_server(tmp_path / "state.sqlite3", "http://127.0.0.1:9/")
    StandIn(first.url).stripe.v1.customers.create({"name": "Ada"})
    first.stop()

    second = start_server(tmp_path / "state.sqlite3", receiver.url)
    try:
        assert receiver.next().event["data"]["object"]["name"] == "Ada"
        wait_until_delivered(StandIn(second.url), 1)
    finally:
        second.stop()
    assert receiver.empty()


def test_a_delivery_half_sent_is_sent_again(tmp_path: Path, receiver: Sink) -> None:
    receiver.clear()
    first = start_server(tmp_path / "state.sqlite3", receiver.url)
    StandIn(first.url).control("webhooks", mode="hold")
    StandIn(first.url).stripe.v1.customers.create({"name": "Ada"})
    # As a kill between the claim and the record would leave it.
    first.account.store.run("UPDATE deliveries SET state = 'sending'")
    first.stop()

    second = start_server(tmp_path / "state.sqlite3", receiver.url)
    try:
        assert receiver.next().event["type"] == "customer.created"
    finally:
        second.stop()


def test_it_gives_up_after_three_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.stand_in.webhooks._GIVE_UP_AFTER", 0.0)
    server = start_server(tmp_path / "state.sqlite3", "http://127.0.0.1:9/")
    stand_in = StandIn(server.url)
    stand_in.control("webhooks", mode="hold")
    stand_in.stripe.v1.customers.create({"name": "Ada"})

    assert stand_in.control("flush") == {"sent": 0, "failed": 1}

    assert stand_in.state()["deliveries"]["failed"] == 1
    server.stop()


def test_without_an_address_nothing_is_kept(tmp_path: Path) -> None:
    server = start_server(tmp_path / "state.sqlite3")
    stand_in = StandIn(server.url)
    stand_in.stripe.v1.customers.create({"name": "Ada"})

    assert stand_in.event_types() == ["customer.created"]
    assert set(stand_in.state()["deliveries"].values()) == {0}
    server.stop()


@pytest.mark.parametrize("body", [{"mode": "sideways"}, {"delay_seconds": "soon"}])
def test_the_control_refuses_nonsense(stand_in: StandIn, body: dict[str, str]) -> None:
    page = stand_in.request(
        "POST", "/_control/webhooks", str(body).replace("'", '"'), {"Content-Type": "application/json"}
    )

    assert page.status == 400
    assert stand_in.state()["mode"] == "hold"
