"""Presses that no page of ours offers: other prices, other numbers, other people's holds, floods, and twice at once."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import redis
from django.test import Client
from pytest_django import Settings

from bookings.models import Booking, BookingPolicy, CourseSession, Hold, SpecialRequirement
from bookings.views import book, check
from communications.models import Message
from config.kernel import clock, signing
from config.kernel.limits import WINDOW_SECONDS
from customers.models import AccessLink, PortalVisit, SignInRequest
from customers.services import access, signing_in
from payments.models import Payment, StripeEvent
from tests.bookings.answers import HANNAH, agreed, come_to_check, name_people, take_places
from tests.bookings.browser import Browser
from tests.factories import make_booking, make_course, make_hold, make_payment, make_session
from tests.factories.stripe_events import event_body, signature_of
from tests.factories.together import all_at_once

ELSEWHERE = {"x-real-ip": "203.0.113.9"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "places", ["0", "-1", "13", "1e1", "9" * 400, "1" + "0" * 30, "NaN", "2.0", "+2", "\uff11\uff13", "1\x00", "", "²"]
)
def test_only_one_to_twelve_places_are_ever_held(client: Client, places: str) -> None:
    session = make_session(capacity=100)
    assert client.post(f"/sessions/{session.code}/book/", {"places": places}).status_code == 302
    assert Hold.objects.count() == 0
    take_places(client, session, 2)
    for pressed in ({"count": "more", "places": places}, {"remove": places}, {"count": "1", "places": places}):
        client.post(f"/sessions/{session.code}/book/", pressed)
        client.post(f"/sessions/{session.code}/book/people/", pressed)
    assert Hold.objects.get().places in {1, 2}


@pytest.mark.django_db
def test_pressing_add_goes_to_twelve_and_no_further(client: Client) -> None:
    session = make_session(capacity=100)
    take_places(client, session, 11)
    for _ in range(3):
        client.post(f"/sessions/{session.code}/book/people/", {"add": "1"})
    assert Hold.objects.get().places == 12


@pytest.mark.django_db
def test_no_price_but_ours_is_agreed_to(client: Client) -> None:
    session = make_session(price=Decimal("90.00"))
    come_to_check(client, session)
    answers = agreed(session) | {"total": "0", "price": "0", "vat_rate": "0", "places": "1"}
    url = f"/sessions/{session.code}/book/check/"
    for told in ("0", "0.01", "-90", "NaN", "Infinity", "1e400", "90.001", "", "90\x00", "x" * 5000):
        assert client.post(url, answers | {"agreed_total": told}).status_code == 200, told
        assert Booking.objects.count() == 0, told
    # Full-width digits mean the same number.
    assert client.post(url, answers | {"agreed_total": "\uff19\uff10"}).status_code == 302
    assert Booking.objects.get().total == Decimal("90.00")


@pytest.mark.django_db
def test_a_hold_serves_its_own_session_and_browser_alone(client: Client) -> None:
    """Another session's secret, somebody else's hold by its key or by what is stored: none is a way to places."""
    ours, dear = make_session(price=Decimal("1.00")), make_session(price=Decimal("500.00"))
    come_to_check(client, ours)
    secret = client.cookies["hold"].value
    thief = Client()
    for planted in (secret, str(Hold.objects.get().pk), signing.hash_token(secret)):
        thief.cookies["hold"] = planted
        thief.cookies["answers"] = f"{ours.code}.{Hold.objects.get().pk}"
        answers = agreed(dear, agreed_total="1.00") | {"hold": str(Hold.objects.get().pk), "secret": secret}
        thief.post(f"/sessions/{dear.code}/book/check/", answers)
        assert Booking.objects.count() == 0
    thief.cookies["hold"] = "made-up"
    thief.post(f"/sessions/{dear.code}/book/", {"places": "1"})
    assert Hold.objects.get(session=dear).draft == {}
    assert Hold.objects.get(session=ours).draft["first_name"] == "Hannah"


@pytest.mark.django_db
def test_a_hold_of_somebody_else_is_never_in_ones_way_and_cannot_be_stretched(client: Client) -> None:
    session, policy = make_session(capacity=3), BookingPolicy.objects.get(version=1)
    make_hold(session, places=2, secret="theirs")
    take_places(client, session, 1)
    client.post(f"/sessions/{session.code}/book/", {"places": "3"})
    for _ in range(policy.max_extensions + 2):
        client.post(f"/sessions/{session.code}/book/", {"extend": "1"})
        client.post(f"/sessions/{session.code}/book/", {"places": "1"})
    mine = Hold.objects.exclude(secret_hash=signing.hash_token("theirs")).get()
    assert (mine.places, mine.extensions) == (1, policy.max_extensions)
    assert mine.expires_at <= clock.now() + timedelta(minutes=max(policy.hold_minutes, policy.extension_minutes))


@pytest.mark.django_db
@pytest.mark.parametrize("status", [CourseSession.Status.DRAFT, CourseSession.Status.CANCELLED])
def test_a_date_that_is_not_offered_takes_nobody(client: Client, status: CourseSession.Status) -> None:
    shut, open_one = make_session(status=status), make_session()
    for session, pressed in ((shut, {"places": "1"}), (open_one, {"places": "1", "session": shut.code})):
        client.post(f"/sessions/{session.code}/book/", pressed, follow=True)
    assert Hold.objects.filter(session=shut).count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("goal", ["../../admin", "//evil.example", "a\r\nX: 1", "a" * 21, "a" * 900_000, "%2e%2e", "é"])
def test_answers_move_to_dates_of_ours_alone(client: Client, goal: str) -> None:
    """The 307 sends everything that was typed, so where it leads is a code and nothing else."""
    session = make_session()
    take_places(client, session)
    name_people(client, session)
    moved = client.post(f"/sessions/{session.code}/book/requirements/", {"session": goal, "you-answer": "nothing"})
    assert (moved.status_code, moved.headers["Location"]) == (302, f"/sessions/{session.code}/book/")
    assert moved.cookies.keys() <= {"csrftoken"}


@pytest.mark.django_db
def test_floods_of_words_and_fields_are_refused_whole(client: Client) -> None:
    session = make_session()
    take_places(client, session)
    url = f"/sessions/{session.code}/book/people/"
    floods: list[dict[str, Any]] = [
        HANNAH | {"first_name": "x" * 10_000_000},
        HANNAH | {f"field-{number}": "x" for number in range(10_000)},
        HANNAH | {"first_name": ["x"] * 10_000},
    ]
    for flood in floods:
        assert client.post(url, flood).status_code == 400
    assert Hold.objects.get().draft == {}
    assert client.get("/certificates/verify/", {"code": "x" * 100_000}).status_code == 200
    assert client.get("/", {f"f{number}": "x" for number in range(10_000)}).status_code in {200, 400}


@pytest.mark.django_db
def test_who_takes_places_by_program_is_held_up(client: Client, broker: redis.Redis, at_one_moment: None) -> None:
    session = make_session(capacity=100)
    url = f"/sessions/{session.code}/book/"
    assert [Client().post(url, {"places": "1"}, headers=ELSEWHERE).status_code for _ in range(4)] == [302] * 3 + [429]
    assert Hold.objects.count() == 3
    assert client.post(url, {"places": "1"}, headers={"x-real-ip": "198.51.100.7"}).status_code == 302


@pytest.mark.django_db
def test_who_orders_by_program_is_held_up(client: Client, broker: redis.Redis, at_one_moment: None) -> None:
    """Every order of a free course sends letters; what was typed is still there a minute later."""
    session = make_session(price=Decimal(0), capacity=100)
    url = f"/sessions/{session.code}/book/check/"
    come_to_check(client, session)
    answers = agreed(session, agreed_total="1.00")
    assert [client.post(url, answers, headers=ELSEWHERE).status_code for _ in range(4)] == [200] * 3 + [429]
    assert client.post(url, answers | {"agreed_total": "0.00"}, headers=ELSEWHERE).status_code == 429
    assert (Booking.objects.count(), Message.objects.count()) == (0, 0)
    assert client.get(url).status_code == 200


@pytest.fixture
def at_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The minute in which visitors are counted does not end in the middle of a test; in it three times are the most."""
    monkeypatch.setattr(book, "MOST_HOLDS_A_MINUTE", 3)
    monkeypatch.setattr(check, "MOST_ORDERS_A_MINUTE", 3)
    monkeypatch.setattr("config.kernel.limits.time.time", lambda: 1_800_000_000.0 + WINDOW_SECONDS / 2)


