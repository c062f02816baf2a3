"""From its start on nobody orders a course, keeps places on it or is asked for money; until then who has places may."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from bookings.exceptions import BookingClosed
from bookings.flows.ordering import place_order
from bookings.models import Booking, BookingPolicy, CourseSession, Hold
from bookings.services import lifecycle
from bookings.services.holding import change_places, extend_hold, retake_hold, take_hold
from bookings.services.policies import add_version
from bookings.services.scheduling import Day, set_days
from config.kernel import clock
from customers.models import User
from payments.models import Payment
from tests.bookings.answers import agreed, come_to_check
from tests.factories import make_booking, make_hold, make_session
from tests.factories.orders import an_order, place_an_order

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)


class Watch:
    """What the clock says, to be put forward."""

    def __init__(self, at: datetime) -> None:
        self.at = at


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch(clock.now())
    monkeypatch.setattr(clock, "now", lambda: watch.at)
    return watch


def test_places_are_kept_past_the_closing_time_but_not_past_the_start(watch: Watch) -> None:
    session = make_session()
    hold = make_hold(session, expires_at=session.starts_at)
    watch.at = session.starts_at - 30 * MINUTE
    with pytest.raises(BookingClosed):
        take_hold(session_id=session.pk, places=1)
    assert extend_hold(hold_id=hold.pk).expires_at == session.starts_at - 10 * MINUTE
    watch.at = session.starts_at - 15 * MINUTE
    assert extend_hold(hold_id=hold.pk).expires_at == session.starts_at
    watch.at = session.starts_at
    with pytest.raises(BookingClosed):
        extend_hold(hold_id=hold.pk)
    assert list(Hold.objects.values_list("extensions", "expires_at")) == [(2, session.starts_at)]


def test_no_way_to_take_places_keeps_them_past_the_start(watch: Watch) -> None:
    add_version(BookingPolicy(closing_hours=0))
    session = make_session(starts_at=watch.at + 5 * MINUTE)
    taken = take_hold(session_id=session.pk, places=1)
    assert taken.hold.expires_at == session.starts_at
    for again in (retake_hold, lambda hold_id: change_places(hold_id=hold_id, places=2)):
        Hold.objects.update(expires_at=watch.at)
        assert again(hold_id=taken.hold.pk).expires_at == session.starts_at


@pytest.mark.parametrize("begun", ["begun", "cancelled"])
def test_a_live_hold_is_not_extended_on_a_course_that_is_not_to_come(watch: Watch, begun: str) -> None:
    """The office brought it forward, or called it off."""
    session = make_session()
    hold = make_hold(session)
    if begun == "begun":
        CourseSession.objects.update(starts_at=watch.at)
    else:
        CourseSession.objects.update(status=CourseSession.Status.CANCELLED)
    with pytest.raises(BookingClosed):
        extend_hold(hold_id=hold.pk)
    assert Hold.objects.values_list("extensions", "expires_at").get() == (0, hold.expires_at)


@pytest.mark.parametrize("price", [Decimal("90.00"), Decimal(0)])
def test_who_has_places_orders_until_the_course_begins(watch: Watch, price: Decimal) -> None:
    session = make_session(price=price)
    first, second = (take_hold(session_id=session.pk, places=1) for _ in range(2))
    # Longer than any hold is kept: not even then.
    Hold.objects.update(expires_at=session.starts_at + MINUTE)
    watch.at = session.starts_at - MOMENT
    order = an_order(session)
    assert place_order(hold_id=first.hold.pk, secret=first.secret, order=order).booking.lapses_at == session.starts_at
    watch.at = session.starts_at
    counts = [model._default_manager.count() for model in (Booking, Payment, User)]
    with pytest.raises(BookingClosed):
        place_order(hold_id=second.hold.pk, secret=second.secret, order=order)
    assert [model._default_manager.count() for model in (Booking, Payment, User)] == counts
    assert Hold.objects.get(pk=second.hold.pk).ordered_at is None


def test_an_unpaid_order_has_until_the_start_at_most(watch: Watch) -> None:
    session = make_session()
    taken = take_hold(session_id=session.pk, places=1)
    Hold.objects.update(expires_at=session.starts_at)
    watch.at = session.starts_at - 45 * MINUTE
    booking = place_order(hold_id=taken.hold.pk, secret=taken.secret, order=an_order(session)).booking
    assert booking.lapses_at == session.starts_at - 15 * MINUTE
    assert lifecycle.latest_lapse(booking) == session.starts_at
    watch.at = session.starts_at - 20 * MINUTE
    for more in (lifecycle.give_time_after_decline, lifecycle.give_more_time):
        more(booking=booking, now=watch.at)
    assert booking.lapses_at == session.starts_at
    for at in (session.starts_at - MINUTE, session.starts_at + MINUTE):
        lifecycle.keep_while_processing(booking=booking)
        lifecycle.wait_for_payment_again(booking=booking, now=at)
        assert Booking.objects.get().lapses_at == session.starts_at


def test_a_course_brought_forward_takes_the_time_to_pay_along(watch: Watch) -> None:
    session = make_session()
    unpaid = place_an_order(session)[0].booking
    others = [make_booking(session), make_booking(session, status=Booking.Status.PENDING, lapses_at=None)]
    late = make_booking(status=Booking.Status.PENDING, lapses_at=watch.at + 20 * MINUTE)
    for minutes, left in ((90, 30), (10, 10), (60, 10)):
        start = watch.at + minutes * MINUTE
        set_days(session=session, days=[Day(start, start + 60 * MINUTE)])
        unpaid.refresh_from_db()
        assert unpaid.lapses_at == watch.at + left * MINUTE
    assert [Booking.objects.get(pk=other.pk).lapses_at for other in others] == [None, None]
    assert Booking.objects.get(pk=late.pk).lapses_at == watch.at + 20 * MINUTE


@pytest.mark.parametrize("pressed", ["order", "extend"])
@pytest.mark.parametrize("price", [Decimal("90.00"), Decimal(0)])
def test_the_review_of_a_course_that_has_begun_offers_other_dates(
    client: Client, watch: Watch, price: Decimal, pressed: str
) -> None:
    session = make_session(price=price)
    other = make_session(course=session.course)
    come_to_check(client, session)
    answers = agreed(session) | ({"extend": "1"} if pressed == "extend" else {})
    CourseSession.objects.filter(pk=session.pk).update(starts_at=watch.at)
    response = client.post(f"/sessions/{session.code}/book/check/", answers)
    page = response.content.decode()
    assert (response.status_code, page.count("<h1>Check your booking</h1>")) == (200, 1)
    assert page.count("This course has begun. Your details are saved. Choose another date.") == 1
    assert f'name="session" value="{other.code}"' in page
    assert "checked" not in page
    assert [model._default_manager.count() for model in (Booking, Payment, User)] == [0, 0, 0]
    hold = Hold.objects.get()
    assert (hold.extensions, hold.draft["email"]) == (0, "hannah@example.org")


@pytest.mark.parametrize("step, h1", [("", "Choose your session"), ("people/", "Who is coming?")])
def test_no_step_keeps_places_on_a_course_that_has_begun(client: Client, watch: Watch, step: str, h1: str) -> None:
    session = make_session()
    come_to_check(client, session)
    CourseSession.objects.update(starts_at=watch.at)
    response = client.post(f"/sessions/{session.code}/book/{step}", {"extend": "1", "places": "1"})
    page = response.content.decode()
    assert (response.status_code, page.count(f"<h1>{h1}</h1>")) == (200, 1)
    assert page.count("This course has begun. Your details are saved.") == 1
    assert Hold.objects.get().extensions == 0
