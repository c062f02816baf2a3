"""The demo, loaded once for this module through the real stand-in; what a test changes is undone after it."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import transaction
from django.db.models import Count, F, Max, Min, Q, Sum
from django.test import override_settings

from bookings.models import Attendee, Booking, Course, CourseSession, SpecialRequirement, Venue
from bookings.selectors import with_places_taken
from communications.models import Message
from config.demo.days import is_working_day
from config.demo.waiting import leave_waiting
from config.kernel import clock
from customers.flows import statistics
from customers.flows.desk import board_for
from customers.models import Activity, Membership, Organisation, User
from customers.roles import RoleName
from customers.services.roles import role_of
from invoicing.models import Invoice, NumberSequence
from payments import stripe_gateway
from payments.flows.refunding import send_refund
from payments.models import Payment, PaymentAllocation, Refund
from payments.services.refunds import request_refund
from tests.config.loading import Loaded, facts, load
from tests.factories import make_user, offer_first_templates
from tests.system.stand_in import PUBLISHABLE_KEY, SECRET_KEY, StandIn

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def loaded(stripe_server: StandIn, django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    stripe_server.control("reset")
    stripe_gateway.forget_client()
    stripe = {
        "STRIPE_API_BASE": stripe_server.url,
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
    }
    with pytest.MonkeyPatch.context() as environment, django_db_blocker.unblock(), override_settings(**stripe):
        environment.setenv("DEMO_STAFF_PASSWORD", PASSWORD)
        with transaction.atomic():
            offer_first_templates()
            yield Loaded(stripe_server)
            transaction.set_rollback(True)
    stripe_gateway.forget_client()


def test_everything_asked_for_is_there(loaded: Loaded) -> None:
    made = loaded.result["made"]
    assert {kind: made[kind] for kind in ("courses", "venues", "instructors", "staff", "customers")} == {
        "courses": 7,
        "venues": 5,
        "instructors": 3,
        "staff": 4,
        "customers": 40,
    }
    assert (Course.objects.count(), Venue.objects.count()) == (7, 5)
    assert Venue.objects.values("step_free", "hearing_loop", "parking").distinct().count() == 5
    organisation = Organisation.objects.get()
    roles = Membership.objects.filter(organisation=organisation).values_list("role", flat=True)
    assert sorted(roles) == ["member"] * 5 + ["organiser"]
    assert Booking.objects.values("customer").distinct().count() == 40
    assert Counter(SpecialRequirement.objects.values_list("said_by", flat=True)) == {"attendee": 3, "booker": 3}


def test_the_sessions_ahead_fill_four_months(loaded: Loaded) -> None:
    today = clock.london_today()
    ahead = CourseSession.objects.filter(starts_at__gt=clock.now())
    first, last = ahead.aggregate(first=Min("starts_at"), last=Max("starts_at")).values()
    assert (clock.london_date(first) - today).days <= 14
    assert 105 <= (clock.london_date(last) - today).days <= 130
    for session in ahead.prefetch_related("days"):
        for day in session.days.all():
            assert is_working_day(clock.london_date(day.starts_at))
            assert clock.format_time_range(day.starts_at, day.ends_at) == "9am to 4pm"
    assert set(ahead.values_list("course__slug", flat=True)) == set(Course.objects.values_list("slug", flat=True))


def test_some_sessions_are_special(loaded: Loaded) -> None:
    now = clock.now()
    on_sale = with_places_taken(CourseSession.objects.on_sale(now), now)
    left = [capacity - taken for capacity, taken in on_sale.values_list("capacity", "taken")]
    assert (left.count(0), left.count(2), min(left)) == (1, 1, 0)
    assert on_sale.filter(status=CourseSession.Status.TENTATIVE).count() == 1
    free = on_sale.filter(price=Decimal("0.00"))
    assert list(free.values_list("course__slug", "taken")) == [("cpr-and-defibrillator", 5)]
    three_days = on_sale.annotate(meetings=Count("days")).filter(meetings=3)
    assert {session.course.name for session in three_days} == {"First Aid at Work"}


def test_history_reaches_back_two_years(loaded: Loaded) -> None:
    past = Booking.objects.filter(session__ends_at__lt=clock.now())
    first = past.aggregate(first=Min("session__starts_at"))["first"]
    assert 700 <= (clock.london_today() - clock.london_date(first)).days <= 730
    assert set(past.values_list("status", flat=True)) == {"confirmed", "cancelled", "expired"}
    assert not past.filter(created_at__gte=clock.now()).exists()
    assert CourseSession.objects.filter(status=CourseSession.Status.CANCELLED).count() == 2
    assert not CourseSession.objects.filter(ends_at__lt=clock.now(), bookings=None).exists()


def test_two_loads_on_one_day_are_equal_also_when_one_was_broken_off(loaded: Loaded) -> None:
    assert loaded.seen_broken_off == (1, 3)
    assert set(loaded.made_after_it) == {"bookings", "payments", "invoices"}
    assert loaded.made_after_it["bookings"] == Booking.objects.filter(session__starts_at__gt=clock.now()).count() - 4
    assert facts() == loaded.finished_facts


def test_a_second_run_adds_nothing(loaded: Loaded) -> None:
    before, charges = facts(), loaded.stand_in.state()["objects"]
    assert json.loads(load("--json"))["made"] == {}
    assert load("--if-empty").startswith("Made nothing")
    assert json.loads(load("--dry-run", "--json")) == {"would_make": {}}
    assert (facts(), loaded.stand_in.state()["objects"]) == (before, charges)


def test_the_money_agrees(loaded: Loaded) -> None:
    paid = Payment.objects.filter(status=Payment.Status.SUCCEEDED)
    assert not paid.exclude(allocations__amount=F("amount"), allocations__booking__total=F("amount")).exists()
    assert PaymentAllocation.objects.count() == Payment.objects.count()
    invoiced = Invoice.objects.aggregate(total=Sum("total"), paid=Sum("paid"))
    taken = paid.aggregate(total=Sum("amount"))["total"]
    assert invoiced == {"total": taken, "paid": taken}
    final = Booking.objects.filter(Q(status="confirmed") | Q(status="cancelled"), total__gt=0)
    assert final.count() == Invoice.objects.count() == paid.count()
    assert statistics.find_differences() == []


def test_the_stand_in_holds_the_same_money(loaded: Loaded) -> None:
    state = loaded.stand_in.state()
    charges = {charge["id"]: charge for charge in state["charges"]}
    paid = Payment.objects.filter(status=Payment.Status.SUCCEEDED)
    assert {payment.stripe_charge_id: int(payment.amount * 100) for payment in paid} == {
        charge_id: charge["amount"] for charge_id, charge in charges.items()
    }
    refunds = {refund["id"]: refund["amount"] for refund in state["refunds"]}
    assert {r.stripe_refund_id: int(r.amount * 100) for r in Refund.objects.all()} == refunds
    past = paid.filter(paid_at__lt=clock.london_midnight(clock.london_today())).first()
    assert past is not None
    assert past.paid_at is not None
    assert charges[past.stripe_charge_id]["created"] == int(past.paid_at.timestamp())
    assert state["mode"] == "normal"
    assert abs(state["now"] - clock.now().timestamp()) < 3600


def test_a_demo_payment_can_be_refunded(loaded: Loaded) -> None:
    payment = Payment.objects.filter(status="succeeded", refunds=None).earliest("created_at")
    booking = Booking.objects.get(allocations__payment=payment)
    refund = request_refund(payment=payment, booking=booking, amount=Decimal("10.00"), reason=Refund.Reason.GOODWILL)
    send_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.SUCCEEDED
    [sent] = [sent for sent in loaded.stand_in.state()["refunds"] if sent["id"] == refund.stripe_refund_id]
    assert (sent["amount"], sent["charge"]) == (1000, payment.stripe_charge_id)


def test_invoices_are_numbered_without_gaps_in_the_year_of_issue(loaded: Loaded) -> None:
    by_year: dict[int, list[str]] = {}
    for invoice in Invoice.objects.order_by("issued_at", "number"):
        by_year.setdefault(clock.london_date(invoice.issued_at).year, []).append(invoice.number)
    for year, numbers in by_year.items():
        assert numbers == [f"INV-{year}-{number:05d}" for number in range(1, len(numbers) + 1)]
        assert NumberSequence.objects.get(year=year).last_number == len(numbers)
    assert len(by_year) >= 2


def test_no_letter_about_the_past_waits_to_be_sent(loaded: Loaded) -> None:
    past = Message.objects.filter(booking__session__ends_at__lt=clock.now())
    assert set(past.values_list("state", flat=True)) == {"sent"}
    assert past.filter(invoice=None).count() == 0
    assert past.count() == Invoice.objects.filter(booking__session__ends_at__lt=clock.now()).count()


def test_nobody_can_be_reached(loaded: Loaded) -> None:
    reserved = r"@(.+\.)?(example|example\.(org|com|net))$"
    assert not User.objects.exclude(email__iregex=reserved).exists()
    assert not Attendee.objects.exclude(email="").exclude(email__iregex=reserved).exists()
    # https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama
    drama = r"^(07700 900\d{3}|0114 496 0\d{3})$"
    assert not User.objects.exclude(phone="").exclude(phone__regex=drama).exists()


def test_one_of_each_role_can_log_in(loaded: Loaded) -> None:
    staff = {role_of(user): user for user in User.objects.filter(is_staff=True)}
    assert (len(staff), User.objects.filter(is_staff=True).count()) == (5, 5)
    assert all(user.check_password(PASSWORD) and not user.is_superuser for user in staff.values())
    allowed = ("bookings.change_booking", "payments.change_refund", "bookings.read_own_words", "customers.manage_staff")
    assert {role: [user.has_perm(name) for name in allowed] for role, user in staff.items()} == {
        "owner": [True, True, True, True],
        "office": [True, False, True, False],
        "finance": [False, True, False, False],
        "instructor": [False, False, False, False],
        "auditor": [False, False, False, False],
    }
    now = clock.now()
    assert staff[RoleName.INSTRUCTOR].sessions_taught.filter(starts_at__gt=now).count() > 5
    assert load("--if-empty", "--print-logins").splitlines() == [
        f"owner@reactfast.example  {PASSWORD}  (owner)",
        f"office@reactfast.example  {PASSWORD}  (office)",
        f"finance@reactfast.example  {PASSWORD}  (finance)",
        f"{staff[RoleName.INSTRUCTOR].email}  {PASSWORD}  (instructor)",
        f"auditor@reactfast.example  {PASSWORD}  (auditor)",
    ]


def test_health_text_stays_out_of_the_timeline(loaded: Loaded) -> None:
    for requirement in SpecialRequirement.objects.filter(said_by="attendee"):
        assert requirement.attendee.is_booker
        assert not Activity.objects.filter(summary__contains=requirement.own_words[:20]).exists()


def test_what_would_help_is_among_what_is_offered(loaded: Loaded) -> None:
    offered = {template.slug for template in offer_first_templates()}
    for requirement in SpecialRequirement.objects.all():
        assert requirement.slugs
        assert offered.issuperset(requirement.slugs)
        assert requirement.attendee.is_booker is requirement.has_own_words


def test_something_waits_for_the_office(loaded: Loaded) -> None:
    owner = User.objects.get(email="owner@reactfast.example")
    groups = board_for(owner, clock.now()).groups
    assert [group.items[0].what for group in groups][:2] == [
        f"{SpecialRequirement.objects.get(priority='critical').attendee} has a critical requirement",
        "Money with no payment of ours",
    ]
    kinds = {"News from Stripe was not taken in", "Joining instructions bounced", "A course is over and still open"}
    assert kinds.issubset({item.what for group in groups for item in group.items})
    before = Message.objects.filter(state="bounced").count()
    leave_waiting()
    assert (before, Message.objects.filter(state="bounced").count()) == (1, 1)


def test_it_refuses_where_others_are(loaded: Loaded) -> None:
    make_user("somebody@customer.test")
    before = facts()
    with pytest.raises(CommandError, match="not demo data"):
        load()
    assert load("--if-empty").startswith("Made nothing")
    assert facts() == before
