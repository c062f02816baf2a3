"""Booking by keyboard alone, from the catalogue to the paid booking. Each step says that it was come to rightly."""

from dataclasses import dataclass

from bookings.models import Booking, CourseSession
from config.kernel import clock
from tests.browser.walking import Walk
from tests.system.site import RunningSite
from tests.system.visitor import order_places

SESSION, PEOPLE = "Choose your session", "Who is coming?"
NEEDS, REVIEW = "Does anyone need anything to take part?", "Check your booking"
BOOKED = "You’re booked, Hannah"
TERMS = "I agree to the booking terms (opens in a new tab) for everyone on this booking"
PAID_CARD, DECLINED_CARD, CARD_WITH_CHECK = "4242424242424242", "4000000000000002", "4000000000003220"
COMPLETE, FAIL = "Complete authentication", "Fail authentication"
PRICE = 90
NAMES = ["Tom", "Priya", "Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gia", "Hal", "Ivy"]
"""Who may come with Hannah."""


@dataclass
class Journey:
    """Hannah books so many places on a session. Methods go one step each, and fail where the next page is not right."""

    walk: Walk
    session: CourseSession
    places: int = 1

    @property
    def sum(self) -> str:
        """As the pages say it."""
        return f"£{self.places * PRICE:,}"

    @property
    def book_link(self) -> str:
        """What leads from the course's page to step 1."""
        day = clock.format_date(clock.london_date(self.session.starts_at))
        return f"Book {day}, Sheffield"

    @property
    def pay_page(self) -> str:
        return f"Pay {self.sum}"

    def begin(self) -> None:
        """From the catalogue to step 1."""
        self.walk.open("/")
        self.walk.arrives("First aid training across Yorkshire")
        self.walk.press(self.session.course.name)
        self.walk.arrives(self.session.course.name)
        self.walk.press(self.book_link)
        self.walk.arrives(SESSION)

    def choose_places(self) -> None:
        self.walk.type_into("How many people?", str(self.places))
        self.walk.press("Continue")
        self.walk.arrives(PEOPLE)

    def name_people(self) -> None:
        self.fill_in_booker()
        for name in NAMES[: self.places - 1]:
            self.walk.type_into("First name", name)
            self.walk.type_into("Last name", "Ackroyd")
            self.walk.tick(f"Send {name}’s emails to me instead", "Send this person’s emails to me instead")
        self.walk.press("Continue")
        self.walk.arrives(NEEDS)

    def fill_in_booker(self) -> None:
        """Hannah books for work, and comes too."""
        self.walk.type_into("First name", "Hannah")
        self.walk.type_into("Last name", "Okafor")
        self.walk.type_into("Email", "hannah@example.org")
        self.walk.type_into("Phone", "07700 900142")
        self.walk.choose("For work")
        self.walk.tick("I’m coming on the course too")

    def say_needs(self) -> None:
        for _ in range(self.places):
            self.walk.choose("Nothing needed")
            # On to the next person's question.
            self.walk.page.keyboard.press("Tab")
        self.walk.press("Continue")
        self.walk.arrives(REVIEW)

    def agree(self) -> None:
        self.walk.tick(TERMS)
        self.walk.press("Continue to payment")
        self.walk.arrives(self.pay_page)

    def come_to_payment(self) -> None:
        self.begin()
        self.choose_places()
        self.name_people()
        self.say_needs()
        self.agree()

    def find_payment(self, site: RunningSite) -> Booking:
        """At the payment step at once: what lies before it was done over HTTP. Gives back the order."""
        visitor = site.visitor()
        page = order_places(visitor, self.session.code, self.places)
        self.walk.take_over(visitor)
        self.walk.open(page.path)
        self.walk.arrives(self.pay_page)
        return Booking.objects.get(session=self.session)

    def pay(self, card: str = PAID_CARD, bank: str = "") -> None:
        """With what there is: the form on our page, or Stripe's. `bank` is what to press where the bank asks."""
        if self.walk.has_script:
            self.pay_here(card, bank)
        else:
            self.pay_at_stripe(card, bank)

    def pay_here(self, card: str, bank: str = "") -> None:
        """Presses "Pay"; where the page leads, or what it says then, is for the caller to look at."""
        self.walk.page.get_by_role("button", name=self.pay_page).wait_for()
        self.type_card(card, "Expiry date", "Security code")
        self.walk.tab_to(self.pay_page)
        self.walk.page.keyboard.press("Enter")
        if bank:
            self.walk.page.frame_locator("dialog iframe").get_by_role("button", name=bank).wait_for()
            self.walk.tab_to(bank)
            self.walk.page.keyboard.press("Enter")

    def pay_at_stripe(self, card: str, bank: str = "") -> None:
        """Goes to Stripe's own page and pays there."""
        self.walk.press("Continue to Stripe to pay")
        self.retry_at_stripe(card, bank)

    def retry_at_stripe(self, card: str, bank: str = "") -> None:
        self.type_card(card, "Expiry date (MM / YY)", "Security code (CVC)")
        self.walk.type_into("Name on card", "Hannah Okafor")
        self.walk.press(f"Pay {self.sum}.00")
        if bank:
            self.walk.press(bank)

    def type_card(self, card: str, expiry: str, code: str) -> None:
        self.walk.type_into("Card number", card)
        self.walk.type_into(expiry, "12/34")
        self.walk.type_into(code, "123")

    def is_booked(self) -> None:
        self.walk.page.wait_for_url("**/bookings/RFT-*/")
        self.walk.arrives(BOOKED, at="section.panel")
