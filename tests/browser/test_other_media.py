"""What is drawn otherwise: on paper, and in the colours of the system. And what a script adds to a page that waits."""

from collections.abc import Callable
from datetime import timedelta

from bookings.models import Booking, CourseSession
from config.kernel import clock
from tests.browser.journey import Journey
from tests.browser.walking import Walk
from tests.system.site import RunningSite

MINUTE = 60_000
WARNING = "only until"


def test_on_paper_there_is_nothing_to_press(walk: Callable[..., Walk]) -> None:
    person = walk(width=1280)
    person.open("/courses/emergency-first-aid-at-work/")
    left_out = person.page.locator(".width > .site-nav, .site-footer, a.button, .breadcrumb")
    assert {one.is_visible() for one in left_out.all()} == {True}

    person.page.emulate_media(media="print")

    assert {one.is_visible() for one in left_out.all()} == {False}
    assert person.headings == ["Emergency First Aid at Work"]
    dates = person.page.locator(".session h3")
    assert dates.count() == 5
    assert all(date.is_visible() for date in dates.all())
    # Where a link leads out of the site, paper has to say where.
    person.page.evaluate("""() => document.querySelector("main p").append(
        Object.assign(document.createElement("a"), {href: "https://example.org/", textContent: "elsewhere"}))""")
    after = "getComputedStyle(document.querySelector('main a[href^=\"http\"]'), '::after').content"
    assert person.page.evaluate(after) == '" (https://example.org/)"'


def test_in_the_systems_colours_ticks_steps_and_tags_can_still_be_seen(
    walk: Callable[..., Walk], session: CourseSession
) -> None:
    """A contrast theme takes grounds away: what was told by one has a border or the colour of text."""
    person = walk()
    person.page.emulate_media(forced_colors="active")
    person.open(f"/sessions/{session.code}/book/")

    style = "(element, [pseudo, property]) => getComputedStyle(element, pseudo || undefined)[property]"

    def drawn(selector: str, what: str, pseudo: str = "") -> str:
        return str(person.page.locator(selector).first.evaluate(style, [pseudo, what]))

    text = drawn("body", "color")
    assert drawn(".meter .free", "fill") == text
    assert drawn(".tag", "borderTopStyle") == "solid"
    assert drawn(".steps li.current", "borderTopWidth", "::before") == "3px"
    assert drawn(".steps li:not(.current):not(.done)", "borderTopStyle", "::before") == "solid"
    assert drawn("button[type=submit]:not(.visually-hidden)", "borderTopStyle") == "solid"


def test_the_menu_of_a_phone_closes_on_escape_and_on_a_press_beside_it(walk: Callable[..., Walk]) -> None:
    person = walk()
    person.open("/help/")
    menu = person.page.locator("details.site-menu")
    for close in (lambda: person.page.keyboard.press("Escape"), lambda: person.page.locator("h1").click()):
        person.page.locator(".site-menu summary").focus()
        person.page.keyboard.press("Enter")
        assert menu.get_attribute("open") == ""
        close()
        assert menu.get_attribute("open") is None


def test_the_basket_of_a_phone_closes_on_escape_also_once_the_page_was_changed_in_its_place(
    walk: Callable[..., Walk], session: CourseSession
) -> None:
    person = walk()
    person.open(f"/sessions/{session.code}/book/")
    Journey(person, session).choose_places()
    person.press("Add another person 11 more places left")
    basket = person.page.locator("details.basket-fold")
    person.page.locator(".basket-fold summary").filter(has_text="2 places").focus()
    person.page.keyboard.press("Enter")
    assert basket.get_attribute("open") == ""
    person.page.keyboard.press("Escape")
    assert basket.get_attribute("open") is None
    assert person.focused.startswith("Your booking: 2 places")


def test_places_soon_given_back_are_spoken_of_once_four_minutes_before(
    walk: Callable[..., Walk], session: CourseSession
) -> None:
    person = walk()
    person.page.clock.install()
    person.open(f"/sessions/{session.code}/book/")
    Journey(person, session).choose_places()
    warning = person.page.locator("[role=status] .banner").filter(has_text=WARNING)
    person.page.clock.fast_forward(15 * MINUTE)
    assert warning.count() == 0

    person.page.clock.fast_forward(MINUTE)
    warning.wait_for()
    person.page.clock.fast_forward(3 * MINUTE)
    assert (warning.count(), person.focus_at) == (1, "body")


def test_an_order_soon_let_go_is_spoken_of_until_more_time_is_asked_for(
    walk: Callable[..., Walk], session: CourseSession, site: RunningSite
) -> None:
    person = walk()
    journey = Journey(person, session)
    order = journey.find_payment(site)
    warning = person.page.locator("[role=status] .banner").filter(has_text=WARNING)
    assert not warning.is_visible()
    Booking.objects.filter(pk=order.pk).update(lapses_at=clock.now() + timedelta(minutes=3))

    person.open(person.path)
    warning.wait_for()
    person.page.get_by_role("button", name=journey.pay_page).wait_for()
    person.stays()
    warning.get_by_role("button", name="Hold my places for 20 more minutes").press("Enter")

    warning.wait_for(state="hidden")
    assert person.has_stayed
    person.page.get_by_role("status").filter(has_text="We’re holding your places until").first.wait_for()
    order.refresh_from_db()
    assert order.lapses_at is not None
    assert order.lapses_at > clock.now() + timedelta(minutes=15)
