"""Numbers: in a row, a series a year, and as old as the paper they stand on."""

from datetime import UTC, datetime

import pytest

from config.kernel import clock
from invoicing.models import NumberSequence
from invoicing.services.numbering import GivenNumber, Series, next_number
from tests.invoicing.builders import SetNow

pytestmark = pytest.mark.django_db

LAST_MOMENT = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
NEW_YEAR = datetime(2027, 1, 1, 0, 0, 0, tzinfo=UTC)


def test_the_first_number_of_a_year_is_one_and_the_next_is_two(set_now: SetNow) -> None:
    set_now(LAST_MOMENT)
    assert next_number(Series.INVOICE) == GivenNumber("INV-2026-00001", LAST_MOMENT)
    assert next_number(Series.INVOICE) == GivenNumber("INV-2026-00002", LAST_MOMENT)
    assert list(NumberSequence.objects.values_list("series", "year", "last_number")) == [("INV", 2026, 2)]


def test_numbers_start_again_at_midnight_on_new_years_eve(set_now: SetNow) -> None:
    set_now(LAST_MOMENT)
    next_number(Series.INVOICE)
    set_now(NEW_YEAR)
    assert next_number(Series.INVOICE) == GivenNumber("INV-2027-00001", NEW_YEAR)
    set_now(LAST_MOMENT)
    assert next_number(Series.INVOICE).text == "INV-2026-00002"


@pytest.mark.parametrize(
    "instant, year",
    [
        # In winter London's clocks show UTC; were they an hour ahead, 23:30 UTC would be next year's.
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), 2026),
        # Somewhere east of London it is next year already, somewhere west it is still last year.
        (datetime.fromisoformat("2027-01-01T08:30:00+09:00"), 2026),
        (datetime.fromisoformat("2026-12-31T19:30:00-05:00"), 2027),
    ],
)
def test_the_year_is_londons(set_now: SetNow, instant: datetime, year: int) -> None:
    set_now(instant)
    assert next_number(Series.INVOICE).text == f"INV-{year}-00001"


def test_who_waited_for_the_lock_over_midnight_gets_a_number_of_the_new_year(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = iter([LAST_MOMENT, NEW_YEAR, NEW_YEAR])
    monkeypatch.setattr(clock, "now", lambda: next(instants))
    assert next_number(Series.INVOICE) == GivenNumber("INV-2027-00001", NEW_YEAR)
    assert dict(NumberSequence.objects.values_list("year", "last_number")) == {2026: 0, 2027: 1}


def test_numbers_grow_beyond_five_digits(set_now: SetNow) -> None:
    set_now(LAST_MOMENT)
    NumberSequence.objects.create(series="INV", year=2026, last_number=99_999)
    assert next_number(Series.INVOICE).text == "INV-2026-100000"
