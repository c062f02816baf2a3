"""The customer page asks the database the same number of questions for one booking, for three and for 500."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Attendee, Booking
from communications.models import Message
from config.kernel import clock
from config.kernel.references import new_reference, reference_key
from customers.flows import statistics
from customers.flows.profile import Tab
from customers.models import Activity, Membership, Note, Organisation, Tag, User
from payments.models import Payment, PaymentAllocation, Refund
from tests.factories import make_booking, make_staff, make_user

pytestmark = pytest.mark.django_db

MOST_QUERIES = 22


def add_many(user: User, pattern: Booking, count: int) -> None:
    """So many more bookings of two places, each paid and partly refunded, with lines and letters, and notes."""
    now = clock.now()
    fields = ("session_id", "price_per_place", "vat_rate", "total", "policy_id", "contact_email", "confirmed_at")
    same = {field: getattr(pattern, field) for field in fields} | {"customer": user, "status": "confirmed"}
    references = [new_reference() for _ in range(count)]
    bookings = Booking.objects.bulk_create(
        Booking(reference=each, reference_key=reference_key(each), created_at=now - timedelta(hours=n), **same)
        for n, each in enumerate(references)
    )
    Attendee.objects.bulk_create(Attendee(booking=each, position=p) for each in bookings for p in (1, 2))
    paid = {"payer": user, "amount": 90, "status": "succeeded", "paid_at": now}
    payments = Payment.objects.bulk_create(Payment(**paid) for _ in bookings)
    PaymentAllocation.objects.bulk_create(
        PaymentAllocation(payment=payment, booking=booking, amount=90)
        for payment, booking in zip(payments, bookings, strict=True)
    )
    Refund.objects.bulk_create(
        Refund(payment=payment, booking=booking, amount=Decimal(10), status="succeeded", reason="goodwill")
        for payment, booking in zip(payments, bookings, strict=True)
    )
    Message.objects.bulk_create(
        Message(dedupe_key=str(uuid4()), kind="booking_confirmation", user=user, booking=each, to_email="h@example.org")
        for each in bookings
    )
    notes = Note.objects.bulk_create(Note(user=user, body="Rang") for _ in bookings)
    Activity.objects.bulk_create(
        Activity(
            user=user, kind="note_added", summary="x", subject_kind="note", subject_key=str(note.pk), actor_kind="staff"
        )
        for note in notes
    )
    for _ in range(min(count, 3)):
        user.tags.add(Tag.objects.create(name=str(uuid4())))
        Membership.objects.create(user=user, organisation=Organisation.objects.create(name="Works"))
    statistics.recalculate(user_ids=[user.pk])


def test_it_costs_the_same_for_one_booking_three_and_five_hundred(client: Client) -> None:
    client.force_login(make_staff(is_superuser=True))
    user, pattern = make_user(), make_booking()
    address = reverse("admin:customers_user_page", args=[user.pk])
    asked: dict[str, list[int]] = {tab: [] for tab in Tab}
    client.get(address)
    for more in (1, 2, 497):
        add_many(user, pattern, more)
        for tab in Tab:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"{address}?tab={tab}").status_code == 200
            asked[tab].append(len(queries))
    assert Booking.objects.filter(customer=user).count() == 500
    assert {tab: len(set(counts)) for tab, counts in asked.items()} == dict.fromkeys(Tab, 1)
    assert max(counts[0] for counts in asked.values()) <= MOST_QUERIES
