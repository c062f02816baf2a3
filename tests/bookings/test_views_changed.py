"""Step 4 when the terms, the date, the place or the price change between the review and the press."""

import re
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from bookings.flows.ordering import PlacedOrder, place_order
from bookings.models import Booking, BookingPolicy, CourseSession, Hold, Venue
from bookings.services.policies import add_version
from bookings.services.scheduling import Day, set_days
from bookings.views import check
from config.kernel import clock
from customers.models import User
from payments.models import Payment
from tests.bookings.answers import agreed, come_to_check
from tests.factories import make_session, make_venue

pytestmark = pytest.mark.django_db

TERMS = "The booking terms changed while you were booking. Please read them again before you agree."
DATE = "The date or place changed while you were booking. It’s now"


def check_url(session: CourseSession) -> str:
    return f"/sessions/{session.code}/book/check/"


def carried(page: str) -> dict[str, str]:
    """What the review's form brings back by itself."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    return {name: fields[name] for name in ("agreed_total", "terms_shown", "session_shown")}


def review(client: Client, session: CourseSession) -> dict[str, str]:
    """Comes to the review; gives back the press on it with the terms agreed to."""
    come_to_check(client, session, coming="on")
    return {"terms": "on"} | carried(client.get(check_url(session)).content.decode())


def refused(client: Client, session: CourseSession, pressed: dict[str, str]) -> str:
    """Presses, and sees the review anew: nothing ordered, nothing forgotten, no box ticked."""
    response = client.post(check_url(session), pressed)
    page = response.content.decode()
    assert (response.status_code, page.count("<h1>Check your booking</h1>")) == (200, 1)
    assert page.count('role="alert" tabindex="-1" autofocus') == page.count("autofocus") == 1
    assert page.count("<dd>hannah@example.org</dd>") == 2
    assert "checked" not in page
    assert [model._default_manager.count() for model in (Booking, Payment, User)] == [0, 0, 0]
    assert Hold.objects.get().draft["email"] == "hannah@example.org"
    return page


def in_days(number: int) -> datetime:
    """Nine in the morning so many days from now, in London."""
    return clock.combine_london(clock.london_today() + timedelta(days=number), time(9))


def move(session: CourseSession, *numbers: int) -> None:
    """To two hours on each of these days from now."""
    set_days(session=session, days=[Day(in_days(number), in_days(number) + timedelta(hours=2)) for number in numbers])


def test_nobody_agrees_to_terms_they_were_not_shown(client: Client) -> None:
    session = make_session(starts_at=clock.now() + timedelta(days=60))
    pressed = review(client, session)
    add_version(BookingPolicy(full_refund_days=30, terms="Other words."))
    page = refused(client, session, pressed)
    assert page.count(TERMS) == 1
    assert page.count('<p><a href="/terms/" target="_blank">Read the booking terms') == 1
    refund_until = clock.format_date(clock.london_date(session.starts_at) - timedelta(days=30))
    assert f"Cancel by {refund_until} and we refund everything." in page
    assert {"terms": "on"} | carried(page) == pressed | {"terms_shown": "2"}

    assert client.post(check_url(session), {"terms": "on"} | carried(page)).status_code == 302
    assert Booking.objects.get().policy.version == 2


def test_a_date_that_moves_meanwhile_is_shown_before_it_is_booked(client: Client) -> None:
    session = make_session()
    pressed = review(client, session)
    move(session, 37)
    page = refused(client, session, pressed)
    day = clock.format_date(clock.london_today() + timedelta(days=37))
    assert page.count(f"{DATE} {day}, 9am to 11am, at Kelham Works, Sheffield.") == 1
    assert page.count(f"{day}, 9am to 11am") == 2  # in the banner and in the review
    assert "Read the booking terms" not in page
    assert client.post(check_url(session), {"terms": "on"} | carried(page)).status_code == 302


def test_a_day_more_is_another_date(client: Client) -> None:
    session = make_session()
    move(session, 30)
    pressed = review(client, session)
    move(session, 30, 31)
    page = refused(client, session, pressed)
    first, last = (clock.london_date(in_days(number)) for number in (30, 31))
    assert page.count(f"{DATE} {clock.format_date_range(first, last)}, at Kelham Works, Sheffield.") == 1


def test_another_place_is_shown_before_it_is_booked(client: Client) -> None:
    session = make_session()
    for change, told in (
        (lambda: CourseSession.objects.update(venue=make_venue(name="Mill Hall")), ", at Mill Hall, Sheffield."),
        (lambda: Venue.objects.update(name="Mill Hall", address="7 Mill Lane"), ", at Mill Hall, Sheffield."),
        (lambda: CourseSession.objects.update(venue=None), "; we’ll tell you the place as soon as it’s fixed."),
    ):
        pressed = review(client, session)
        change()
        page = refused(client, session, pressed)
        assert re.search(rf"{DATE} [^.]+{re.escape(told)}", page)


def test_a_date_moved_near_asks_a_consumer_for_an_early_start(client: Client) -> None:
    session = make_session(starts_at=clock.now() + timedelta(days=40))
    come_to_check(client, session, purpose="self", coming="on")
    pressed = agreed(session)
    move(session, 3)
    page = refused(client, session, pressed)
    assert DATE in page
    assert 'name="early_start"' in page
    response = client.post(check_url(session), {"terms": "on"} | carried(page))
    assert "judge=1" in response.headers["Location"]
    assert not Booking.objects.exists()


def test_a_date_that_moves_in_the_moment_of_the_press_does_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the page had looked, before the order had its lock: everything is judged again for the new date."""
    session = make_session(starts_at=clock.now() + timedelta(days=40))
    come_to_check(client, session, purpose="self", coming="on")

    def order_late(**order: Any) -> PlacedOrder:
        move(session, 3)
        return place_order(**order)

    monkeypatch.setattr(check, "place_order", order_late)
    page = refused(client, session, agreed(session))
    assert DATE in page
    assert 'name="early_start"' in page


