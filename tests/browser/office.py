"""What there is to look at in the office, and who looks: by the names of its addresses, from the table of rights.

A page with a row in that table is looked at without being named here, unless NO_PAGES gives a reason.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

import pyotp
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import get_resolver, reverse
from playwright.sync_api import Browser

from customers.models import User
from customers.roles import RoleName
from customers.services import second_factor
from tests.architecture.rights_table import MODELS, STAFF_PAGES
from tests.architecture.rights_world import World, make_world
from tests.browser.seeing import AXE, NARROWEST, run_axe
from tests.browser.walking import WIDTHS, Walk, open_walk
from tests.factories import make_user

OWNER, TRAINER, STRANGER = "w", "i", "stranger"
PASSWORD = "a long made-up password"

NO_PAGES = {
    "view_on_site": "no record has a page on the site",
    "jsi18n": "for scripts",
    "autocomplete": "for scripts",
    "second_factor_set_up": "on the way of setting one up",
    "second_factor_codes": "on the way of setting one up",
    "second_factor_remove": "on the way of setting one up",
    "customers_note_pin": "only a press",
    "bookings_booking_confirmation": "a file",
    "bookings_booking_export": "a file",
    "bookings_specialrequirement_page_arranged": "only a press",
    "bookings_specialrequirement_page_again": "only a press",
    "payments_payment_look": "only a press",
    "payments_refund_again": "only a press",
    "communications_message_letter": "stands in a frame of the message's page",
    "communications_mailboxmessage_attachment": "a file",
}


@dataclass(frozen=True)
class Look:
    """One page of the office, as one person meets it."""

    name: str
    query: str = ""
    who: str = OWNER
    sends: str = ""
    """The button that is pressed first, with nothing typed."""
    status: int = 200
    is_error: bool = False
    """Whether its title begins with "Error:"."""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.query, self.sends, "" if self.who == OWNER else self.who)))


def _every_page() -> Iterator[Look]:
    for name, row in STAFF_PAGES.items():
        if name not in NO_PAGES:
            yield Look(name, row.query, status=row.status)
    for label, model in MODELS.items():
        prefix = label.replace(".", "_")
        for ending, letters in (("changelist", model.view), ("add", model.add), ("change", model.view)):
            if OWNER in letters:
                yield Look(f"{prefix}_{ending}")
    # The history of a change is the same page for every record.
    yield Look("bookings_booking_history")


MORE = [
    *(Look("customers_user_page", f"tab={tab}") for tab in ("bookings", "payments", "invoices", "messages")),
    Look("customers_lookup", "q=lee"),
    Look("customers_lookup", "q=nobody+of+that+name"),
    Look("bookings_specialrequirement_page", sends="Show what was said"),
    Look("customers_user_note", sends="Save note", is_error=True),
    Look("bookings_booking_new", sends="Book", is_error=True),
    Look("password_change", sends="Change my password", is_error=True),
    Look("bookings_course_add", sends="Save", is_error=True),
    Look("index", who=TRAINER),
    Look("bookings_coursesession_changelist", who=TRAINER),
    Look("bookings_coursesession_page", who=TRAINER),
    Look("bookings_booking_changelist", who=TRAINER, status=403),
    Look("login", who=STRANGER),
    Look("login", who=STRANGER, sends="Log in", is_error=True),
]
LOOKS = [*_every_page(), *MORE]

THE_WAY_IN = (
    "login_code",
    "second_factor_begin",
    "second_factor_set_up",
    "second_factor_set_up wrong",
    "codes",
    "second_factor",
    "second_factor_codes",
    "second_factor_remove",
)
"""A member of staff sets up a device, and meets it when they come again: the pages in this order, the first last.

Where a device is required, `login_set_up` shows the page of `second_factor_set_up` in the frame of the log-in.
"""


@dataclass(frozen=True)
class Seen:
    status: int
    headings: list[str]
    title: str
    axe: dict[int, list[str]]
    """By width."""
    sticking_out: list[str]
    said: list[str]
    violations: list[str]
    html: str = field(repr=False)


@dataclass
class Office:
    """The running site with one of everything in it, and the browsers of those who look."""

    browser: Browser
    site: str
    world: World
    walks: dict[str, Walk]
    _open: ExitStack

    @classmethod
    def open(cls, browser: Browser, site: str, stack: ExitStack) -> "Office":
        with transaction.atomic():
            world = make_world()
        office = cls(browser, site, world, {}, stack)
        for who in (OWNER, TRAINER, STRANGER):
            office.walks[who] = office._walk()
            if who != STRANGER:
                session = office.world.browsers[who].cookies["sessionid"].value
                cookie = {"name": "sessionid", "value": session, "url": site}
                office.walks[who].page.context.add_cookies([cookie])  # type: ignore[list-item]
        return office

    def look(self, look: Look) -> Seen:
        walk = self.walks[look.who]
        walk.page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})
        walk.open(self._path(look))
        if look.sends:
            button = walk.page.locator("main").get_by_role("button", name=look.sends, exact=True)
            with walk.page.expect_navigation():
                button.click()
        return see(walk)

    def way_in(self) -> Mapping[str, Seen]:
        """Every page of THE_WAY_IN."""
        person = _member()
        walk, seen = self._walk(), {}
        self._log_in(walk, person)
        walk.open(reverse("admin:second_factor_begin"))
        seen["second_factor_begin"] = see(walk)
        self._type(walk, "password", PASSWORD)
        seen["second_factor_set_up"] = see(walk)
        self._type(walk, "code", "000000")
        seen["second_factor_set_up wrong"] = see(walk)
        factor = second_factor.being_set_up(person.pk)
        assert factor is not None
        self._type(walk, "code", pyotp.TOTP(factor.secret).now())
        seen["codes"] = see(walk)
        for name in ("second_factor", "second_factor_codes", "second_factor_remove"):
            walk.open(reverse(f"admin:{name}"))
            seen[name] = see(walk)
        again = self._walk()
        self._log_in(again, person)
        return {"login_code": see(again)} | seen

    def _walk(self) -> Walk:
        return self._open.enter_context(open_walk(self.browser, self.site, width=1280))

    def _log_in(self, walk: Walk, person: User) -> None:
        walk.open(reverse("admin:login"))
        walk.page.fill("[name=username]", person.email)
        self._type(walk, "password", PASSWORD)

    def _type(self, walk: Walk, name: str, text: str) -> None:
        walk.page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})
        walk.page.fill(f"[name={name}]", text)
        with walk.page.expect_navigation():
            walk.page.keyboard.press("Enter")

    def _path(self, look: Look) -> str:
        name = f"admin:{look.name}"
        ((_address, parameters),) = get_resolver().namespace_dict["admin"][1].reverse_dict.getlist(look.name)[0][0]
        arguments = self.world.arguments(look.name, dict.fromkeys(parameters, ""))
        return reverse(name, kwargs=arguments) + (f"?{look.query}" if look.query else "")


def see(walk: Walk) -> Seen:
    """Looks at the page that the walk has come to."""
    page = walk.page
    page.evaluate(AXE.read_text())
    axe = {}
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        axe[width] = run_axe(page, preload=False)
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    said = list(walk.said)
    walk.said.clear()
    return Seen(
        walk.status, walk.headings, page.title(), axe, walk.sticking_out(), said, walk.violations(), walk.document
    )


def _member() -> User:
    """Somebody who logs in with a password and has no device yet."""
    person = make_user(kind=User.Kind.ADMIN, is_staff=True, first_name="Jas", last_name="Bains", password=PASSWORD)
    person.groups.add(Group.objects.get(name=RoleName.OFFICE))
    return person
