"""The steps of booking, up to the review."""

from datetime import timedelta

from bookings.models import CourseSession
from bookings.services.scheduling import Day, set_days
from tests.browser.journey import TERMS
from tests.browser.scenes import THREE, Scene
from tests.browser.states import State
from tests.factories import make_venue
from tests.system.visitor import BOOKER, Answer, Visitor, agree, go_to_check, hold_places

SUMMARY = "div.error-summary"
WEEK = timedelta(days=7)


def session_step(scene: Scene) -> None:
    scene.session()
    scene.walk.open(f"/sessions/{scene.session().code}/book/?people=2")


def no_number_of_people(scene: Scene) -> None:
    session_step(scene)
    scene.walk.type_into("How many people?", "none")
    scene.walk.press("Continue")


def full_session(scene: Scene) -> None:
    session = scene.session(capacity=1)
    scene.walk.open(f"/sessions/{session.code}/book/")
    scene.booking(session=session)
    scene.walk.press("Continue")


def hold(scene: Scene, places: int = 1, **fields: object) -> tuple[Visitor, CourseSession, Answer]:
    visitor, session = scene.visitor(), scene.session(**fields)
    return visitor, session, hold_places(visitor, session.code, places)


def people_step(scene: Scene, places: int = 1) -> None:
    visitor, _, held = hold(scene, places)
    scene.go_on(visitor, visitor.follow(held))


def nobody_named(scene: Scene) -> None:
    people_step(scene, 3)
    scene.walk.press("Continue")


def person_removed(scene: Scene) -> None:
    people_step(scene, 3)
    scene.walk.press("Remove person 2")


def needs_step(scene: Scene, places: int = 3, **fields: object) -> None:
    visitor, _, held = hold(scene, places, **fields)
    people = visitor.follow(held)
    scene.go_on(visitor, visitor.follow(visitor.post(people, **BOOKER | THREE)))


def needs_unanswered(scene: Scene) -> None:
    needs_step(scene)
    scene.walk.press("Continue")


def venue_cannot(scene: Scene) -> None:
    """The venue has no step-free way in."""
    needs_step(scene, places=1, venue=make_venue(step_free=False))
    scene.walk.choose("Yes, here’s what helps")
    scene.walk.tick("Step-free access")
    scene.walk.press("Continue")


def review(scene: Scene) -> None:
    visitor, _, held = hold(scene, 3)
    scene.go_on(visitor, go_to_check(visitor, held, THREE))


def not_agreed(scene: Scene) -> None:
    review(scene)
    scene.walk.press("Continue to payment")


def all_changed(scene: Scene) -> None:
    """While it lay open the date moved and got dearer; that it shows older terms is made up on the page."""
    visitor, session, held = hold(scene, 3)
    scene.go_on(visitor, go_to_check(visitor, held, THREE))
    set_days(session=session, days=[Day(session.starts_at + WEEK, session.ends_at + WEEK)])
    CourseSession.objects.filter(pk=session.pk).update(price=95)
    scene.walk.page.eval_on_selector("[name=terms_shown]", "shown => { shown.value = '0' }")
    scene.walk.tick(TERMS)
    scene.walk.press("Continue to payment")


def lapsed(scene: Scene) -> None:
    visitor, session, held = hold(scene)
    people = visitor.follow(held)
    scene.lapse(session)
    scene.go_on(visitor, people)


def ordered(scene: Scene) -> None:
    visitor, session, held = hold(scene)
    check = go_to_check(visitor, held)
    agree(visitor, check)
    scene.walk.take_over(visitor)
    scene.walk.open(f"/sessions/{session.code}/book/check/")


SESSION, PEOPLE = "Choose your session", "Who is coming?"
NEEDS, REVIEW = "Does anyone need anything to take part?", "Check your booking"

STEPS = [
    State("bookings:book", "two dates", session_step, SESSION),
    State("bookings:book", "no number", no_number_of_people, SESSION, focus=SUMMARY, is_error=True),
    State("bookings:book", "just filled up", full_session, SESSION, focus="div.banner"),
    State("bookings:people", "one", people_step, PEOPLE),
    State("bookings:people", "twelve", lambda scene: people_step(scene, 12), PEOPLE),
    State("bookings:people", "nobody named", nobody_named, PEOPLE, focus=SUMMARY, is_error=True),
    State("bookings:people", "one removed", person_removed, PEOPLE, focus="legend#person-2"),
    State("bookings:people", "lapsed", lapsed, PEOPLE),
    State("bookings:requirements", "three", needs_step, NEEDS),
    State("bookings:requirements", "unanswered", needs_unanswered, NEEDS, focus=SUMMARY, is_error=True),
    State("bookings:requirements", "venue cannot", venue_cannot, NEEDS, focus="div.banner"),
    State("bookings:check", "three", review, REVIEW),
    State("bookings:check", "not agreed", not_agreed, REVIEW, focus=SUMMARY, is_error=True),
    State("bookings:check", "changed", all_changed, REVIEW, focus="div.banner"),
    State("bookings:check", "ordered", ordered, "You’ve placed this order"),
]
