"""Numbers without gaps: a counter row a series and year, locked until the paper that took the number is committed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from config.kernel import clock
from invoicing import locks


class Series(StrEnum):
    INVOICE = "INV"


@dataclass(frozen=True, slots=True)
class GivenNumber:
    """A number and the instant it was given; the two belong together on the paper."""

    text: str
    given_at: datetime


def next_number(series: Series) -> GivenNumber:
    """The next number, as in INV-2026-00412; the year is London's.

    Ask last, inside the transaction that stores the paper: everybody else who issues waits for its end, and if it rolls
    back the number is given again. The instant is read under the lock, so a later number never has an earlier one, and
    whoever waited over midnight on New Year's Eve gets a number of the year it is by then.
    """
    year = _london_year(clock.now())
    while True:
        sequence = locks.lock_sequence(series=series, year=year)
        given_at = clock.now()
        if _london_year(given_at) == year:
            break
        year = _london_year(given_at)
    sequence.last_number += 1
    sequence.save(update_fields=["last_number"])
    return GivenNumber(number_text(series, year, sequence.last_number), given_at)


def number_text(series: Series, year: int, number: int) -> str:
    """ "INV-2026-00412"."""
    return f"{series}-{year}-{number:05d}"


def _london_year(instant: datetime) -> int:
    return clock.london_date(instant).year
