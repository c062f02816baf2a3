"""Pages that change in their place with scripts, and do the same by themselves without."""

from collections.abc import Callable

from playwright.sync_api import Route

from bookings.models import CourseSession, Hold
from tests.browser.journey import PEOPLE, SESSION, Journey
from tests.browser.walking import SUMMARY, Walk


def test_people_come_and_go(person: Walk, session: CourseSession) -> None:
    journey = Journey(person, session, 2)
    journey.begin()
    journey.choose_places()
    person.type_into("First name", "Hannah")
    person.stays()

    person.press("Add another person 10 more places left")
    person.arrives(PEOPLE, at="input#id_person-3-first_name")
    person.page.keyboard.type("Priya")

    person.press("Remove person 2")
    person.arrives(PEOPLE, at="legend#person-2")
    person.has_words("Person 2 was removed.")
    assert person.page.get_by_label("First name").evaluate_all("all => all.map(one => one.value)") == [
        "Hannah",
        "",
        "Priya",
    ]

    person.press("Put Person 2 back")
    person.arrives(PEOPLE, at="legend#person-2")
    assert person.page.get_by_label("First name").evaluate_all("all => all.map(one => one.value)") == [
        "Hannah",
        "",
        "",
        "Priya",
    ]
    before = Hold.objects.get(session=session)
    assert before.places == 3

    fold = person.page.locator(".basket-fold summary")
    if fold.is_visible():
        fold.press("Enter")
    person.press("Hold my places for 20 more minutes")
    assert Hold.objects.get(session=session).expires_at > before.expires_at
    assert person.has_stayed == person.has_script
    # The browser's own way leads to the top of the page.
    assert person.focused == ("Hold my places for 20 more minutes" if person.has_script else "")


def test_pressed_again_and_again(walk: Callable[..., Walk], session: CourseSession) -> None:
    """What is pressed while the answer is under way counts."""
    person = walk()
    Journey(person, session).begin()
    person.stays()
    person.tab_to("One more")
    for _ in range(3):
        person.page.keyboard.press("Enter")
    person.page.wait_for_url("**people=4")
    person.page.wait_for_function("document.getElementById('id_places').value === '4'")
    person.arrives(SESSION, at="button#id_places_more")
    assert person.has_stayed
    assert person.page.locator("body > [role=status]").inner_text().startswith("Your booking: 4 places · £360")


def test_what_was_pressed_keeps_the_focus(walk: Callable[..., Walk], session: CourseSession) -> None:
    """Also in Safari, which gives none to a button that is pressed with a finger or a mouse."""
    person = walk()
    Journey(person, session).begin()
    person.page.evaluate("addEventListener('mousedown', (event) => event.preventDefault())")
    person.page.get_by_role("button", name="One more").click()
    person.page.wait_for_url("**people=2")
    assert person.page.get_by_label("How many people?").input_value() == "2"
    assert person.focus_at == "button#id_places_more"


def test_looking_for_a_course(walk: Callable[..., Walk]) -> None:
    """Each choice is looked for at once; the choice keeps the focus, the address says it, and Back takes it back."""
    person = walk(width=1280)
    person.open("/")
    person.stays()
    everything = person.page.locator(".result").inner_text()
    person.tab_to("Where")
    with person.page.expect_response("**where=*"):
        person.page.keyboard.press("ArrowDown")
    person.page.wait_for_url("**where=*")
    town = person.page.get_by_label("Where").input_value()
    assert town
    person.page.wait_for_function("before => document.querySelector('.result').innerText !== before", arg=everything)
    assert (person.focused, person.path) == ("Where", f"/?where={town}&people=1")
    assert person.page.locator("body > [role=status]").inner_text() == person.page.locator(".result").inner_text()
    dates = person.page.locator(".course-dates strong").all_inner_texts()
    assert dates
    assert all(date.endswith(f"· {town}") for date in dates)

    person.page.get_by_role("link", name="Clear all").press("Enter")
    person.page.wait_for_url(f"{person.site}/")
    assert (person.focus_at, person.page.get_by_label("Where").input_value()) == ("select#what", "")

    person.page.go_back()
    person.page.wait_for_function("before => document.querySelector('.result').innerText !== before", arg=everything)
    assert (person.page.get_by_label("Where").input_value(), person.path) == (town, f"/?where={town}&people=1")
    person.page.go_back()
    person.page.wait_for_function("before => document.querySelector('.result').innerText === before", arg=everything)
    assert (person.page.get_by_label("Where").input_value(), person.has_stayed) == ("", True)


