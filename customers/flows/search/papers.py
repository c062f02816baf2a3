"""Finding invoices by number and payments by what Stripe calls them or by their own reference."""

from django.db.models import Q

from customers.flows.search.found import Row, Rows
from customers.flows.search.typed import Typed, after
from invoicing.models import Invoice
from payments.models import Payment
from payments.selectors import by_stripe_id

MOST = 5


def invoices(typed: Typed) -> Rows[Invoice]:
    """The invoice with this number, of whatever year when only the number was typed; one query or none."""
    condition = Q(number__in=typed.invoice_numbers)
    if beginning := typed.invoice_beginning:
        condition |= Q(number__gte=beginning, number__lt=after(beginning))
    if not typed.invoice_numbers and not beginning:
        return Rows()
    found = list(Invoice.objects.filter(condition).select_related("customer").order_by("-number")[: MOST + 1])
    rows = [Row(invoice, invoice.number in typed.invoice_numbers) for invoice in found[:MOST]]
    return Rows(rows, len(found) > MOST)


def payments(typed: Typed) -> Rows[Payment]:
    """The payment that has this id at Stripe (an event's, a refund's and a charge's lead to it), or this reference."""
    if typed.is_stripe_id:
        condition = by_stripe_id(typed.text)
    elif typed.is_short:
        return Rows()
    else:
        condition = Q(reference=typed.text)
    found = list(Payment.objects.filter(condition).select_related("payer").order_by()[: MOST + 1])
    return Rows([Row(payment, is_exact=True) for payment in found[:MOST]], len(found) > MOST)
