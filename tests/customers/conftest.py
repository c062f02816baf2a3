"""Facts for the customers' tests, made straight from the models: bookings, payments and refunds of a person."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from bookings.models import Attendee, Booking, BookingPolicy, Course, CourseSession
from config.kernel import limits, references
from customers.models import User
from payments.models import Payment, Refund
from tests import factories
from tests.customers.doing import World
from tests.system.stand_in import StandIn

STARTS = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)

type MakeUser = Callable[..., User]
type MakeBooking = Callable[..., Booking]
type MakePayment = Callable[..., Payment]
type MakeRefund = Callable[..., Refund]


@pytest.fixture
def in_one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The minute in which presses are counted does not end in the middle of a test."""
    monkeypatch.setattr(limits, "WINDOW_SECONDS", 10**9)


@pytest.fixture
def make_user() -> MakeUser:
    def make(email: str = "", **fields: Any) -> User:
        return User.objects.create_user(email=email, **fields)

    return make


@pytest.fixture
def course_session(db: None) -> CourseSession:
    course = Course.objects.create(slug="efaw", name="Emergency First Aid at Work", contact_hours=6, price=90)
    return CourseSession.objects.create(
        code="EFAW-2345",
        course=course,
        status=CourseSession.Status.CONFIRMED,
        capacity=12,
        price=90,
        vat_rate=20,
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=7),
    )


@pytest.fixture
def make_booking(course_session: CourseSession) -> MakeBooking:
    policy = BookingPolicy.objects.order_by("-version").first() or BookingPolicy.objects.create(version=1)

    def make(customer: User, *, places: int = 1, status: str = "confirmed", **fields: Any) -> Booking:
        created = fields.setdefault("created_at", datetime(2026, 11, 1, 10, 0, tzinfo=UTC))
        stamp = {"confirmed": "confirmed_at", "cancelled": "cancelled_at", "expired": "expired_at"}.get(status)
        if stamp:
            fields.setdefault(stamp, created)
        reference = references.new_reference()
        booking = Booking.objects.create(
            reference=reference,
            reference_key=references.reference_key(reference),
            session=course_session,
            customer=customer,
            status=status,
            price_per_place=90,
            vat_rate=20,
            total=90 * places,
            policy=policy,
            **fields,
        )
        Attendee.objects.bulk_create(
            Attendee(booking=booking, position=position, created_at=created) for position in range(1, places + 1)
        )
        return booking

    return make


@pytest.fixture
def make_payment() -> MakePayment:
    def make(payer: User, amount: str, *, status: str = "succeeded", **fields: Any) -> Payment:
        created = fields.setdefault("created_at", datetime(2026, 11, 1, 10, 5, tzinfo=UTC))
        if status == "succeeded":
            fields.setdefault("paid_at", created)
        return Payment.objects.create(payer=payer, amount=Decimal(amount), status=status, **fields)

    return make


@pytest.fixture
def make_refund() -> MakeRefund:
    def make(payment: Payment, amount: str, *, status: str = "succeeded", **fields: Any) -> Refund:
        created = fields.setdefault("created_at", datetime(2026, 11, 2, 9, 0, tzinfo=UTC))
        if status == "succeeded":
            fields.setdefault("finished_at", created)
        return Refund.objects.create(
            payment=payment, amount=Decimal(amount), status=status, reason=Refund.Reason.GOODWILL, **fields
        )

    return make


@pytest.fixture
def owner(make_user: MakeUser, db: None) -> User:
    return make_user(
        "Owner@Example.com",
        first_name="Olive",
        last_name="Owner",
        kind=User.Kind.ADMIN,
        is_staff=True,
        is_superuser=True,
        password="a long made-up password",
    )


@pytest.fixture
def office(client: Client, owner: User) -> Client:
    """The owner's browser."""
    client.force_login(owner)
    return client


@pytest.fixture
def world(client: Client, stripe_stand_in: StandIn) -> World:
    """For what somebody does: Moira of the office at her browser, and Stripe."""
    staff = factories.make_staff(is_superuser=True, first_name="Moira", last_name="Dunne")
    client.force_login(staff)
    return World(client, staff, stripe_stand_in)
