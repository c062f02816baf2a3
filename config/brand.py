"""The face of the business: the one place to change its name, telephone, hours and what it offers.

Colours are in static/css/site/00-tokens.css, the mark in static/img/mark.svg. What the law wants said (legal name,
address, company and VAT numbers) is the current invoicing.SupplierProfile, edited by staff and kept in versions.
"""

from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class Brand:
    name: str
    phone: str
    phone_link: str
    hours: str
    email: str
    sender: str
    """The address that letters come from, unless DEFAULT_FROM_EMAIL names another; answers go to `email`."""
    headline: str
    promise: str

    @property
    def first_words(self) -> str:
        """The name without its last word: "React Fast"; nothing for a name of one word. The wordmark sets it bold."""
        return self.name.rpartition(" ")[0]

    @property
    def last_word(self) -> str:
        return self.name.rpartition(" ")[2]


BRAND = Brand(
    name="React Fast Training",
    phone="0114 496 0321",
    phone_link="tel:+441144960321",
    hours="Monday to Friday, 8:30am to 5pm",
    email="hello@reactfast.example",
    sender="bookings@reactfast.example",
    headline="First aid training across Yorkshire",
    promise=(
        "Hands-on, certificated courses for workplaces, nurseries and the outdoors. "
        "Book one place, or up to 12 at once."
    ),
)


def brand(_request: HttpRequest) -> dict[str, Brand]:
    """Template context: `brand` on every page."""
    return {"brand": BRAND}
