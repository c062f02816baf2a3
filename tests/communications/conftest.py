"""A course on a Yorkshire Thursday, bookings on it, and mailers to look into."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.conf import LazySettings

from bookings.models import Attendee, Booking, BookingPolicy, Course, CourseSession, SessionDay, Venue
from config.kernel import clock, jobs
from customers.models import User
from tests.communications.builders import HANNAH, Book, Person, Sink, Started, use_smtp
from tests.system.servers import PATIENCE, free_port


@pytest.fixture
def make_session(db: None) -> Callable[..., CourseSession]:
    def make(*days: date, code: str = "K7HQ2M", price: str = "90.00", at_venue: bool = True) -> CourseSession:
        course, _ = Course.objects.get_or_create(
            slug="emergency-first-aid",
            defaults={
                "name": "Emergency First Aid at Work",
                "contact_hours": Decimal(6),
                "price": Decimal(price),
                "bring": "Comfortable clothes.\nLunch.",
            },
        )
        venue, _ = Venue.objects.get_or_create(
            name="Kelham Works",
            defaults={
                "address": "Green Lane",
                "town": "Sheffield",
                "postcode": "S3 8SE",
                "directions": "Past the mill, then left.",
                "step_free": True,
                "parking": True,
            },
        )
        times = [(clock.combine_london(day, time(9)), clock.combine_london(day, time(16))) for day in days]
        session = CourseSession.objects.create(
            code=code,
            course=course,
            venue=venue if at_venue else None,
            status=CourseSession.Status.CONFIRMED,
            capacity=12,
            price=Decimal(price),
            vat_rate=Decimal(20),
            starts_at=times[0][0],
            ends_at=times[-1][1],
        )
        SessionDay.objects.bulk_create(
            SessionDay(session=session, starts_at=start, ends_at=end) for start, end in times
        )
        return session

    return make


@pytest.fixture
def session(make_session: Callable[..., CourseSession]) -> CourseSession:
    """One day, Thursday 3 December 2026, 9am to 4pm, in Greenwich time."""
    return make_session(date(2026, 12, 3))


@pytest.fixture
def book(session: CourseSession) -> Book:
    """Makes a confirmed booking; the first person given is who booked, unless `contact` names another."""
    made = iter(range(1, 100))

    def make(
        people: Sequence[Person] = (HANNAH,),
        *,
        contact: Person = HANNAH,
        on: CourseSession | None = None,
        **fields: Any,
    ) -> Booking:
        on = on or session
        customer, _ = User.objects.get_or_create(
            email=contact.email, defaults={"first_name": contact.first_name, "last_name": contact.last_name}
        )
        number = next(made)
        defaults: dict[str, Any] = {
            "reference": f"RFT-7K4M-Q{number}",
            "reference_key": f"RFT7K4MQ{number}",
            "status": Booking.Status.CONFIRMED,
            "confirmed_at": clock.now(),
            "contact_first_name": contact.first_name,
            "contact_last_name": contact.last_name,
            "contact_email": contact.email,
            "price_per_place": on.price,
            "vat_rate": on.vat_rate,
            "total": on.price * len(people),
            "policy": BookingPolicy.objects.get(version=1),
        }
        booking = Booking.objects.create(session=on, customer=customer, **(defaults | fields))
        for position, person in enumerate(people, start=1):
            Attendee.objects.create(
                booking=booking,
                position=position,
                first_name=person.first_name,
                last_name=person.last_name,
                email=person.email,
                is_booker=person.is_booker,
            )
        return booking

    return make


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """In the broker's place."""
    started = Started()
    monkeypatch.setattr(jobs, "_send", lambda name, ids, delay: started.tasks.append((name, ids, delay)))
    return started


@pytest.fixture
def mailbox(settings: LazySettings) -> None:
    """Letters go to the development mailbox."""
    settings.MAILERS = {"default": {"BACKEND": "communications.mailbox.MailboxBackend"}}


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    """A real mail server, spoken to through Django's own SMTP backend."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), ready_timeout=PATIENCE)
    controller.start()
    use_smtp(settings, controller.port)
    yield sink
    controller.stop()


@pytest.fixture
def the_first_of_november(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day on which these letters are written decides what can still be changed."""
    monkeypatch.setattr(clock, "london_today", lambda: date(2026, 11, 1))
