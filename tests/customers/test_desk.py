"""The desk as a whole: order, numbers, who sees what, and how many queries."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bookings.models import Booking, CourseSession
from config.kernel import clock
from customers.flows import desk
from customers.flows.desk import words
from customers.flows.desk.board import KINDS
from customers.flows.desk.figures import last_working_day
from customers.flows.desk.needs import working_days_before
from payments.models import Discrepancy, StripeEvent
from tests.customers.waiting import MAKERS, arrange, discrepancy, needs, taught, update
from tests.factories import (
    make_booking,
    make_course,
    make_payment,
    make_refund,
    make_session,
    make_staff,
    make_user,
    make_venue,
    offer_first_templates,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SATURDAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
def saturday(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """It is 10 in the morning on Saturday 21 November 2026."""
    monkeypatch.setattr(clock, "now", lambda: SATURDAY)
    return SATURDAY


def board(*permissions: str, is_superuser: bool = False) -> desk.Board:
    return desk.board_for(make_staff(*permissions, is_superuser=is_superuser), clock.now())


def test_the_most_urgent_stands_first_and_each_kind_once() -> None:
    for make in reversed(MAKERS):
        make()
    groups = board(is_superuser=True).groups
    tops = [group.items[0].what for group in groups]
    assert tops[:3] == [
        "Tom Ackroyd has a critical requirement",
        "Money with no payment of ours",
        "£30.00 did not get back to Hannah Okafor",
    ]
    assert len(groups) == len(KINDS)
    # What the venue can't meet comes before what only has to be arranged.
    (open_needs,) = [group for group in groups if "meet" in group.items[0].what]
    assert [item.tag for item in open_needs.items] == ["Venue", "Course in 10 days"]
    assert {item.button for group in groups for item in group.items} >= {"Prepare", "Match it", "Complete", "Assign"}


def test_five_of_a_kind_are_shown_and_a_hundred_are_counted() -> None:
    for _ in range(7):
        discrepancy()
    StripeEvent.objects.bulk_create(
        StripeEvent(id=f"evt_{number}", type="refund.updated", happened_at=clock.now(), state="failed")
        for number in range(101)
    )
    allowed = [f"payments.{may}_{what}" for what in ("discrepancy", "stripeevent") for may in ("view", "change")]
    money, events = board(*allowed).groups
    assert (len(money.items), money.more, money.is_more_than_that) == (5, 2, False)
    assert (len(events.items), events.more, events.is_more_than_that) == (5, 95, True)
    assert money.list_address == "/admin/payments/discrepancy/"


def test_the_navigation_counts_the_same_in_one_query(django_assert_num_queries: Any) -> None:
    for make in MAKERS:
        make()
    owner = make_staff(is_superuser=True)
    with django_assert_num_queries(1):
        counted = desk.counts_for(owner)
    assert counted == desk.board_for(owner, clock.now()).counts
    assert (counted.today, counted.requirements) == (len(MAKERS), 3)
    Discrepancy.objects.all().delete()
    with django_assert_num_queries(0):
        assert desk.counts_for(owner) == counted
    # Looking at the page brings the number up to date.
    assert desk.board_for(owner, clock.now()).counts.today == counted.today - 1
    assert desk.counts_for(owner).today == counted.today - 1


def test_who_may_see_nothing_asks_for_nothing(django_assert_num_queries: Any) -> None:
    nobody = make_staff()
    assert nobody.has_perm("bookings.view_booking") is False
    with django_assert_num_queries(0):
        assert desk.counts_for(nobody) == desk.NavigationCounts(0, 0)


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_what_there_is(number: int, django_assert_num_queries: Any) -> None:
    for make in MAKERS * number:
        make()
    for days in (0, 3):
        for _ in range(number):
            session = taught(starts_at=clock.now() + days * DAY + timedelta(minutes=1), days=2)
            make_booking(session)
    owner = make_staff(is_superuser=True)
    with django_assert_num_queries(len(KINDS) + 1):
        desk.board_for(owner, clock.now())
    with django_assert_num_queries(6):
        desk.rooms_for(owner, clock.now())
    with django_assert_num_queries(6):
        desk.figures_for(owner, clock.now())


def test_an_instructor_is_told_what_their_own_people_need_and_nothing_else() -> None:
    """The office arranges it: nothing needs them, and what is arranged is still to be known."""
    offer_first_templates()
    sam = make_staff("bookings.read_adjustments", "bookings.view_coursesession", "bookings.view_attendee")
    mine, other = taught(starts_at=clock.now() + 5 * DAY), taught(starts_at=clock.now() + 5 * DAY)
    mine.instructors.add(sam)
    said = needs(mine, "large-print")
    needs(other, "large-print")
    for make in MAKERS[3:]:
        make()
    now = clock.now()
    desk_of_sam = desk.board_for(sam, now)
    ((item,),) = (group.items for group in desk_of_sam.to_know)
    assert desk_of_sam.groups == []
    assert item.address == f"/admin/bookings/specialrequirement/{said.pk}/"
    assert (item.what, item.since, item.button) == ("Tom Ackroyd needs something", "", "Read it")
    assert item.why.rpartition(". ")[2].startswith("The office arranges it by ")
    rooms = desk.rooms_for(sam, now)
    assert [one.session for one in rooms.coming] == [mine]
    assert desk.figures_for(sam, now) == []
    assert desk.summary(desk_of_sam, rooms, now).startswith("1 thing to know before your courses. ")
    assert desk.counts_for(sam) == desk_of_sam.counts == desk.NavigationCounts(0, 0)
    arrange(said)
    ((item,),) = (group.items for group in desk.board_for(sam, now).to_know)
    assert item.why.endswith(". The office has arranged it.")
    update(mine, status=CourseSession.Status.CANCELLED)
    assert desk.board_for(sam, now).to_know == []


def test_an_instructor_is_told_how_far_the_office_is(saturday: datetime) -> None:
    offer_first_templates()
    sam = make_staff("bookings.read_adjustments")
    near = taught(starts_at=datetime(2026, 11, 26, 9, 0, tzinfo=UTC))
    far = taught(starts_at=datetime(2027, 6, 1, 9, 0, tzinfo=UTC))
    for session in (near, far):
        session.instructors.add(sam)
    needs(near, "bsl-interpreter")
    critical = needs(far, words="I have epilepsy")

    def told() -> list[tuple[str, str]]:
        items = [item for group in desk.board_for(sam, saturday).to_know for item in group.items]
        return [(item.why.partition(". ")[2], item.tag) for item in items]

    late = ("The office was to arrange it by Thu 12 Nov and has not yet.", "Course in 5 days")
    assert told() == [("It is not arranged yet: the office sees to it.", "Critical"), late]
    arrange(critical)
    assert told() == [("The office has arranged it.", "Critical"), late]


def test_what_is_late_says_so(saturday: datetime) -> None:
    offer_first_templates()
    needs(taught(starts_at=datetime(2026, 12, 3, 9, 0, tzinfo=UTC)), "bsl-interpreter")
    needs(taught(starts_at=datetime(2026, 12, 10, 9, 0, tzinfo=UTC)), "bsl-interpreter")
    seeing = ("bookings.view_specialrequirement", "bookings.view_booking")
    (group,) = board(*seeing, "bookings.change_specialrequirement").groups
    assert [(item.tag, item.why) for item in group.items] == [
        (
            "Late",
            "Emergency First Aid at Work, Sheffield, Thu 3 Dec. It was to be arranged by Thu 19 Nov.",
        ),
        (
            "Course in 19 days",
            "Emergency First Aid at Work, Sheffield, Thu 10 Dec. It is to be arranged by Thu 26 Nov.",
        ),
    ]


def test_working_days_leave_weekends_out() -> None:
    assert working_days_before(date(2026, 12, 3), 10) == date(2026, 11, 19)
    assert working_days_before(date(2026, 11, 30), 1) == date(2026, 11, 27)
    assert working_days_before(date(2026, 11, 30), 0) == date(2026, 11, 30)


@pytest.mark.parametrize(
    "moment, said",
    [
        (datetime(2026, 11, 21, 8, 2, tzinfo=UTC), "since 8:02am"),
        (datetime(2026, 11, 20, 23, 59, tzinfo=UTC), "since yesterday"),
        (datetime(2026, 11, 18, 8, 0, tzinfo=UTC), "for 3 days"),
        (datetime(2026, 11, 3, 8, 0, tzinfo=UTC), "since 3 November 2026"),
    ],
)
def test_since_when_in_words(moment: datetime, said: str) -> None:
    assert words.since(moment, SATURDAY) == said


def test_rooms_of_today_and_of_two_weeks(saturday: datetime) -> None:
    course = make_course(name="First Aid at Work")
    venue = make_venue(name="Calder House", town="Leeds")
    today = make_session(course=course, venue=venue, starts_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC), days=3)
    today.instructors.add(make_user(first_name="Sam", last_name="Whitaker", kind="instructor"))
    make_booking(today, people=[("A", "B", ""), ("C", "D", "")])
    make_booking(today, status=Booking.Status.CANCELLED)
    make_session(starts_at=saturday, status=CourseSession.Status.CANCELLED)
    low = make_session(starts_at=saturday + 14 * DAY, capacity=7)
    make_booking(low, people=[("A", "B", ""), ("C", "D", "")])
    enough = make_session(starts_at=saturday + 3 * DAY, capacity=6)
    make_booking(enough, people=[("A", "B", ""), ("C", "D", "")])
    make_session(starts_at=saturday + 15 * DAY)

    owner = make_staff(is_superuser=True)
    rooms = desk.rooms_for(owner, saturday)

    (running,) = rooms.running
    assert (running.session, running.day_words, running.instructors) == (today, "day 2 of 3", "Sam Whitaker")
    assert (running.people, rooms.running_number, rooms.people) == (2, 1, 2)
    assert [(one.session, one.date, one.taken, one.is_low) for one in rooms.coming] == [
        (enough, "Tue 24 Nov", 2, False),
        (low, "Sat 5 Dec", 2, True),
    ]
    summary = desk.summary(desk.board_for(owner, saturday), rooms, saturday)
    assert summary.endswith("1 course running, 2 people in the room.")


def test_a_calm_day_says_when_the_next_course_is(saturday: datetime) -> None:
    empty = desk.Board([], desk.NavigationCounts(0, 0))
    owner = make_staff(is_superuser=True)

    def sentence() -> str:
        return desk.summary(empty, desk.rooms_for(owner, saturday), saturday)

    assert sentence() == "Nothing needs you. No course is planned."
    taught(starts_at=saturday + 60 * DAY)
    assert sentence() == "Nothing needs you. Next course is on Wednesday 20 January 2027 at 10am."
    taught(starts_at=saturday + DAY)
    assert sentence() == "Nothing needs you. Next course is tomorrow at 10am."


def test_four_figures_with_their_definitions(saturday: datetime) -> None:
    assert last_working_day(date(2026, 11, 24)) == date(2026, 11, 23)
    session = taught(starts_at=saturday + 20 * DAY, capacity=10)
    booking = make_booking(session, people=[("A", "B", ""), ("C", "D", ""), ("E", "F", "")])
    make_booking(session, status=Booking.Status.CANCELLED)
    make_booking(taught(), created_at=saturday - 3 * DAY)
    payment = make_payment(booking)
    make_refund(payment, amount=Decimal(90), finished_at=saturday)
    make_payment(make_booking(taught(), created_at=saturday - 3 * DAY), paid_at=saturday - 3 * DAY)

    figures = desk.figures_for(make_staff(is_superuser=True), saturday)

    assert [(figure.name, figure.value, figure.note) for figure in figures] == [
        ("Bookings", "1", "For 3 people, made since yesterday"),
        ("Taken", "£270", "Paid to us since yesterday"),
        ("Refunded", "£90", "Sent back since yesterday"),
        ("Seats filled", "30%", "3 of 10 places in the next 30 days are booked"),
    ]
    assert [figure.name for figure in desk.figures_for(make_staff("bookings.view_booking"), saturday)] == [
        "Bookings",
        "Seats filled",
    ]
