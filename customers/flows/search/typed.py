"""What a text can be, told from the text alone."""

import re
from dataclasses import dataclass
from functools import cached_property

from config.kernel import clock
from config.kernel.references import ALPHABET, reference_key
from config.kernel.searching import LONGEST_SEARCH, SHORTEST_PART, phone_digits
from customers.email_keys import email_key
from payments.selectors import is_stripe_id

_INVOICE = re.compile(r"(?:INV)?[\s-]*(?:(?P<year>20\d\d)[\s-]+)?(?P<number>\d{1,7})", re.IGNORECASE)
# Invoices are kept six years after the year they were made in; some more for those of older systems.
_YEARS = 10


@dataclass(frozen=True)
class Typed:
    """What somebody typed, trimmed. A text with a null character is no text: nothing can hold it."""

    text: str

    @classmethod
    def of(cls, raw: str) -> "Typed":
        return cls("" if "\0" in raw else " ".join(raw.split())[:LONGEST_SEARCH])

    @property
    def is_short(self) -> bool:
        """Too short for anything but beginnings."""
        return len(self.text) < SHORTEST_PART

    @property
    def is_stripe_id(self) -> bool:
        return is_stripe_id(self.text)

    @property
    def email_key(self) -> str | None:
        """The key of a whole address, if it is one."""
        return email_key(self.text) if "@" in self.text else None

    @property
    def address_parts(self) -> tuple[str, str] | None:
        """The two sides of an address, folded to lower case, if it looks like one."""
        local, at, domain = self.text.lower().rpartition("@")
        return (local, domain) if at and local and domain and " " not in self.text else None

    @cached_property
    def digits(self) -> str:
        """Of a telephone number, or nothing."""
        return phone_digits(self.text)

    @cached_property
    def reference_keys(self) -> list[str]:
        """What a reference that was typed, or its beginning, may begin with; also without the letters all share."""
        key = reference_key(self.text)
        if len(key) < SHORTEST_PART or not key.isalnum():
            return []
        return [key, f"RFT{key}"] if set(key) <= set(ALPHABET) else [key]

    @cached_property
    def invoice_numbers(self) -> list[str]:
        """The numbers of invoices that may be meant: of the year that was typed, else of any recent one."""
        match = _INVOICE.fullmatch(self.text)
        if self.is_short or match is None:
            return []
        this_year = clock.london_today().year
        years = [match["year"]] if match["year"] else [this_year - back for back in range(_YEARS)]
        return [f"INV-{year}-{int(match['number']):05d}" for year in years]

    @property
    def invoice_beginning(self) -> str:
        """What the number of an invoice begins with, when one is being typed: "inv 2026 000" is "INV-2026-000"."""
        parts = re.split(r"[\s-]+", self.text.upper())
        return "-".join(parts) if parts[0] == "INV" and len(parts) > 1 else ""


def after(beginning: str) -> str:
    """What is greater than everything that begins so, in the order of code points."""
    return beginning + chr(0x10FFFF)