def test_back_twice_before_the_first_was_answered(walk: Callable[..., Walk]) -> None:
    """What is shown stays: the answer to the first Back would put another page under this one's address."""
    person = walk(width=1280)
    person.open("/")
    person.stays()
    person.page.get_by_label("Where").select_option(index=1)
    person.page.wait_for_url("**where=*")
    person.page.get_by_role("link", name="Clear all").press("Enter")
    person.page.wait_for_url(f"{person.site}/")
    everything = person.page.locator(".result").inner_text()
    # It is left without an answer.
    person.page.route("**where=*", lambda _route: None)

    with person.page.expect_request("**where=*"):
        person.page.go_back()
    with person.page.expect_event("requestfailed"):
        person.page.go_back()

    assert (person.path, person.page.get_by_label("Where").input_value()) == ("/", "")
    assert (person.page.locator(".result").inner_text(), person.has_stayed) == (everything, True)


def test_more_dates_are_read_on_from_the_first_of_them(walk: Callable[..., Walk]) -> None:
    person = walk()
    person.open("/courses/emergency-first-aid-at-work/")
    person.stays()
    shown = person.page.locator(".sessions > li").count()
    person.page.locator("a[href*='all=']", has_text="more dates").last.press("Enter")
    person.page.wait_for_url("**all=1*")
    assert person.page.locator(".sessions > li").count() > shown
    assert (person.focus_at, person.has_stayed) == (f"h3#date-{shown + 1}", True)


def test_what_is_mended_is_not_called_wrong_any_more(walk: Callable[..., Walk], session: CourseSession) -> None:
    person = walk()
    journey = Journey(person, session)
    journey.begin()
    journey.choose_places()
    person.type_into("First name", "Hannah")
    person.press("Continue")
    person.arrives(PEOPLE, at=SUMMARY)
    person.stays()
    errors, summary = person.page.locator(".error"), person.page.locator(SUMMARY)
    assert "Enter a last name" in errors.all_inner_texts()

    person.type_into("Last name", "Okafor")
    with person.page.expect_response("**/people/**"):
        person.tab_to("Email")
    errors.filter(has_text="Enter a last name").wait_for(state="detached")
    assert "last name" not in summary.inner_text()
    assert person.page.get_by_label("Last name").first.get_attribute("aria-invalid") is None

    # Nobody is told off for what they have not come to yet.
    with person.page.expect_response("**/people/**"):
        person.page.locator("#id_person-1-first_name").fill("Tom")
        person.tab_to("Last name")
    person.page.locator("#id_person-1-first_name").fill("")
    with person.page.expect_response("**/people/**"):
        person.page.locator("#id_email").focus()
    assert person.page.locator("#id_person-1-email").get_attribute("aria-invalid") is None
    assert summary.locator("a").count() == errors.count()

    person.page.keyboard.type("hannah@")
    with person.page.expect_response("**/people/**"):
        person.tab_to("Phone")
    summary.filter(has_text="like name@example.com").wait_for()
    assert Hold.objects.get(session=session).draft.get("last_name", "") == ""

    # From the top again.
    person.page.get_by_label("First name").first.focus()
    journey.fill_in_booker()
    summary.wait_for(state="detached")
    person.arrives(PEOPLE, at=person.focus_at)
    assert (errors.count(), person.has_stayed) == (0, True)


def test_what_was_not_answered_is_not_sent_again_by_itself(walk: Callable[..., Walk], session: CourseSession) -> None:
    """It may have arrived: a second press is the person's to make, who has lost nothing."""
    person = walk()
    journey = Journey(person, session, 2)
    journey.begin()
    journey.choose_places()
    person.stays()
    person.type_into("First name", "Hannah")
    sent = []

    def cut(route: Route) -> None:
        sent.append(route.request.method)
        route.abort()

    person.page.route("**/people/", cut)
    person.tab_to("Add another person 10 more places left")
    person.page.keyboard.press("Enter")
    person.page.get_by_role("alert").filter(has_text="Nothing you typed is lost").wait_for()
    assert (sent, person.has_stayed, person.focused) == (["POST"], True, "Add another person 10 more places left")
    assert person.page.get_by_label("First name").first.input_value() == "Hannah"

    person.page.unroute("**/people/")
    # That the first attempt was cut off is what the console says, and this test's own doing.
    person.said.clear()
    person.press("Add another person 10 more places left")
    person.arrives(PEOPLE, at="input#id_person-3-first_name")
    assert Hold.objects.get(session=session).places == 3
    assert person.page.get_by_role("alert").count() == 0


def test_a_search_without_an_answer_is_left_to_the_browser(walk: Callable[..., Walk]) -> None:
    person = walk()
    person.open("/")
    person.stays()
    person.page.route(
        "**", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_()
    )
    person.press("Show courses")
    person.arrives("First aid training across Yorkshire")
    assert (person.path, person.has_stayed) == ("/?people=1", False)
    person.said.clear()
