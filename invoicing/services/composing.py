"""From the frozen invoice to the page that is printed. Reads nothing but the invoice and the brand."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.template.loader import render_to_string

from config.kernel import clock
from config.kernel.money import format_money, format_rate
from invoicing.models import Invoice, InvoiceLine
from invoicing.services.stationery import wordmark


@dataclass(frozen=True, slots=True)
class State:
    """What the reader wants to know first: is it paid? `tone` chooses the ground it stands on."""

    title: str
    detail: str
    tone: str


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line as it is printed. Without VAT, price and sum are simply what is asked."""

    description: str
    detail: str
    quantity: int
    each: str
    vat_rate: str
    sum: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the lines."""

    label: str
    amount: str
    name: str = ""


def compose_invoice(invoice: Invoice) -> str:
    """The whole HTML document of an invoice, without its style; everything people typed is escaped."""
    lines = list(invoice.lines.all())
    issued_on = clock.london_date(invoice.issued_at)
    return render_to_string(
        "pdf/invoice.html",
        {
            "invoice": invoice,
            "wordmark": wordmark(),
            "state": _state(invoice),
            "issued_on": clock.format_plain_date(issued_on),
            # A tax point is a matter of VAT.
            "tax_point": clock.format_plain_date(invoice.tax_point) if invoice.supplier_vat_registered else "",
            "lines": [_printed(line, with_vat=invoice.supplier_vat_registered) for line in lines],
            "some_unit_is_rounded": any(line.unit_is_rounded for line in lines),
            "sums": _sums(invoice, lines),
            "left_to_pay": format_money(invoice.left_to_pay),
            "contact": " or ".join(part for part in (invoice.supplier_phone, invoice.supplier_email) if part),
            "due_on": clock.format_plain_date(invoice.due_on) if invoice.due_on else "",
        },
    )


def _state(invoice: Invoice) -> State:
    left = format_money(invoice.left_to_pay)
    received = _received(invoice)
    if not invoice.total:
        return State("Nothing to pay", "", "done")
    if not invoice.left_to_pay:
        return State("Paid in full", received, "done")
    due = f"Due {clock.format_plain_date(invoice.due_on)}" if invoice.due_on else "Not paid yet"
    if not invoice.paid:
        return State(due, f"{left} to pay", "open")
    return State("Part paid", f"{left} left to pay, {due[0].lower()}{due[1:]}", "open")


def _received(invoice: Invoice) -> str:
    """ "21 November 2026, Visa ending 4242"."""
    day = clock.format_plain_date(invoice.paid_on) if invoice.paid_on else ""
    return ", ".join(part for part in (day, invoice.payment_note) if part)


def _printed(line: InvoiceLine, *, with_vat: bool) -> PrintedLine:
    return PrintedLine(
        description=line.description,
        detail=line.detail,
        quantity=line.quantity,
        each=format_money(line.unit_net),
        vat_rate=format_rate(line.vat_rate) if with_vat else "",
        sum=format_money(line.net),
    )


def _sums(invoice: Invoice, lines: list[InvoiceLine]) -> list[Row]:
    rows = []
    if invoice.supplier_vat_registered:
        rows.append(Row("Net", format_money(invoice.net)))
        by_rate = sorted(lines, key=lambda line: line.vat_rate)
        for rate, group in groupby(by_rate, key=lambda line: line.vat_rate):
            vat = sum((line.vat for line in group), Decimal(0))
            rows.append(Row(f"VAT at {format_rate(rate)}", format_money(vat)))
    rows += [
        Row("Total", format_money(invoice.total), "total"),
        Row("Paid", format_money(-invoice.paid)),
        Row("Left to pay", format_money(invoice.left_to_pay), "left"),
    ]
    return rows
