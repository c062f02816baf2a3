"""Plain rows: people, courses, sessions, holds, bookings, payments, refunds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import connection

from bookings.models import (
    Attendee,
    Booking,
    BookingPolicy,
    Course,
    CourseSession,
    Hold,
    RequirementTemplate,
    SpecialRequirement,
    Venue,
)
from bookings.services.scheduling import Day, create_session
from config.kernel import clock, signing
from config.kernel.references import new_reference, reference_key
from customers.models import User
from payments.models import Payment, PaymentAllocation, Refund

_numbers = count(1)


def make_user(email: str | None = None, **fields: Any) -> User:
    """A customer; each has an address of their own unless given one ("" for none)."""
    number = next(_numbers)
    fields = {"first_name": "Hannah", "last_name": "Okafor"} | fields
    return User.objects.create_user(email=f"person{number}@example.org" if email is None else email, **fields)


def make_staff(*permissions: str, is_superuser: bool = False, **fields: Any) -> User:
    """A member of staff with exactly these permissions ("payments.view_payment")."""
    user = make_user(kind=User.Kind.ADMIN, is_staff=True, is_superuser=is_superuser, **fields)
    for name in permissions:
        app, codename = name.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def make_course(**fields: Any) -> Course:
    number = next(_numbers)
    fields = {
        "slug": f"emergency-first-aid-{number}",
        "name": "Emergency First Aid at Work",
        "summary": "For small, low-risk workplaces.",
        "contact_hours": Decimal(6),
        "certificate_months": 36,
        "price": Decimal("90.00"),
        "vat_rate": Decimal(20),
    } | fields
    return Course.objects.create(**fields)


def make_venue(**fields: Any) -> Venue:
    fields = {
        "name": "Kelham Works",
        "address": "12 Green Lane",
        "town": "Sheffield",
        "postcode": "S3 8SE",
        "step_free": True,
    } | fields
    return Venue.objects.create(**fields)


def offer_first_templates() -> list[RequirementTemplate]:
    """What people can tick to begin with, as the migrations add it; also after another test emptied the tables."""
    with connection.schema_editor() as editor:
        import_module("bookings.migrations.0005_first_requirement_templates").add_templates(apps, editor)
        import_module("bookings.migrations.0018_health_for_oneself_only").keep_health_to_oneself(apps, editor)
    return list(RequirementTemplate.objects.all())


def _day(starts_at: datetime) -> Day:
    """Seven hours. What begins this evening or on another one ends with its day, so that it is on one date only."""
    ends_at = starts_at + timedelta(hours=7)
    if starts_at < clock.now():
        return Day(starts_at, ends_at)
    midnight = clock.london_midnight(clock.london_date(starts_at) + timedelta(days=1))
    return Day(starts_at, min(ends_at, midnight - timedelta(microseconds=1)))


def make_session(
    *,
    course: Course | None = None,
    venue: Venue | None = None,
    starts_at: datetime | None = None,
    days: int = 1,
    capacity: int = 12,
    price: Decimal | None = None,
    status: CourseSession.Status = CourseSession.Status.CONFIRMED,
    **fields: Any,
) -> CourseSession:
    """A session of so many days, seven hours each, by default 30 days from now."""
    first = starts_at or clock.now() + timedelta(days=30)
    return create_session(
        course=course or make_course(),
        venue=venue or make_venue(),
        days=[_day(first + timedelta(days=n)) for n in range(days)],
        capacity=capacity,
        price=price,
        status=status,
        **fields,
    )


def make_hold(session: CourseSession, *, places: int = 1, secret: str = "secret", **fields: Any) -> Hold:
    """A live hold that `secret` opens."""
    fields = {"expires_at": clock.now() + timedelta(minutes=20)} | fields
    return Hold.objects.create(session=session, places=places, secret_hash=signing.hash_token(secret), **fields)


def make_booking(
    session: CourseSession | None = None,
    *,
    customer: User | None = None,
    status: Booking.Status = Booking.Status.CONFIRMED,
    people: Sequence[tuple[str, str, str]] = (("Hannah", "Okafor", ""),),
    **fields: Any,
) -> Booking:
    """A booking with its people as (first name, last name, e-mail), priced as its session says; no payment."""
    session = session or make_session()
    customer = customer or make_user()
    reference = new_reference()
    now = clock.now()
    fields = {
        "reference": reference,
        "reference_key": reference_key(fields.get("reference", reference)),
        "contact_first_name": customer.first_name,
        "contact_last_name": customer.last_name,
        "contact_email": customer.email,
        "price_per_place": session.price,
        "vat_rate": session.vat_rate,
        "total": session.price * len(people),
        "policy": BookingPolicy.objects.get(version=1),
        "lapses_at": now + timedelta(minutes=30) if status == Booking.Status.PENDING else None,
        "confirmed_at": now if status == Booking.Status.CONFIRMED else None,
        "cancelled_at": now if status == Booking.Status.CANCELLED else None,
        "expired_at": now if status == Booking.Status.EXPIRED else None,
    } | fields
    booking = Booking.objects.create(session=session, customer=customer, status=status, **fields)
    Attendee.objects.bulk_create(
        Attendee(booking=booking, position=position, first_name=first, last_name=last, email=email)
        for position, (first, last, email) in enumerate(people, start=1)
    )
    return booking


def make_payment(
    booking: Booking,
    *,
    amount: Decimal | None = None,
    status: Payment.Status = Payment.Status.SUCCEEDED,
    **fields: Any,
) -> Payment:
    """A payment wholly for one booking, by default all of its total."""
    amount = booking.total if amount is None else amount
    if status == Payment.Status.SUCCEEDED:
        fields = {"paid_at": clock.now()} | fields
    payment = Payment.objects.create(payer=booking.customer, amount=amount, status=status, **fields)
    PaymentAllocation.objects.create(payment=payment, booking=booking, amount=amount)
    return payment


def make_refund(
    payment: Payment,
    *,
    amount: Decimal,
    status: Refund.Status = Refund.Status.SUCCEEDED,
    reason: Refund.Reason = Refund.Reason.GOODWILL,
    **fields: Any,
) -> Refund:
    """A refund on a payment, for the booking that the payment is for."""
    allocation = payment.allocations.get()
    return Refund.objects.create(
        payment=payment, booking=allocation.booking, amount=amount, status=status, reason=reason, **fields
    )


def make_requirement(
    attendee: Attendee, *, own_words: str = "", said_by: str = "attendee", **fields: Any
) -> SpecialRequirement:
    """What was said of somebody's needs, by themselves; own words come with consent. It is due to go in 60 days."""
    consent = {"consent_version": "2026-11", "consented_at": clock.now()} if own_words else {}
    fields = {"delete_after": clock.london_today() + timedelta(days=60)} | consent | fields
    return SpecialRequirement.objects.create(
        attendee=attendee, own_words=own_words, said_by=said_by, first_said_by=said_by, **fields
    )
