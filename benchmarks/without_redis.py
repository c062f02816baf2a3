"""Bookings and Stripe's webhook while Redis is stopped, and while it is there but frozen.

python -m benchmarks.without_redis
"""

import http.client
import json
import signal
import time
from collections import Counter
from pathlib import Path

import stripe

from benchmarks.harness import Site, running_site, say
from benchmarks.journey import buy
from config.runner.ports import HOST

PAYLOAD = Path(__file__).parent.parent / "tests" / "payloads" / "payment_intent.succeeded.json"

BOOKINGS = 20
EVENTS = 40


def send_events(site: Site, name: str) -> tuple[float, Counter[int]]:
    """Delivers events as Stripe does: the slowest answer in seconds, and the answers."""
    connection = http.client.HTTPConnection(HOST, site.port, timeout=60)
    recorded, secret = json.loads(PAYLOAD.read_text()), site.environment["STRIPE_WEBHOOK_SECRET"]
    slowest, statuses = 0.0, Counter[int]()
    for number in range(EVENTS):
        body = json.dumps(recorded | {"id": f"evt_{name}_{number}"})
        signature = stripe.WebhookSignature.generate_signature_header(body, secret)
        started = time.perf_counter()
        connection.request("POST", "/webhooks/stripe/", body, {"Stripe-Signature": signature})
        answer = connection.getresponse()
        answer.read()
        slowest = max(slowest, time.perf_counter() - started)
        statuses[answer.status] += 1
    connection.close()
    return slowest, statuses


def measure(site: Site, code: str, name: str) -> None:
    bought = [buy(site.url, code, f"{name}-{number}@example.org") for number in range(BOOKINGS)]
    confirmed = sum(bool(one.confirmed_at) for one in bought)
    answers = sum(len(one.statuses) for one in bought)
    slowest, statuses = send_events(site, name)
    say(
        f"  Redis {name}: slowest of {answers} answers in {BOOKINGS} bookings ({confirmed} confirmed) "
        f"{max(one.slowest for one in bought) * 1000:.0f} ms; slowest of {EVENTS} webhooks (answers {dict(statuses)}) "
        f"{slowest * 1000:.0f} ms"
    )


def main() -> None:
    with running_site(worker=False) as site:
        (code,) = site.inside("new_sessions", "1", "1000").split()
        measure(site, code, "running")
        redis = site.redis.process
        redis.send_signal(signal.SIGSTOP)
        measure(site, code, "frozen")
        redis.send_signal(signal.SIGCONT)
        site.redis.stop()
        measure(site, code, "stopped")


if __name__ == "__main__":
    main()
