"""Something wrong at each step: the summary says it first, has the focus, and leads to the field."""

from collections.abc import Callable

from bookings.models import Booking, CourseSession
from tests.browser.journey import NEEDS, PEOPLE, REVIEW, SESSION, TERMS, Journey
from tests.browser.walking import SUMMARY, Walk
from tests.system.site import RunningSite


def leads_to(person: Walk, problem: str, field: str) -> None:
    """The line in the summary, pressed, moves the focus to the field."""
    person.tab_to(problem)
    person.page.keyboard.press("Enter")
    person.focus_moves_to(field)


def test_a_mistake_at_each_step(person: Walk, session: CourseSession) -> None:
    journey = Journey(person, session, 2)
    journey.begin()

    person.type_into("How many people?", "many")
    person.press("Continue")
    person.arrives(SESSION, at=SUMMARY)
    leads_to(person, "Enter how many people are coming, from 1 to 12", "How many people?")
    journey.choose_places()

    person.type_into("First name", "Hannah")
    person.press("Continue")
    person.arrives(PEOPLE, at=SUMMARY)
    leads_to(person, "Enter a last name", "Last name")
    # From the top again.
    person.open(f"/sessions/{session.code}/book/people/")
    journey.name_people()

    person.press("Continue")
    person.arrives(NEEDS, at=SUMMARY)
    leads_to(person, "Choose whether you need anything", "Nothing needed")
    journey.say_needs()

    person.press("Continue to payment")
    person.arrives(REVIEW, at=SUMMARY)
    leads_to(person, "Tick the box to agree to the booking terms", TERMS)
    assert not Booking.objects.filter(session=session).exists()
    journey.agree()


def test_a_card_that_is_not_typed(walk: Callable[..., Walk], session: CourseSession, site: RunningSite) -> None:
    """Without scripts it is Stripe's own page that says so."""
    person = walk()
    journey = Journey(person, session)
    journey.find_payment(site)
    person.page.get_by_role("button", name=journey.pay_page).wait_for()

    person.tab_to(journey.pay_page)
    person.page.keyboard.press("Enter")

    person.page.get_by_role("alert").filter(has_text="Your card number is incomplete.").wait_for()
    assert person.page.title().startswith("Error: ")
    person.focus_moves_to("Card number")
