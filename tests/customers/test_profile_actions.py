"""Every action of staff leaves a line on the timeline, with who did it: each is done once, here.

What changes nothing about anybody leaves none: looking, downloading. What customers do is in test_own_actions.py.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bookings.models import Attendee, Booking, CourseSession
from bookings.services.scheduling import Day, set_days, set_session_status
from communications.models import Message
from communications.services.outbox import queue_confirmation
from config.kernel import clock
from config.kernel.actor import Actor, acting_as
from customers.models import AccessLink, Activity, Membership, Note, Organisation, User
from customers.services import access, signing_in
from invoicing.models import BookingConfirmation, Invoice
from payments.models import Discrepancy, Payment, Refund
from payments.services.recording import record_discrepancy
from tests.customers.doing import Do, Done, World, lines
from tests.factories import (
    make_booking,
    make_payment,
    make_refund,
    make_session,
    make_user,
)

pytestmark = pytest.mark.django_db

DONE = Done()


@DONE.leaving("note_added", "note_edited", "note_pinned", "note_unpinned")
def notes(world: World) -> User:
    user = make_user()
    world.post("customers_user_note", user.pk, body="Rang")
    note = Note.objects.get()
    for seen in ("", "2026-11-21T10:00:00+00:00"):
        world.post("customers_note_edit", note.pk, body="Rang twice", seen=seen)
    for pinning in ({}, {}, {"unpin": "yes"}, {"unpin": "yes"}):
        world.post("customers_note_pin", note.pk, **pinning)
    return user


def typed(**changes: Any) -> dict[str, Any]:
    sent = {"kind": "customer", "email": "ann@example.org", "first_name": "Ann", "last_name": "Lee"}
    inline = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    return sent | {"phone": "", "company": ""} | inline | changes


@DONE.leaving("details_added", "details_changed")
def details(world: World) -> User:
    world.post("customers_user_add", **typed())
    user = User.objects.get(email_key="ann@example.org")
    for _ in range(2):
        world.post("customers_user_change", user.pk, **typed(first_name="Anna"))
    return user


@DONE.leaving("membership_added", "membership_changed")
def membership(world: World) -> User:
    user, works = make_user(), Organisation.objects.create(name="Works")
    began = {"started_on": "2026-01-01", "initial-started_on": "2026-01-01"}
    sent = {"organisation": str(works.pk), "role": "member"} | began
    world.post("customers_membership_add", user=str(user.pk), **sent)
    for _ in range(2):
        world.post("customers_membership_change", Membership.objects.get().pk, **sent, ended_on="2026-06-30")
    return user


@DONE.leaving("sign_in_link_sent")
def sends_a_link(world: World) -> User:
    user = make_user()
    for _ in range(2):
        world.post("customers_user_sign_in_link", user.pk)
    return user


@DONE.leaving("letter_written")
def writes(world: World) -> User:
    user = make_user()
    for _ in range(2):
        world.post("customers_user_write", user.pk, subject="Parking", text="Behind.", token=str(user.pk))
    return user


@DONE.leaving("link_revoked")
def revokes_a_link(world: World) -> User:
    booking = make_booking()
    link = access.make_access_link(
        purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk), expires_at=clock.now() + timedelta(days=1)
    )
    for _ in range(2):
        world.act("customers_accesslink", "revoke", link.pk)
    return booking.customer


@DONE.leaving("message_sent_again")
def sends_again(world: World) -> User:
    booking = make_booking()
    message = queue_confirmation(booking=booking)
    assert message
    Message.objects.update(state=Message.State.FAILED)
    for _ in range(2):
        world.act("communications_message", "send_failed_again", message.pk)
    return booking.customer


@DONE.leaving("paper_made_again")
def makes_a_paper_again(world: World) -> User:
    paper = BookingConfirmation.objects.create(booking=make_booking(), pdf_state=Invoice.PdfState.FAILED)
    for _ in range(2):
        world.act("invoicing_bookingconfirmation", "make_pdf_again", paper.pk)
    return paper.booking.customer


@DONE.leaving("refund_retried")
def tries_a_refund_again(world: World) -> User:
    payment = make_payment(make_booking())
    refund = make_refund(payment, amount=Decimal(10), status=Refund.Status.FAILED)
    for _ in range(2):
        world.act("payments_refund", "try_again", refund.pk)
    return payment.payer


@DONE.leaving("discrepancy_resolved")
def settles_by_hand(world: World) -> User:
    payment = make_payment(make_booking(), status=Payment.Status.OPEN)
    record_discrepancy(kind=Discrepancy.Kind.AMOUNT, stripe_object_id="pi_1", payment=payment)
    for _ in range(2):
        world.post("payments_discrepancy_resolve", Discrepancy.objects.get().pk, resolution="Asked the bank")
    return payment.payer


@DONE.leaving("session_moved", "session_completed")
def moves_and_completes_a_session(world: World) -> User:
    booking = make_booking()
    starts = clock.now() + timedelta(days=3)
    with acting_as(Actor("staff", world.staff.full_name, world.staff.pk)):
        set_days(session=booking.session, days=[Day(starts, starts + timedelta(hours=6))])
        for _ in range(2):
            set_session_status(session=booking.session, status=CourseSession.Status.COMPLETED)
    return booking.customer


@DONE.leaving("booking_noted")
def notes_on_a_booking(world: World) -> User:
    booking = make_booking()
    people = {"attendees-TOTAL_FORMS": "0", "attendees-INITIAL_FORMS": "0"}
    for _ in range(2):
        world.post("bookings_booking_change", booking.pk, notes="Wants a receipt", **people)
    return booking.customer


@pytest.mark.parametrize("do, kinds", DONE.each, ids=lambda one: getattr(one, "__name__", ""))
def test_what_staff_do(world: World, do: Do, kinds: list[str]) -> None:
    user = do(world)
    assert lines(user) == [(kind, "staff", "Moira Dunne") for kind in kinds]


def test_a_colleagues_place_stands_with_who_booked_it_and_a_known_persons_with_them(world: World) -> None:
    booking, tom = make_booking(people=[("Tom", "Ackroyd", ""), ("Priya", "Sharma", "")]), make_user()
    known, unknown = Attendee.objects.order_by("position")
    Attendee.objects.filter(pk=known.pk).update(user=tom)
    for place in (known, unknown):
        link = access.make_access_link(
            purpose=AccessLink.Purpose.ATTENDEE, subject_key=str(place.pk), expires_at=clock.now() + timedelta(days=1)
        )
        world.act("customers_accesslink", "revoke", link.pk)
    assert [each.user_id for each in Activity.objects.order_by("pk")] == [tom.pk, booking.customer_id]


def test_a_link_that_is_nobodys_is_revoked_all_the_same(world: World) -> None:
    asked = signing_in.ask(email="nobody@example.org")
    links = [signing_in.make_link(request=asked), signing_in.make_link(request=asked)]
    links[1].subject_key = "00000000-0000-0000-0000-000000000000"
    links[1].save()
    world.act("customers_accesslink", "revoke", *(link.pk for link in links))
    assert AccessLink.objects.filter(revoked_at=None).count() == 0
    assert Activity.objects.count() == 0


def test_the_line_of_a_session_stands_with_everybody_who_has_a_booking_that_counts(world: World) -> None:
    session = make_session()
    booked = [make_booking(session, status=status) for status in Booking.Status]
    make_booking(session, customer=booked[1].customer)
    set_session_status(session=session, status=CourseSession.Status.COMPLETED)
    told = {one.customer_id for one in booked if one.status in Booking.COUNTED_STATUSES}
    assert sorted(Activity.objects.values_list("user", flat=True)) == sorted(told)