def test_all_that_changed_is_told_at_once(client: Client) -> None:
    session = make_session()
    pressed = review(client, session)
    move(session, 37)
    CourseSession.objects.update(price=Decimal("95.00"))
    add_version(BookingPolicy())
    page = refused(client, session, pressed)
    assert re.search(rf"{DATE} [^<]+ The price changed [^<]+ The total is now £95. {TERMS}", page)
    assert "Read the booking terms" in page
    assert client.post(check_url(session), {"terms": "on"} | carried(page)).status_code == 302


@pytest.mark.parametrize("value", [None, "", "0", "2", "1.0", " 1", "\u0661", "1\0", "x" * 9999, "on"])
@pytest.mark.parametrize("field, told", [("terms_shown", TERMS), ("session_shown", DATE)])
def test_what_was_not_shown_is_not_agreed_to(client: Client, field: str, told: str, value: str | None) -> None:
    session = make_session()
    pressed = {name: sent for name, sent in review(client, session).items() if name != field}
    page = refused(client, session, pressed if value is None else pressed | {field: value})
    assert told in page
    assert client.post(check_url(session), {"terms": "on"} | carried(page)).status_code == 302


@pytest.mark.parametrize("changes", [{}, {"policy": True}, {"price": True}, {"days": True}])
def test_a_tick_is_kept_for_what_it_stood_beside(client: Client, changes: dict[str, Any]) -> None:
    """The early start was forgotten: the terms stay ticked, unless the page by now shows something else."""
    session = make_session(starts_at=clock.now() + timedelta(days=5))
    come_to_check(client, session, purpose="self", coming="on")
    address = client.post(check_url(session), agreed(session)).headers["Location"]
    if "policy" in changes:
        add_version(BookingPolicy())
        # What pages say of it is read anew every few seconds.
        cache.delete("bookings.policy")
    if "price" in changes:
        CourseSession.objects.update(price=Decimal("95.00"))
    if "days" in changes:
        move(session, 37)
    page = client.get(address).content.decode()
    assert "Error: Check your booking" in page
    assert page.count("checked") == (0 if changes else 1)
