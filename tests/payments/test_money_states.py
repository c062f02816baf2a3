"""How a booking stands with its money: one word, which the database and the page agree on."""

from decimal import Decimal

import pytest

from bookings.models import Booking
from payments.models import Payment, Refund
from payments.money_states import MoneyState, in_money_state, standing_of, with_all_money
from tests.factories import make_booking, make_payment, make_refund, make_session

pytestmark = pytest.mark.django_db

PENDING, CONFIRMED, CANCELLED = Booking.Status.PENDING, Booking.Status.CONFIRMED, Booking.Status.CANCELLED
BACK, COMING, FAILED = Refund.Status.SUCCEEDED, Refund.Status.PENDING, Refund.Status.FAILED


@pytest.mark.parametrize(
    "status, paid, refunds, state, words",
    [
        (PENDING, [], [], MoneyState.DUE, "£90 due"),
        (CONFIRMED, [], [], MoneyState.DUE, "£90 due"),
        (CONFIRMED, ["40.50"], [], MoneyState.DUE, "£49.50 due"),
        (CANCELLED, [], [], MoneyState.NOTHING, "Nothing to pay"),
        (CONFIRMED, ["90"], [], MoneyState.PAID, "Paid"),
        (CANCELLED, ["90"], [], MoneyState.PAID, "Paid"),
        (CANCELLED, ["40"], [], MoneyState.PAID, "Paid"),
        (CONFIRMED, ["90", "90"], [("90", BACK)], MoneyState.PAID, "Paid"),
        (CONFIRMED, ["90"], [("30", BACK)], MoneyState.PART_REFUNDED, "Part refunded"),
        (CANCELLED, ["90"], [("30", BACK), ("60", BACK)], MoneyState.REFUNDED, "Refunded"),
        (CANCELLED, ["90"], [("30", BACK), ("60", COMING)], MoneyState.ON_ITS_WAY, "Refund on its way"),
        (CANCELLED, ["90"], [("90", Refund.Status.REQUESTED)], MoneyState.ON_ITS_WAY, "Refund on its way"),
        (CONFIRMED, ["90"], [("90", FAILED)], MoneyState.PAID, "Paid"),
    ],
)
def test_a_booking_stands_so(
    status: Booking.Status, paid: list[str], refunds: list[tuple[str, str]], state: MoneyState, words: str
) -> None:
    booking = make_booking(status=status)
    payments = [make_payment(booking, amount=Decimal(amount)) for amount in paid]
    make_payment(booking, status=Payment.Status.CANCELLED)
    for amount, refund_status in refunds:
        make_refund(payments[0], amount=Decimal(amount), status=Refund.Status(refund_status))

    (found,) = with_all_money(Booking.objects.all())

    standing = standing_of(found)
    assert (standing.state, standing.words) == (state, words)
    assert standing.due == (booking.total - sum(map(Decimal, paid)) if state == MoneyState.DUE else 0)
    filed_under = [one for one in MoneyState if in_money_state(with_all_money(Booking.objects.all()), one)]
    assert filed_under == [state]


def test_what_costs_nothing_is_not_due() -> None:
    make_booking(make_session(price=Decimal(0)))
    (found,) = in_money_state(with_all_money(Booking.objects.all()), MoneyState.NOTHING)
    assert standing_of(found).words == "Nothing to pay"
