"""The rows under the other tabs, a page each: bookings, payments with their refunds, invoices and messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q

from bookings.models import Booking
from communications.models import Message
from communications.selectors import copies_of
from communications.selectors import for_customer as messages_of
from config.kernel import clock
from config.kernel.money import format_money
from customers.flows.profile.addresses import office_address
from customers.flows.profile.orders import orders_of
from customers.flows.profile.slices import Slice, slice_of
from customers.flows.profile.words import Tag, counted, day_of, moment, money_tag, place_tag
from customers.models import User
from invoicing.models import Invoice
from invoicing.selectors import for_customer as invoices_of
from payments.models import Payment, PaymentAllocation, Refund
from payments.money_states import standing_of
from payments.selectors import for_customer as payments_of


@dataclass(frozen=True, slots=True)
class Row:
    """One line under a tab: its page, what and when it is, a sum and what became of it."""

    title: str
    address: str
    detail: str
    made: str
    sum: str
    tags: tuple[Tag, ...]
    reference: str = ""
    """Of a booking; it stays in one piece."""
    below: tuple["Row", ...] = ()
    """The refunds of a payment; the copy of a letter that was lost."""


@dataclass(frozen=True, slots=True)
class Rows:
    rows: list[Row]
    slice: Slice[Any]


def shown_bookings(show: str, now: datetime) -> Q:
    """The condition behind `show`: "counted", "coming" or "cancelled" as the figures count them; else all."""
    counting = Q(status__in=Booking.COUNTED_STATUSES)
    conditions = {
        "counted": counting,
        "coming": counting & Q(session__ends_at__gt=now),
        "cancelled": Q(status=Booking.Status.CANCELLED),
    }
    return conditions.get(show, Q())


def booking_rows(user: User, *, show: str, before: str, now: datetime) -> Rows:
    """One query."""
    found = slice_of(orders_of(user).filter(shown_bookings(show, now)), by="created_at", before=before)
    return Rows([_booking_row(booking) for booking in found.rows], found)


def _booking_row(booking: Any) -> Row:
    venue = booking.session.venue
    where = f"{venue.town} · " if venue else ""
    return Row(
        title=booking.session.course.name,
        address=office_address("bookings_booking_page", booking.pk),
        detail=f"{day_of(booking.session)} · {where}{counted(booking.people, 'place')}",
        made=moment(booking.created_at),
        sum=format_money(booking.total),
        tags=(place_tag(booking), money_tag(standing_of(booking))),
        reference=booking.reference,
    )


_PAYMENT_TONES: Mapping[str, str] = {
    Payment.Status.OPEN: "warn",
    Payment.Status.PROCESSING: "warn",
    Payment.Status.SUCCEEDED: "ok",
    Payment.Status.CANCELLED: "quiet",
}
_REFUND_TONES: Mapping[str, str] = {
    Refund.Status.REQUESTED: "warn",
    Refund.Status.PENDING: "warn",
    Refund.Status.SUCCEEDED: "quiet",
    Refund.Status.FAILED: "bad",
}


def payment_rows(user: User, *, before: str) -> Rows:
    """Three queries: payments, what they are for, what went back."""
    payments = payments_of(user).prefetch_related(
        Prefetch("allocations", PaymentAllocation.objects.select_related("booking").order_by("pk")),
        Prefetch("refunds", Refund.objects.order_by("created_at", "pk")),
    )
    found = slice_of(payments, by="created_at", before=before)
    return Rows([_payment_row(payment) for payment in found.rows], found)


def _payment_row(payment: Payment) -> Row:
    references = ", ".join(allocation.booking.reference for allocation in payment.allocations.all())
    return Row(
        title=f"Payment for {references}" if references else "Payment",
        address=office_address("payments_payment_page", payment.pk),
        detail=_method(payment),
        made=moment(payment.paid_at or payment.created_at),
        sum=format_money(payment.amount),
        tags=(Tag(payment.get_status_display(), _PAYMENT_TONES[payment.status]),),
        below=tuple(_refund_row(refund) for refund in payment.refunds.all()),
    )


def _method(payment: Payment) -> str:
    if payment.card_last4:
        return f"{payment.card_brand.capitalize()} ending {payment.card_last4}"
    return payment.get_method_display()


def _refund_row(refund: Refund) -> Row:
    return Row(
        title="Refund",
        address=office_address("payments_payment_page", refund.payment_id),
        detail=refund.get_reason_display(),
        made=moment(refund.finished_at or refund.created_at),
        sum=format_money(-refund.amount),
        tags=(Tag(refund.get_status_display(), _REFUND_TONES[refund.status]),),
    )


_PDF_TAGS: Mapping[str, Tag] = {
    Invoice.PdfState.PENDING: Tag("PDF being made", "warn"),
    Invoice.PdfState.READY: Tag("PDF ready", "quiet"),
    Invoice.PdfState.FAILED: Tag("PDF failed", "bad"),
}


def invoice_rows(user: User, *, before: str) -> Rows:
    """One query."""
    found = slice_of(invoices_of(user), by="issued_at", before=before)
    return Rows([_invoice_row(invoice) for invoice in found.rows], found)


def _invoice_row(invoice: Invoice) -> Row:
    due = f" · due {clock.format_plain_date(invoice.due_on)}" if invoice.due_on else ""
    owed = f"{format_money(invoice.left_to_pay)} owed at issue{due}" if invoice.left_to_pay else "Paid in full"
    billed_to = invoice.customer_company or invoice.customer_name
    return Row(
        title=invoice.number,
        address=office_address("invoicing_invoice_change", invoice.pk),
        detail=" · ".join(part for part in (invoice.booking_reference, billed_to, owed) if part),
        made=moment(invoice.issued_at),
        sum=format_money(invoice.total),
        tags=(_PDF_TAGS[invoice.pdf_state],),
    )


def message_tone(state: str) -> str:
    if state in Message.LOST or state == Message.State.COMPLAINED:
        return "bad"
    if state in Message.ON_THE_WAY:
        return "warn"
    return "ok" if state == Message.State.DELIVERED else "quiet"


def message_rows(user: User, *, before: str) -> Rows:
    """One query, which leaves the texts where they lie, and one for the copies of what was lost."""
    found = slice_of(messages_of(user), by="created_at", before=before)
    copies = copies_of(found.rows)
    return Rows([_message_row(message, copies.get(message.pk)) for message in found.rows], found)


def _message_row(message: Message, copy: Message | None) -> Row:
    about = message.typed_subject or (message.booking.reference if message.booking else "")
    return Row(
        title=message.get_kind_display(),
        address=office_address("communications_message_page", message.pk),
        detail=" · ".join(part for part in (about, message.to_email, message.last_error) if part),
        made=moment(message.sent_at or message.created_at),
        sum="",
        tags=(Tag(message.get_state_display(), message_tone(message.state)),),
        below=(_copy_row(copy),) if copy else (),
    )


def _copy_row(copy: Message) -> Row:
    """The copy under what was lost; it has a row of its own as well."""
    return Row(
        title="Copy",
        address=office_address("communications_message_page", copy.pk),
        detail=copy.to_email,
        made=moment(copy.sent_at or copy.created_at),
        sum="",
        tags=(Tag(copy.get_state_display(), message_tone(copy.state)),),
    )
