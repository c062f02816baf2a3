"""Every action of customers leaves a line on the timeline, and says that it was theirs: each is done once, here.

What changes nothing about anybody leaves none: looking, downloading, opening a payment page, signing out. A hold is
nobody's yet. What Stripe tells us of events is in the payment's own history.
"""

from datetime import timedelta

import pytest

from bookings.flows.lapsing import release_booking
from bookings.models import Booking
from bookings.services.placing import Person
from bookings.services.requirements import Needs, add_own_requirement, remove_requirement
from communications.models import Message
from communications.services.copies import ask_for_copy
from communications.services.outbox import queue_confirmation
from config.kernel import clock
from config.kernel.actor import CUSTOMER, acting_as
from customers.flows import signing_in as flow
from customers.models import Activity, User
from customers.services import access, signing_in
from payments.flows.paying import extend_order, open_checkout
from payments.flows.settling import settle_payment
from tests.customers.doing import Do, Done, World, lines
from tests.factories import (
    make_booking,
    make_session,
    make_user,
    offer_first_templates,
)
from tests.factories.orders import a_paid_order, an_unpaid_order, let_lapse, place_an_order

pytestmark = pytest.mark.django_db

DONE = Done()


@DONE.leaving("needs_said", "booking_placed")
def orders_and_says_what_helps(world: World) -> User:
    slug = offer_first_templates()[0].slug
    people = [Person(first_name="Tom", needs=Needs(slugs=(slug,)))]
    return place_an_order(make_session(), people=people)[0].booking.customer


@DONE.leaving("booking_placed", "order_extended")
def asks_for_more_time(world: World) -> User:
    payment = an_unpaid_order()
    Booking.objects.update(lapses_at=clock.now() + timedelta(minutes=1))
    extend_order(payment_id=payment.pk)
    return payment.payer


@DONE.leaving("booking_placed", "payment_succeeded", "booking_confirmed")
def pays(world: World) -> User:
    return a_paid_order(world.stripe).payer


@DONE.leaving("booking_placed", "payment_declined")
def is_declined(world: World) -> User:
    payment = an_unpaid_order()
    world.stripe.pay(open_checkout(payment=payment), "4000000000000002")
    settle_payment(payment_id=payment.pk)
    settle_payment(payment_id=payment.pk)
    return payment.payer


@DONE.leaving("booking_placed", "booking_expired")
def lets_it_lapse(world: World) -> User:
    booking = let_lapse(an_unpaid_order())
    release_booking(booking_id=booking.pk)
    return booking.customer


@DONE.leaving("needs_said", "needs_taken_back")
def says_on_their_own_page_and_takes_back(world: World) -> User:
    booking, needs = make_booking(), Needs(slugs=(offer_first_templates()[0].slug,))
    place = booking.attendees.get()
    for _ in range(2):
        add_own_requirement(attendee_id=place.pk, needs=needs)
    for _ in range(2):
        remove_requirement(attendee_id=place.pk)
    return booking.customer


@DONE.leaving("message_sent_again")
def asks_for_the_confirmation_again(world: World) -> User:
    booking = make_booking()
    queue_confirmation(booking=booking)
    Message.objects.update(state=Message.State.SENT, created_at=clock.now() - timedelta(hours=1))
    for _ in range(2):
        ask_for_copy(booking=booking)
    return booking.customer


@DONE.leaving("signed_in")
def signs_in(world: World) -> User:
    user = make_user()
    link = signing_in.make_link(request=signing_in.ask(email=user.email))
    for _ in range(2):
        flow.sign_in(token=access.link_token(link), keep=False)
    return user


@pytest.mark.parametrize("do, kinds", DONE.each, ids=lambda one: getattr(one, "__name__", ""))
def test_what_customers_do(world: World, do: Do, kinds: list[str]) -> None:
    with acting_as(CUSTOMER):
        user = do(world)
    assert lines(user) == [(kind, "customer", "Customer") for kind in kinds]


def test_a_line_about_what_helps_never_says_what(world: World) -> None:
    template = offer_first_templates()[0]
    booking = make_booking()
    add_own_requirement(attendee_id=booking.attendees.get().pk, needs=Needs(slugs=(template.slug,)))
    line = Activity.objects.get()
    assert line.summary == "Hannah Okafor said what would help them"
    assert (line.subject_kind, line.subject_key) == ("booking", str(booking.pk))
