"""Somebody rings: the office finds them by half a name, books for them, sends the payment link and writes a note.

Whoever sits at the desk has a telephone in one hand, so presses are counted. Typing is free, and so is the key that
leads to the search; a press of the mouse is one, Enter where it sends something is one, and so is each half of taking
something from a list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from bookings.models import Booking, CourseSession
from communications.models import Message
from config.kernel import clock
from customers.models import Activity, Note, User
from customers.roles import RoleName
from tests.browser.members import log_in, make_member
from tests.browser.walking import Walk
from tests.factories import make_booking, make_session, make_user
from tests.system.servers import until
from tests.system.site import RunningSite

MOST = 12
"""Presses that a call may take at a desk."""
NOTE = "Parking is what they ask about: send the map."


@dataclass
class Hand:
    """The one that is free."""

    walk: Walk
    presses: int = 0

    @property
    def page(self) -> Page:
        return self.walk.page

    def press(self, element: Locator) -> None:
        self.presses += 1
        element.click()

    def follow(self, element: Locator) -> None:
        """A press that leads to another page."""
        with self.page.expect_navigation():
            self.press(element)

    def send(self) -> None:
        """Enter."""
        self.presses += 1
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def type(self, field: Locator, text: str) -> None:
        """A field that has the focus already needs no press."""
        if not field.evaluate("(element) => element === document.activeElement"):
            self.press(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def take(self, field: Locator, value: str) -> None:
        """One press opens the list, the other takes something from it."""
        self.presses += 2
        field.select_option(value)


@pytest.fixture
def caller(surname: str, session: CourseSession) -> User:
    """She was here before; somebody else has a name like hers."""
    make_user(first_name="Graham", last_name=surname.replace("e", ""))
    caller = make_user(first_name="Grace", last_name=surname, phone="0114 496 0123")
    earlier = make_session(course=session.course, starts_at=clock.now() - timedelta(days=200))
    make_booking(earlier, customer=caller)
    return caller


@pytest.fixture
def clerk(site: RunningSite) -> User:
    return make_member(RoleName.OFFICE, first_name="Jas", last_name="Bains")


def find_while_typing(hand: Hand, caller: User) -> None:
    hand.page.keyboard.press("Control+k")
    hand.page.keyboard.type(_half(caller))
    hand.follow(hand.page.get_by_role("link", name=str(caller), exact=True))


def find_by_sending(hand: Hand, caller: User) -> None:
    """On a phone without scripts."""
    hand.press(hand.page.locator("summary", has_text="Menu"))
    hand.press(hand.page.get_by_role("searchbox", name="Search everything"))
    hand.page.keyboard.type(_half(caller))
    hand.send()
    hand.follow(hand.page.locator("main").get_by_role("link", name=str(caller), exact=True))


def answer(hand: Hand, find: Callable[[Hand, User], None], caller: User, session: CourseSession) -> None:
    """The whole call, with what is read out on the way."""
    page, shown = hand.page, hand.walk.has_words
    find(hand, caller)
    assert hand.walk.headings == [str(caller)]
    hand.follow(page.get_by_role("link", name="Bookings 1"))
    shown(session.course.name)

    hand.follow(page.get_by_role("link", name="New booking", exact=True))
    shown(str(caller))
    sessions = page.get_by_role("combobox", name="Session", exact=True)
    expect(sessions).to_be_focused()
    hand.take(sessions, f"{session.pk}~{session.price}")
    hand.type(page.get_by_role("textbox", name="Places", exact=True), "3")
    if hand.walk.has_script:
        page.get_by_text("£270.00").wait_for()
    hand.press(page.get_by_role("radio", name="For work"))
    hand.press(page.get_by_role("checkbox", name="They agree to the booking terms"))
    hand.follow(page.get_by_role("button", name="Book", exact=True))
    shown("a payment link for £270.00 is on its way to")

    hand.follow(page.locator("main").get_by_role("link", name=str(caller), exact=True))
    if hand.walk.has_script:
        hand.press(page.locator("summary", has_text="Add a note"))
    else:
        hand.follow(page.get_by_role("link", name="Add note"))
    words = page.get_by_role("textbox", name="Note", exact=True)
    expect(words).to_be_focused()
    hand.type(words, NOTE)
    hand.follow(page.get_by_role("button", name="Save note"))
    shown(NOTE)


@pytest.mark.parametrize(
    "surname, width, has_script, find, presses",
    [("Thackeray", 1280, True, find_while_typing, MOST), ("Ollerenshaw", 390, False, find_by_sending, 15)],
    ids=["desk", "phone without scripts"],
)
def test_a_call_is_answered(
    width: int,
    has_script: bool,
    find: Callable[[Hand, User], None],
    presses: int,
    walk: Callable[..., Walk],
    caller: User,
    clerk: User,
    session: CourseSession,
    site: RunningSite,
) -> None:
    hand = Hand(walk(width=width, has_script=has_script))
    log_in(hand.walk, clerk)

    answer(hand, find, caller, session)

    assert hand.presses == presses
    booking = Booking.objects.get(session=session)
    assert (booking.customer, booking.created_by, booking.source) == (caller, clerk, Booking.Source.PHONE)
    assert (booking.status, booking.total) == (Booking.Status.PENDING, Decimal("270.00"))
    assert booking.attendees.count() == 3
    note = Note.objects.get(user=caller)
    assert (note.body, note.author) == (NOTE, clerk)
    lines = Activity.objects.filter(user=caller).order_by("id")
    assert [(line.kind, line.actor_user) for line in lines] == [
        ("booking_placed", clerk),
        ("payment_link_sent", clerk),
        ("note_added", clerk),
    ]
    link = Message.objects.get(user=caller)
    assert (link.kind, link.booking, link.amount) == (Message.Kind.PAYMENT_LINK, booking, Decimal("270.00"))
    until(lambda: _arrived(site, caller) > 0)
    assert _arrived(site, caller) == 1


@pytest.mark.parametrize("width, surname", [(390, "Fenwick"), (1280, "Kershaw")])
def test_the_key_leads_to_the_search_and_escape_closes_what_was_found(
    width: int, walk: Callable[..., Walk], caller: User, clerk: User
) -> None:
    person = walk(width=width)
    log_in(person, clerk)
    person.open("/admin/")
    person.page.keyboard.press("Control+k")
    person.page.keyboard.type(_half(caller))
    found = person.page.locator(".palette").filter(has_text=str(caller))
    found.wait_for()

    person.page.keyboard.press("ArrowDown")
    assert found.locator(":focus").count() == 1
    person.page.keyboard.press("Escape")
    found.wait_for(state="hidden")
    assert person.page.locator(":focus").input_value() == _half(caller)


def _half(person: User) -> str:
    """What was understood of the name."""
    return person.last_name.lower()[:6]


def _arrived(site: RunningSite, person: User) -> int:
    """Letters to them."""
    return len([letter for letter in site.mail.messages if person.email in str(letter["To"])])
