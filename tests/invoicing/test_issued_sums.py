"""Sums that do not divide: net and VAT always add up to what was paid, and the price of one is shown to the penny."""

from decimal import Decimal

import pytest

from bookings.models import CourseSession
from invoicing.models import Invoice
from tests.factories import make_booking
from tests.invoicing.builders import MakeInvoice

pytestmark = pytest.mark.django_db

ONE = ("Hannah", "Okafor", "")


@pytest.mark.parametrize(
    "places, price, rate, net, vat, unit_net, is_rounded",
    [
        # 269.97 / 1.2 = 224.975: the VAT of 44.995 is rounded up, so the net is 224.97, a third of which is 74.99.
        (3, "89.99", "20.00", "224.97", "45.00", "74.99", False),
        (1, "89.99", "20.00", "74.99", "15.00", "74.99", False),
        (7, "89.99", "20.00", "524.94", "104.99", "74.99", True),
        (12, "89.99", "20.00", "899.90", "179.98", "74.99", True),
        (3, "90.00", "20.00", "225.00", "45.00", "75.00", False),
        # Half a penny of VAT goes up, for one place (0.015) and for two (0.03).
        (1, "0.09", "20.00", "0.07", "0.02", "0.07", False),
        (2, "0.09", "20.00", "0.15", "0.03", "0.08", True),
        (1, "0.01", "20.00", "0.01", "0.00", "0.01", False),
        (3, "0.01", "20.00", "0.02", "0.01", "0.01", True),
        # Other rates.
        (3, "89.99", "5.00", "257.11", "12.86", "85.70", True),
        (3, "89.99", "17.50", "229.76", "40.21", "76.59", True),
        (3, "89.99", "0.00", "269.97", "0.00", "89.99", False),
        (2, "100.00", "100.00", "100.00", "100.00", "50.00", False),
        # Large and free.
        (12, "99999.99", "20.00", "999999.90", "199999.98", "83333.33", True),
        (12, "0.00", "20.00", "0.00", "0.00", "0.00", False),
    ],
)
def test_vat_is_taken_out_of_the_whole_sum_once(
    session: CourseSession,
    make_invoice: MakeInvoice,
    places: int,
    price: str,
    rate: str,
    net: str,
    vat: str,
    unit_net: str,
    is_rounded: bool,
) -> None:
    booking = make_booking(
        session,
        people=[ONE] * places,
        price_per_place=Decimal(price),
        vat_rate=Decimal(rate),
        total=Decimal(price) * places,
    )
    invoice = Invoice.objects.get(pk=make_invoice(booking).pk)
    line = invoice.lines.get()
    assert (str(line.net), str(line.vat), str(line.unit_net)) == (net, vat, unit_net)
    assert (str(invoice.net), str(invoice.vat)) == (net, vat)
    assert invoice.net + invoice.vat == invoice.total == booking.total
    assert (line.quantity, line.unit_is_rounded) == (places, is_rounded)
