"""A payment for every booking, refunds of cancelled ones, an invoice for one in ten, and what customers amount to."""

from benchmarks.inside.scale.insert import fill, run
from customers.models import CustomerStatistics
from invoicing.models import Invoice, InvoiceLine
from payments.models import Payment, PaymentAllocation, Refund

_KEY = "md5('payment' || number)::uuid"
_PAID = "(status IN ('confirmed', 'cancelled'))"
_CARD = "(number % 12 > 0)"
_INTENT = "'pi_3' || md5('intent' || number)"
_STATES = "CASE status WHEN 'pending' THEN 'open' WHEN 'expired' THEN 'cancelled' ELSE 'succeeded' END"
_BOOKED = """
SELECT customer_id, count(*) AS bookings, sum(places) AS places, min(created_at) AS first_at, max(created_at) AS last_at
FROM orders WHERE status IN ('pending', 'confirmed') GROUP BY customer_id
"""
_MONEY = """
SELECT customer_id, sum(price * places) FILTER (WHERE status IN ('confirmed', 'cancelled')) AS paid,
    sum(price * places) FILTER (WHERE status = 'cancelled') AS refunded
FROM orders GROUP BY customer_id
"""
_INVOICED = """
CREATE TEMP TABLE invoiced AS
SELECT *, md5('invoice' || number)::uuid AS invoice_id, price * places AS gross,
    round(price * places * vat_rate / (100 + vat_rate), 2) AS vat,
    format(
        'INV-%s-%s', to_char(created_at, 'YYYY'),
        row_number() OVER (PARTITION BY to_char(created_at, 'YYYY') ORDER BY number) + 50000
    ) AS invoice_number
FROM orders WHERE number % 10 = 0 AND status = 'confirmed'
"""


def add_payments() -> int:
    made = fill(
        Payment,
        {
            "id": _KEY,
            "payer_id": "customer_id",
            "amount": "price * places",
            "method": f"CASE WHEN {_CARD} THEN 'card' ELSE 'bank_transfer' END",
            "status": _STATES,
            "stripe_checkout_id": f"CASE WHEN {_CARD} AND number % 2 = 0 THEN 'cs_live_' || md5('page' || number) END",
            "stripe_form_id": f"CASE WHEN {_CARD} AND number % 2 = 1 THEN {_INTENT} END",
            "stripe_intent_id": f"CASE WHEN {_CARD} AND {_PAID} THEN {_INTENT} END",
            "stripe_charge_id": f"CASE WHEN {_CARD} AND {_PAID} THEN 'ch_3' || md5('charge' || number) END",
            "card_brand": f"CASE WHEN {_CARD} THEN 'visa' ELSE '' END",
            "card_last4": f"CASE WHEN {_CARD} THEN lpad((number % 10000)::text, 4, '0') ELSE '' END",
            # Stripe's stand-in knows none of them: asking after the open ones would keep the worker busy meanwhile.
            "next_look_at": "now() + interval '1 year'",
            "created_at": "created_at",
            "paid_at": f"CASE WHEN {_PAID} THEN least(created_at + interval '4 minutes', now()) END",
            "cancelled_at": "CASE WHEN status = 'expired' THEN least(created_at + interval '40 minutes', now()) END",
        },
        "FROM orders ORDER BY number",
    )
    fill(
        PaymentAllocation,
        {"payment_id": _KEY, "booking_id": "id", "amount": "price * places"},
        "FROM orders ORDER BY number",
    )
    return made


def add_refunds() -> int:
    return fill(
        Refund,
        {
            "id": "md5('refund' || number)::uuid",
            "payment_id": _KEY,
            "booking_id": "id",
            "amount": "price * places",
            "status": "'succeeded'",
            "reason": "'cancelled'",
            "stripe_refund_id": "'re_3' || md5('refund' || number)",
            "created_at": "least(created_at + interval '5 days', now())",
            "finished_at": "least(created_at + interval '5 days', now())",
        },
        "FROM orders WHERE status = 'cancelled'",
    )


def add_invoices() -> int:
    run(_INVOICED)
    made = fill(
        Invoice,
        {
            "id": "invoice_id",
            "number": "invoice_number",
            "issue_key": "'booking:' || id",
            "booking_id": "id",
            "customer_id": "customer_id",
            "issued_at": "least(created_at + interval '5 minutes', now())",
            "tax_point": "created_at::date",
            "supplier_name": "'React Fast Training Ltd'",
            "supplier_address": "'1 High Street, Leeds LS1 1AA'",
            "supplier_vat_registered": "true",
            "supplier_vat_number": "'GB 123 4567 89'",
            "customer_name": "first_name || ' ' || last_name",
            "customer_company": "company",
            "booking_reference": "(SELECT reference FROM bookings_booking AS booking WHERE booking.id = invoiced.id)",
            "course_date": "to_char(starts_at, 'FMDD FMMonth YYYY')",
            "net": "gross - vat",
            "vat": "vat",
            "total": "gross",
            "paid": "gross",
            "paid_on": "created_at::date",
            "pdf_state": "'ready'",
            "pdf_path": "'invoices/' || to_char(created_at, 'YYYY') || '/' || invoice_number || '.pdf'",
        },
        "FROM invoiced",
    )
    fill(
        InvoiceLine,
        {
            "invoice_id": "invoice_id",
            "position": "1",
            "description": "'A place on a course'",
            "quantity": "places",
            "unit_net": "round((gross - vat) / places, 2)",
            "vat_rate": "vat_rate",
            "net": "gross - vat",
            "vat": "vat",
            "gross": "gross",
        },
        "FROM invoiced",
    )
    return made


def add_statistics() -> int:
    """By the definition of customers/flows/statistics, over all people at once."""
    return fill(
        CustomerStatistics,
        {
            "user_id": "money.customer_id",
            "bookings_count": "coalesce(booked.bookings, 0)",
            "places_count": "coalesce(booked.places, 0)",
            "first_booked_at": "booked.first_at",
            "last_booked_at": "booked.last_at",
            "paid_total": "coalesce(money.paid, 0)",
            "refunded_total": "coalesce(money.refunded, 0)",
            "net_paid_total": "coalesce(money.paid, 0) - coalesce(money.refunded, 0)",
            "computed_at": "now()",
        },
        f"FROM ({_MONEY}) AS money LEFT JOIN ({_BOOKED}) AS booked USING (customer_id)",
    )
