"""Pages that anybody may open, and those that say what went wrong."""

from http import HTTPStatus
from pathlib import Path

from django.db import connection

from tests.browser.scenes import COURSE, Scene
from tests.browser.states import State

SIGN_INS_A_MINUTE = 10


def catalogue_without_match(scene: Scene) -> None:
    scene.walk.open("/?what=outdoor-first-aid&where=Nowhere")


def course(scene: Scene) -> None:
    scene.walk.open("/")
    scene.walk.page.get_by_role("link", name="Emergency First Aid at Work", exact=True).first.click()


def course_in_every_state(scene: Scene) -> None:
    session = scene.session(capacity=2)
    scene.booking(session=session)
    scene.walk.open(session.course.get_absolute_url())


def course_without_dates(scene: Scene) -> None:
    course = scene.course_without_dates()
    scene.walk.open(course.get_absolute_url())


def asked_without_address(scene: Scene) -> None:
    scene.walk.open("/my/sign-in/")
    scene.walk.press("Email me a sign-in link")


def asked_for_link(scene: Scene) -> None:
    scene.walk.open("/my/sign-in/")
    scene.walk.type_into("Email address", "hannah@example.org")
    scene.walk.press("Email me a sign-in link")


def asked_too_often(scene: Scene) -> None:
    """More often than is allowed in a minute; where one minute ends meanwhile, in the next."""
    page = scene.walk.page
    # As from one household behind the proxy, which says whose address it is.
    page.context.set_extra_http_headers({"X-Real-IP": "203.0.113.7"})
    scene.walk.open("/my/sign-in/")
    typed: dict[str, str | float | bool] = {
        "csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value(),
        "email": "",
    }
    for _ in range(2):
        for _ in range(SIGN_INS_A_MINUTE):
            page.context.request.post(page.url, form=typed, headers={"Origin": scene.site.url})
        scene.walk.press("Email me a sign-in link")
        if scene.walk.status == HTTPStatus.TOO_MANY_REQUESTS:
            return


def form_without_cookies(scene: Scene) -> None:
    scene.walk.open("/my/sign-in/")
    scene.walk.page.context.clear_cookies()
    scene.walk.press("Email me a sign-in link")


def site_by_another_name(scene: Scene) -> None:
    scene.walk.open(scene.site.url.replace("127.0.0.1", "localhost") + "/help/")


def database_in_trouble(scene: Scene) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE bookings_course RENAME TO bookings_course_gone")
        try:
            scene.walk.open("/courses/emergency-first-aid-at-work/")
        finally:
            cursor.execute("ALTER TABLE bookings_course_gone RENAME TO bookings_course")


def maintenance(scene: Scene) -> None:
    sign = Path(scene.site.environment["MAINTENANCE_FILE"])
    sign.touch()
    try:
        scene.walk.open("/")
    finally:
        sign.unlink()


OPEN = [
    State("bookings:catalogue", "all", lambda scene: scene.walk.open("/"), "First aid training across Yorkshire"),
    State(
        "bookings:catalogue",
        "for three",
        lambda scene: scene.walk.open("/?people=3"),
        "First aid training across Yorkshire",
    ),
    State("bookings:catalogue", "no match", catalogue_without_match, "First aid training across Yorkshire"),
    State("bookings:course", "of the demo", course, "Emergency First Aid at Work"),
    State("bookings:course", "full", course_in_every_state, COURSE),
    State("bookings:course", "without dates", course_without_dates, "Lone Worker First Aid"),
    State(
        "bookings:verify_certificate",
        "form",
        lambda scene: scene.walk.open("/certificates/verify/"),
        "Check a certificate",
    ),
    State(
        "bookings:verify_certificate",
        "not found",
        lambda scene: scene.walk.open("/certificates/verify/?code=C-2026-01873"),
        "We can’t find that certificate",
    ),
    State(
        "bookings:verify_certificate",
        "nothing typed",
        lambda scene: scene.walk.open("/certificates/verify/?code="),
        "Check a certificate",
        focus="div.error-summary",
        is_error=True,
    ),
    State("communications:help", "", lambda scene: scene.walk.open("/help/"), "Help"),
    State("communications:terms", "", lambda scene: scene.walk.open("/terms/"), "Booking terms"),
    State("communications:terms_version", "first", lambda scene: scene.walk.open("/terms/1/"), "Booking terms"),
    State("communications:privacy", "", lambda scene: scene.walk.open("/privacy/"), "Privacy"),
    State("communications:accessibility", "", lambda scene: scene.walk.open("/accessibility/"), "Accessibility"),
    State("customers:sign_in", "", lambda scene: scene.walk.open("/my/sign-in/"), "See your bookings"),
    State(
        "customers:sign_in",
        "nothing typed",
        asked_without_address,
        "See your bookings",
        focus="div.error-summary",
        is_error=True,
    ),
    State("customers:sign_in_sent", "", asked_for_link, "Check your email"),
    State("error", "unknown", lambda scene: scene.walk.open("/nothing/"), "We can’t find that page", 404),
    State(
        "error",
        "not yours",
        lambda scene: scene.walk.open("/bookings/RFT-AAAA-AA/"),
        "We can’t find that page",
        404,
    ),
    State("error", "unreadable", site_by_another_name, "We couldn’t read what your browser sent", 400),
    State("error", "without cookies", form_without_cookies, "That page was open for too long", 403),
    State("error", "too often", asked_too_often, "Wait a minute, then try again", 429),
    State("error", "our fault", database_in_trouble, "Something went wrong on our side", 500),
    State("error", "maintenance", maintenance, "We’re working on the website", 503),
]
