"""Two hundred people want twelve places, over HTTP."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from bookings.models import Attendee, Booking, CourseSession
from payments.models import Payment
from tests.factories import make_session
from tests.system.servers import free_port, start_web
from tests.system.site import RunningSite
from tests.system.visitor import Visitor, agree, go_to_check, hold_places, pay_at_stripe

pytestmark = pytest.mark.django_db(transaction=True)

PLACES = 12
BUYERS = 200
CONNECTIONS = 24
GOES = 8


def buy(site: str, code: str, number: int) -> tuple[bool, list[int]]:
    """One buyer, as far as they get; and every status they were answered with."""
    visitor = Visitor(site)
    try:
        held = hold_places(visitor, code)
        if held.status != 302:
            return False, visitor.statuses
        check = go_to_check(visitor, held, {"email": f"buyer{number}@example.org"})
        payment = visitor.follow(agree(visitor, check))
        visitor.follow(pay_at_stripe(visitor, payment))
        return True, visitor.statuses
    finally:
        visitor.close()


def rush(site: str, session: CourseSession) -> tuple[int, Counter[int]]:
    """Everybody at once: how many came through, and how often each status was answered."""
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        outcomes = list(pool.map(lambda number: buy(site, session.code, number), range(BUYERS)))
    return sum(bought for bought, _ in outcomes), Counter(status for _, statuses in outcomes for status in statuses)


def sold(session: CourseSession) -> int:
    return Attendee.objects.filter(booking__session=session, booking__status=Booking.Status.CONFIRMED).count()


def test_two_hundred_buyers_get_exactly_the_places_there_are(site: RunningSite) -> None:
    session = make_session(capacity=PLACES)

    bought, statuses = rush(site.url, session)

    assert (bought, sold(session)) == (PLACES, PLACES)
    assert Payment.objects.filter(status=Payment.Status.SUCCEEDED).count() == PLACES
    assert len(site.stripe.state()["charges"]) == PLACES
    assert not [status for status in statuses if status >= 500]


def test_without_the_lock_the_same_rush_sells_too_many(site: RunningSite) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    wsgi = "tests.concurrency.unlocked_wsgi:application"
    web = start_web(port, site.environment | {"SITE_URL": url}, site.folder, wsgi=wsgi)
    try:
        # Whether two buyers meet is chance, so chance gets several goes; with the lock no number of them would do.
        oversold = any(sells_too_many(url) for _ in range(GOES))
    finally:
        web.stop()

    assert oversold


def sells_too_many(site: str) -> bool:
    session = make_session(capacity=PLACES)
    rush(site, session)
    return sold(session) > PLACES
