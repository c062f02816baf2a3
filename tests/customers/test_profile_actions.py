"""Every action of staff and customers leaves a line on the timeline, with who did it: each is done once, here.

What changes nothing about anybody leaves none: looking, downloading, opening a payment page, signing out. A hold is
nobody's yet. What Stripe tells us of events is in the payment's own history.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bookings.flows.lapsing import release_booking
from bookings.models import Attendee, Booking, CourseSession
from bookings.services.placing import Person
from bookings.services.requirements import Needs, add_own_requirement, remove_requirement
from bookings.services.scheduling import Day, set_days, set_session_status
from communications.models import Message
from communications.services.copies import ask_for_copy
from communications.services.outbox import queue_confirmation
from config.kernel import clock
from config.kernel.actor import CUSTOMER, acting_as
from customers.flows import signing_in as flow
from customers.models import AccessLink, Activity, Membership, Note, Organisation, User
from customers.services import access, signing_in
from invoicing.models import BookingConfirmation, Invoice
from payments.flows.paying import extend_order, open_checkout
from payments.flows.settling import settle_payment
from payments.models import Discrepancy, Payment, Refund
from payments.services.recording import record_discrepancy
from tests.factories import (
    make_booking,
    make_payment,
    make_refund,
    make_session,
    make_staff,
    make_user,
    offer_first_templates,
)
from tests.factories.orders import a_paid_order, an_unpaid_order, let_lapse, place_an_order
from tests.system.stand_in import StandIn

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """Moira's browser, and Stripe."""

    browser: Client
    staff: User
    stripe: StandIn

    def post(self, name: str, *keys: object, **sent: Any) -> None:
        assert self.browser.post(reverse(f"admin:{name}", args=keys), sent).status_code == 302

    def act(self, name: str, action: str, *keys: object) -> None:
        self.post(f"{name}_changelist", action=action, _selected_action=[str(key) for key in keys])


type Do = Callable[[World], User]
DONE_BY_CUSTOMERS: list[tuple[Do, list[str]]] = []
DONE_BY_STAFF: list[tuple[Do, list[str]]] = []


def by_customer(*kinds: str) -> Callable[[Do], None]:
    return lambda do: DONE_BY_CUSTOMERS.append((do, list(kinds)))


def by_staff(*kinds: str) -> Callable[[Do], None]:
    return lambda do: DONE_BY_STAFF.append((do, list(kinds)))


@by_customer("needs_said", "booking_placed")
def orders_and_says_what_helps(world: World) -> User:
    slug = offer_first_templates()[0].slug
    people = [Person(first_name="Tom", needs=Needs(slugs=(slug,)))]
    return place_an_order(make_session(), people=people)[0].booking.customer


@by_customer("booking_placed", "order_extended")
def asks_for_more_time(world: World) -> User:
    payment = an_unpaid_order()
    Booking.objects.update(lapses_at=clock.now() + timedelta(minutes=1))
    extend_order(payment_id=payment.pk)
    return payment.payer


@by_customer("booking_placed", "payment_succeeded", "booking_confirmed")
def pays(world: World) -> User:
    return a_paid_order(world.stripe).payer


@by_customer("booking_placed", "payment_declined")
def is_declined(world: World) -> User:
    payment = an_unpaid_order()
    world.stripe.pay(open_checkout(payment=payment), "4000000000000002")
    settle_payment(payment_id=payment.pk)
    settle_payment(payment_id=payment.pk)
    return payment.payer


@by_customer("booking_placed", "booking_expired")
def lets_it_lapse(world: World) -> User:
    booking = let_lapse(an_unpaid_order())
    release_booking(booking_id=booking.pk)
    return booking.customer


@by_customer("needs_said", "needs_taken_back")
def says_on_their_own_page_and_takes_back(world: World) -> User:
    booking, needs = make_booking(), Needs(slugs=(offer_first_templates()[0].slug,))
    place = booking.attendees.get()
    for _ in range(2):
        add_own_requirement(attendee_id=place.pk, needs=needs)
    for _ in range(2):
        remove_requirement(attendee_id=place.pk)
    return booking.customer


@by_customer("message_sent_again")
def asks_for_the_confirmation_again(world: World) -> User:
    booking = make_booking()
    queue_confirmation(booking=booking)
    Message.objects.update(state=Message.State.SENT, created_at=clock.now() - timedelta(hours=1))
    for _ in range(2):
        ask_for_copy(booking=booking)
    return booking.customer


@by_customer("signed_in")
def signs_in(world: World) -> User:
    user = make_user()
    link = signing_in.make_link(request=signing_in.ask(email=user.email))
    for _ in range(2):
        flow.sign_in(token=access.link_token(link), keep=False)
    return user


@by_staff("note_added", "note_edited", "note_pinned", "note_unpinned")
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


@by_staff("details_added", "details_changed")
def details(world: World) -> User:
    world.post("customers_user_add", **typed())
    user = User.objects.get(email_key="ann@example.org")
    for _ in range(2):
        world.post("customers_user_change", user.pk, **typed(first_name="Anna"))
    return user


