"""Needs that a venue meets or not, and the dates at venues that do."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from bookings import selectors
from bookings.models import CourseSession, RequirementTemplate, Venue
from bookings.views.fitting import dates_that_fit
from config.kernel import clock
from tests.factories import make_booking, make_course, make_session, make_venue, offer_first_templates

pytestmark = pytest.mark.django_db

STEP_FREE, LOOP, PARKING, FLOOR = (
    RequirementTemplate(slug="step-free", label="Step-free access", venue_fact="step_free"),
    RequirementTemplate(slug="loop", label="Hearing loop", venue_fact="hearing_loop"),
    RequirementTemplate(slug="parking", label="Parking", venue_fact="parking"),
    RequirementTemplate(slug="floor", label="Can’t kneel"),
)
ALL = [STEP_FREE, LOOP, PARKING, FLOOR]


@pytest.fixture
def now() -> datetime:
    return clock.now()


def fitting(session: CourseSession, now: datetime, *slugs: str, places: int = 1) -> list[CourseSession]:
    policy = selectors.current_policy()
    found = dates_that_fit(session, templates=ALL, slugs=slugs, places=places, policy=policy, now=now)
    return [offer.session for offer in found]


def test_a_fact_of_a_template_is_a_fact_of_venues() -> None:
    for fact in RequirementTemplate.VenueFact:
        assert Venue._meta.get_field(fact).get_internal_type() == "BooleanField"


def test_gaps_are_needs_chosen_that_the_venue_cannot_meet() -> None:
    venue = Venue(step_free=True, hearing_loop=False, parking=False)
    assert selectors.venue_gaps(venue, ALL, ["floor", "loop", "step-free"]) == [LOOP]
    assert selectors.venue_gaps(venue, ALL, ["parking", "loop"]) == [LOOP, PARKING]
    assert selectors.venue_gaps(venue, ALL, []) == []
    assert selectors.venue_gaps(None, ALL, ["loop"]) == []


def test_dates_that_fit_meet_everything_that_was_chosen(now: datetime) -> None:
    course = make_course()
    upstairs = make_session(course=course, venue=make_venue(step_free=False, hearing_loop=True))
    both = make_session(course=course, venue=make_venue(step_free=True, hearing_loop=True))
    step_free = make_session(course=course, venue=make_venue(step_free=True), starts_at=now + timedelta(days=9))
    make_session(course=course, venue=make_venue(), starts_at=now + timedelta(minutes=30))
    make_session(course=course, venue=make_venue(), is_private=True)
    make_session(venue=make_venue())
    unfixed = make_session(course=course)
    CourseSession.objects.filter(pk=unfixed.pk).update(venue=None)

    assert fitting(upstairs, now, "step-free") == [step_free, both]
    assert fitting(upstairs, now, "step-free", "loop", "floor") == [both]
    assert fitting(upstairs, now, "parking") == []


def test_dates_that_fit_have_room_for_everybody(now: datetime) -> None:
    course = make_course()
    upstairs = make_session(course=course, venue=make_venue(step_free=False))
    small = make_session(course=course, capacity=3)
    make_booking(small)
    assert fitting(upstairs, now, "step-free", places=2) == [small]
    assert fitting(upstairs, now, "step-free", places=3) == []


@pytest.mark.parametrize("size", [1, 7])
def test_looking_for_dates_is_one_query_and_gives_the_next_few(
    now: datetime, django_assert_num_queries: DjangoAssertNumQueries, size: int
) -> None:
    course = make_course()
    upstairs = make_session(course=course, venue=make_venue(step_free=False))
    for _ in range(size):
        make_session(course=course)
    policy = selectors.current_policy()
    with django_assert_num_queries(1):
        found = dates_that_fit(upstairs, templates=ALL, slugs=["step-free"], places=1, policy=policy, now=now)
        assert len([str(offer.session.venue) for offer in found]) == min(size, 5)


def test_what_is_offered_comes_in_order_in_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    offer_first_templates()
    RequirementTemplate.objects.filter(slug="hearing-loop").update(is_offered=False)
    RequirementTemplate.objects.filter(slug="quiet-room").update(position=1)
    with django_assert_num_queries(1):
        offered = selectors.offered_templates()
    assert [template.slug for template in offered] == [
        "quiet-room",
        "step-free-access",
        "cannot-kneel",
        "bsl-interpreter",
        "large-print",
        "reading-or-writing",
        "allergy",
        "health-condition",
        "assistance-dog",
    ]
    assert len(selectors.requirement_templates()) == 10


@pytest.mark.parametrize(
    "hint, days, whole",
    [
        ("", None, ""),
        ("We bring it", None, "We bring it"),
        ("", 10, "We need 10 working days"),
        ("We book it", 1, "We book it. We need 1 working day"),
    ],
)
def test_a_hint_says_how_much_notice_we_need(hint: str, days: int | None, whole: str) -> None:
    assert RequirementTemplate(hint=hint, notice_working_days=days).full_hint == whole
