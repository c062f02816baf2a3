"""The page before it is printed: what the PDF's own tests do not reach."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import Settings

from config.brand import BRAND
from invoicing.models import Invoice, InvoiceLine
from invoicing.services import composing, stationery

pytestmark = pytest.mark.django_db


def test_vat_is_summed_by_rate(invoice: Invoice) -> None:
    lines = [
        InvoiceLine(vat_rate=Decimal(rate), vat=Decimal(vat))
        for rate, vat in (("20.00", "3.00"), ("5.00", "1.00"), ("20.00", "0.50"))
    ]
    rows = [(row.label, row.amount) for row in composing._sums(invoice, lines)]
    assert rows[1:3] == [("VAT at 5%", "£1.00"), ("VAT at 20%", "£3.50")]


def test_an_imported_invoice_that_is_owed_without_a_day(invoice: Invoice) -> None:
    invoice.paid = Decimal("0.00")
    assert composing._state(invoice) == composing.State("Not paid yet", "£270.00 to pay", "open")
    invoice.paid = Decimal("70.00")
    assert composing._state(invoice).detail == "£200.00 left to pay, not paid yet"


@pytest.mark.parametrize(
    "paid_on, note, expected",
    [
        (date(2026, 11, 21), "Cash", "21 November 2026, Cash"),
        (date(2026, 11, 21), "", "21 November 2026"),
        (None, "Cash", "Cash"),
    ],
)
def test_how_it_was_paid(invoice: Invoice, paid_on: date | None, note: str, expected: str) -> None:
    invoice.paid_on, invoice.payment_note = paid_on, note
    assert composing._state(invoice) == composing.State("Paid in full", expected, "done")


def test_a_name_of_one_word(invoice: Invoice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stationery, "BRAND", replace(BRAND, name="Acme"))
    html = composing.compose_invoice(invoice)
    assert "<strong></strong>" not in html
    assert "Acme" in html


def test_a_missing_part_of_the_brand_is_an_error(settings: Settings, tmp_path: Path) -> None:
    settings.STATICFILES_DIRS = [tmp_path]
    stationery.style.cache_clear()
    with pytest.raises(FileNotFoundError, match=r"static/css/site/00-tokens\.css is missing"):
        stationery.style("pdf/invoice.css")
