"""The office's pages about bookings: each opens, finds what it should, shows no health text and costs a fixed price."""

from decimal import Decimal

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

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
from config.kernel import clock
from invoicing.services.issuing import issue_invoice
from payments.models import Refund
from tests.factories import (
    make_booking,
    make_hold,
    make_payment,
    make_refund,
    make_requirement,
    make_session,
    make_staff,
    make_user,
    offer_first_templates,
)
from tests.factories.stripe_events import make_event

pytestmark = pytest.mark.django_db

MODELS: list[type[Model]] = [
    Attendee,
    Booking,
    BookingPolicy,
    Course,
    CourseSession,
    Hold,
    RequirementTemplate,
    SpecialRequirement,
    Venue,
]
WRITTEN_BY_CODE: list[type[Model]] = [Attendee, Hold, SpecialRequirement]
SENTINEL = "sentinel-epilepsy"
TONES = {"Part refunded": "quiet", "£90 due": "warn", "Nothing to pay": "quiet"}


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_staff(is_superuser=True))
    # Django keeps these for the life of a process; the first page that needs one would cost a query more.
    ContentType.objects.get_for_models(*MODELS)
    # What waits for a person is counted for the navigation once in a while.
    client.get(reverse("admin:index"))
    return client


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:bookings_{model._meta.model_name}_{page}", args=args)


def add_one_of_each() -> Booking:
    """A booking with money and a requirement, and a hold, each on a session of its own."""
    booking = make_booking(people=[("Tom", "Ackroyd", "tom@example.org")])
    make_payment(booking)
    make_requirement(booking.attendees.get(), own_words=SENTINEL)
    make_hold(make_session(), secret=str(booking.pk), draft={"own_words": SENTINEL})
    offer_first_templates()
    return booking


def found(office: Client, words: str) -> list[str]:
    response = office.get(address(Booking, "changelist"), {"q": words})
    assert response.status_code == 200
    return [booking.reference for booking in response.context["cl"].result_list]


@pytest.mark.parametrize("model", MODELS)
def test_every_page_opens_and_never_shows_what_was_confided(office: Client, model: type[Model]) -> None:
    add_one_of_each()
    row = model._default_manager.first()
    assert row is not None
    for url in (address(model, "changelist"), address(model, "change", row.pk)):
        response = office.get(url)
        assert response.status_code == 200
        assert SENTINEL not in response.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_with_one_row_and_with_three(office: Client, model: type[Model]) -> None:
    counts = []
    for number in (1, 2):
        for _ in range(number):
            add_one_of_each()
        with CaptureQueriesContext(connection) as queries:
            office.get(address(model, "changelist"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_booking_costs_the_same_however_many_come(office: Client) -> None:
    counts = []
    for number in (1, 3):
        booking = make_booking(people=[("Tom", "Ackroyd", "")] * number)
        with CaptureQueriesContext(connection) as queries:
            office.get(address(Booking, "change", booking.pk))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("model", WRITTEN_BY_CODE)
def test_what_our_code_writes_is_only_read(office: Client, model: type[Model]) -> None:
    add_one_of_each()
    row = model._default_manager.get()
    assert office.get(address(model, "add")).status_code == 403
    assert office.post(address(model, "change", row.pk), {"places": "9", "first_name": "Eve"}).status_code == 403
    assert office.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.count() == 1


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_deleted_or_counted_whole(office: Client, model: type[Model]) -> None:
    page = admin.site.get_model_admin(model)
    assert page.show_full_result_count is False
    add_one_of_each()
    row = model._default_manager.first()
    assert row is not None
    assert office.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_without_permission_there_is_nothing_to_see(client: Client) -> None:
    booking = make_booking()
    client.force_login(make_staff("bookings.view_course"))
    assert client.get(address(Booking, "changelist")).status_code == 403
    assert client.get(address(Booking, "change", booking.pk)).status_code == 403
    assert client.get(address(Course, "changelist")).status_code == 200


def test_only_the_notes_of_a_booking_are_typed(office: Client) -> None:
    booking = make_booking(people=[("Tom", "Ackroyd", "")])
    people = {"attendees-TOTAL_FORMS": "0", "attendees-INITIAL_FORMS": "0"}
    answer = office.post(
        address(Booking, "change", booking.pk),
        people | {"notes": "Rang on Monday", "status": "cancelled", "total": "1.00", "reference": "X"},
    )
    assert answer.status_code == 302
    after = Booking.objects.get()
    assert (after.notes, after.status, after.total, after.reference) == (
        "Rang on Monday",
        Booking.Status.CONFIRMED,
        booking.total,
        booking.reference,
    )


def test_bookings_are_found_by_whatever_one_has_in_hand(office: Client) -> None:
    customer = make_user("hannah@rylstone.example", first_name="Hannah", last_name="Okafor", company="Rylstone Nursery")
    booking = make_booking(customer=customer, people=[("Tom", "Ackroyd", "tom@example.org")])
    payment = make_payment(
        booking, stripe_intent_id="pi_123", stripe_checkout_id="cs_123", stripe_charge_id="ch_123", reference="X1"
    )
    refund = make_refund(payment, amount=Decimal("10.00"))
    Refund.objects.filter(pk=refund.pk).update(stripe_refund_id="re_123")
    make_event("payment_intent.succeeded", "pi_123", event_id="evt_123")
    invoice = issue_invoice(booking=booking, paid=booking.total, paid_on=clock.london_today(), payment_note="")
    make_booking(
        customer=make_user("other@example.org", first_name="Una", last_name="Else"), people=[("Una", "Else", "")]
    )

    for words in (
        booking.reference,
        booking.reference.lower().replace("-", " "),
        "hannah@rylstone.example",
        "okafor han",
        "Rylstone",
        "ackroyd",
        "TOM@example.org",
        invoice.number,
        invoice.number.lower(),
        "pi_123",
        "cs_123",
        "ch_123",
        "re_123",
        "evt_123",
        f"  {booking.reference} ",
    ):
        assert found(office, words) == [booking.reference], words
    for words in ("pi_1", "nobody", "%", "RFT"):
        assert found(office, words) == [], words
    assert len(found(office, "  ")) == 2


def test_the_list_says_what_was_paid_and_what_is_due(office: Client) -> None:
    paid = make_booking()
    make_refund(make_payment(paid), amount=Decimal("40.00"))
    make_booking(status=Booking.Status.PENDING)
    make_booking(make_session(price=Decimal(0)))
    page = office.get(address(Booking, "changelist")).content.decode()
    for words in ("Part refunded", "£90 due", "Nothing to pay"):
        assert page.count(f'tag-{TONES[words]}">{words}</span>') == 1, words


def test_filters_open(office: Client) -> None:
    booking = make_booking()
    for query in ("status=confirmed", f"session_course={booking.session.course_id}", "source=website"):
        assert len(office.get(f"{address(Booking, 'changelist')}?{query}").context["cl"].result_list) == 1


def test_a_new_policy_is_a_new_version_and_the_old_one_stays(office: Client) -> None:
    answers = dict(office.get(address(BookingPolicy, "add")).context["adminform"].form.initial)
    assert office.post(address(BookingPolicy, "add"), answers | {"hold_minutes": "25"}).status_code == 302
    assert list(BookingPolicy.objects.order_by("version").values_list("version", "hold_minutes")) == [(1, 20), (2, 25)]
    first = BookingPolicy.objects.get(version=1)
    assert office.post(address(BookingPolicy, "change", first.pk), answers).status_code == 403