@by_staff("membership_added", "membership_changed")
def membership(world: World) -> User:
    user, works = make_user(), Organisation.objects.create(name="Works")
    began = {"started_on": "2026-01-01", "initial-started_on": "2026-01-01"}
    sent = {"organisation": str(works.pk), "role": "member"} | began
    world.post("customers_membership_add", user=str(user.pk), **sent)
    for _ in range(2):
        world.post("customers_membership_change", Membership.objects.get().pk, **sent, ended_on="2026-06-30")
    return user


@by_staff("sign_in_link_sent")
def sends_a_link(world: World) -> User:
    user = make_user()
    for _ in range(2):
        world.post("customers_user_sign_in_link", user.pk)
    return user


@by_staff("letter_written")
def writes(world: World) -> User:
    user = make_user()
    for _ in range(2):
        world.post("customers_user_write", user.pk, subject="Parking", text="Behind.", token=str(user.pk))
    return user


@by_staff("link_revoked")
def revokes_a_link(world: World) -> User:
    booking = make_booking()
    link = access.make_access_link(
        purpose=AccessLink.Purpose.BOOKING, subject_key=str(booking.pk), expires_at=clock.now() + timedelta(days=1)
    )
    for _ in range(2):
        world.act("customers_accesslink", "revoke", link.pk)
    return booking.customer


@by_staff("message_sent_again")
def sends_again(world: World) -> User:
    booking = make_booking()
    message = queue_confirmation(booking=booking)
    assert message
    Message.objects.update(state=Message.State.FAILED)
    for _ in range(2):
        world.act("communications_message", "send_failed_again", message.pk)
    return booking.customer


@by_staff("paper_made_again")
def makes_a_paper_again(world: World) -> User:
    paper = BookingConfirmation.objects.create(booking=make_booking(), pdf_state=Invoice.PdfState.FAILED)
    for _ in range(2):
        world.act("invoicing_bookingconfirmation", "make_pdf_again", paper.pk)
    return paper.booking.customer


@by_staff("refund_retried")
def tries_a_refund_again(world: World) -> User:
    payment = make_payment(make_booking())
    refund = make_refund(payment, amount=Decimal(10), status=Refund.Status.FAILED)
    for _ in range(2):
        world.act("payments_refund", "try_again", refund.pk)
    return payment.payer


@by_staff("discrepancy_resolved")
def settles_by_hand(world: World) -> User:
    payment = make_payment(make_booking(), status=Payment.Status.OPEN)
    record_discrepancy(kind=Discrepancy.Kind.AMOUNT, stripe_object_id="pi_1", payment=payment)
    for _ in range(2):
        world.post("payments_discrepancy_resolve", Discrepancy.objects.get().pk, resolution="Asked the bank")
    return payment.payer


@by_staff("session_moved", "session_completed")
def moves_and_completes_a_session(world: World) -> User:
    booking = make_booking()
    starts = clock.now() + timedelta(days=3)
    with acting_as_staff(world):
        set_days(session=booking.session, days=[Day(starts, starts + timedelta(hours=6))])
        for _ in range(2):
            set_session_status(session=booking.session, status=CourseSession.Status.COMPLETED)
    return booking.customer


@by_staff("booking_noted")
def notes_on_a_booking(world: World) -> User:
    booking = make_booking()
    people = {"attendees-TOTAL_FORMS": "0", "attendees-INITIAL_FORMS": "0"}
    for _ in range(2):
        world.post("bookings_booking_change", booking.pk, notes="Wants a receipt", **people)
    return booking.customer


def acting_as_staff(world: World) -> Any:
    from_browser = ("staff", world.staff.full_name, world.staff.pk)
    return acting_as(type(CUSTOMER)(*from_browser))  # type: ignore[arg-type]


@pytest.fixture
def world(client: Client, stripe_stand_in: StandIn) -> World:
    staff = make_staff(is_superuser=True, first_name="Moira", last_name="Dunne")
    client.force_login(staff)
    return World(client, staff, stripe_stand_in)


def lines(user: User) -> list[tuple[str, str, str]]:
    found = Activity.objects.filter(user=user).order_by("pk")
    return list(found.values_list("kind", "actor_kind", "actor_label"))


@pytest.mark.parametrize("do, kinds", DONE_BY_CUSTOMERS, ids=lambda one: getattr(one, "__name__", ""))
def test_what_customers_do(world: World, do: Do, kinds: list[str]) -> None:
    with acting_as(CUSTOMER):
        user = do(world)
    assert lines(user) == [(kind, "customer", "Customer") for kind in kinds]


@pytest.mark.parametrize("do, kinds", DONE_BY_STAFF, ids=lambda one: getattr(one, "__name__", ""))
def test_what_staff_do(world: World, do: Do, kinds: list[str]) -> None:
    user = do(world)
    assert lines(user) == [(kind, "staff", "Moira Dunne") for kind in kinds]


def test_a_line_about_what_helps_never_says_what(world: World) -> None:
    template = offer_first_templates()[0]
    booking = make_booking()
    add_own_requirement(attendee_id=booking.attendees.get().pk, needs=Needs(slugs=(template.slug,)))
    line = Activity.objects.get()
    assert line.summary == "Hannah Okafor said what would help them"
    assert (line.subject_kind, line.subject_key) == ("booking", str(booking.pk))


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