@pytest.mark.django_db
def test_asking_to_sign_in_tells_nobody_who_is_known(django_assert_num_queries: Any) -> None:
    """The same page after the same work, for a customer, a colleague of one, staff, and nobody."""
    make_booking(people=[("Tom", "Ackroyd", "tom@example.org")])
    pages = set()
    for address in ("hannah@example.org", "tom@example.org", "nobody@example.org", "x@\u0435xample.org"):
        browser = Client()
        with django_assert_num_queries(1):
            asked = browser.post("/my/sign-in/", {"email": address})
        shown = _words(browser.get("/my/sign-in/sent/"), address)
        pages.add((asked.status_code, asked.headers["Location"], shown))
        pages.add((200, "", _words(browser.post("/my/sign-in/sent/", {"code": "000000"}), address)))
    assert len(pages) == 2
    assert PortalVisit.objects.count() == 0


def _words(answer: Any, address: str) -> str:
    """A page without the address and without the token against forgeries, which is another each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode().replace(address, ""))


def _press(cookies: dict[str, str], url: str, answers: dict[str, Any]) -> int:
    browser = Client()
    browser.cookies.load(cookies)
    return int(browser.post(url, answers).status_code)


def _twice(client: Client, url: str, answers: dict[str, Any]) -> list[Any]:
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    return all_at_once([partial(_press, cookies, url, answers)] * 2)


@pytest.mark.django_db(transaction=True)
def test_every_form_may_be_sent_twice_at_once() -> None:
    """Two presses in one moment, from one browser: each thing happens once, and both presses are answered."""
    session, client = make_session(course=make_course(price=Decimal(0)), price=Decimal(0)), Client()
    come_to_check(client, session)
    base = f"/sessions/{session.code}/book/"
    assert _twice(client, base, {"places": "1"}) == [302, 302]
    assert _twice(client, f"{base}people/", HANNAH) == [302, 302]
    assert _twice(client, f"{base}requirements/", {"person-1-answer": "nothing"}) == [302, 302]
    assert _twice(client, f"{base}check/", agreed(session)) == [302, 302]
    assert _twice(client, f"{base}check/", agreed(session)) == [302, 302]
    booking = Booking.objects.get()
    assert (Hold.objects.count(), booking.attendees.count(), Message.objects.count()) == (1, 1, 1)

    link = access.current_link(purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk))
    assert link
    opened = f"/access/{access.link_token(link)}/"
    assert _twice(client, opened, {}) == [302, 302]
    client.post(opened)
    assert _twice(client, f"/bookings/{booking.reference}/email/", {}) == [302, 302]
    assert Message.objects.count() == 1
    place = booking.attendees.get()
    token = access.make_access_link(
        purpose=AccessLink.Purpose.ATTENDEE, subject_key=str(place.pk), expires_at=clock.now() + timedelta(days=1)
    )
    client.cookies["access"] = access.link_token(token)
    said = {"own_words": "A chair", "own_words_consent": "on"}
    assert _twice(client, f"/places/{place.pk}/", said) == [302, 302]
    assert SpecialRequirement.objects.count() == 1
    assert _twice(client, f"/places/{place.pk}/", {"remove": "1"}) == [302, 302]
    assert SpecialRequirement.objects.count() == 0

    link = signing_in.make_link(request=signing_in.ask(email="hannah@example.org"))
    assert sorted(_twice(Client(), f"/my/sign-in/{access.link_token(link)}/", {})) == [302, 410]
    assert PortalVisit.objects.count() == 1
    assert _twice(Client(), "/my/sign-in/", {"email": "hannah@example.org"}) == [302, 302]
    assert SignInRequest.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_sent_again_and_at_once_is_one(settings: Settings) -> None:
    """And one that names another booking in its words moves nothing: what it is about is asked of Stripe."""
    booking = make_booking(status=Booking.Status.PENDING)
    payment = make_payment(booking, status=Payment.Status.OPEN)
    body = json.loads(event_body("payment_intent.succeeded", "pi_of_nobody"))
    body["data"]["object"] |= {
        "metadata": {"payment_id": str(payment.pk), "booking": booking.reference},
        "amount_received": 9000,
    }
    text = json.dumps(body)
    signature = signature_of(text, secret=settings.STRIPE_WEBHOOK_SECRET)

    def post() -> int:
        headers = {"stripe-signature": signature}
        return Client().post("/webhooks/stripe/", text, content_type="application/json", headers=headers).status_code

    assert all_at_once([post] * 4) == [200] * 4
    assert StripeEvent.objects.count() == 1
    booking.refresh_from_db()
    payment.refresh_from_db()
    assert (booking.status, payment.status) == (Booking.Status.PENDING, Payment.Status.OPEN)


@pytest.mark.django_db
def test_the_next_person_at_the_browser_finds_nothing_of_the_last() -> None:
    session, browser = make_session(), Browser()
    come_to_check(browser, session)
    assert browser.post(f"/sessions/{session.code}/book/", {"start_again": "1"}).status_code == 302
    assert browser.get(f"/sessions/{session.code}/book/people/").status_code == 302
    assert b"Hannah" not in browser.get(f"/sessions/{session.code}/book/").content
    assert Hold.objects.get().draft == {}
