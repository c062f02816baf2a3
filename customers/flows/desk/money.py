"""Money that only a person can put right."""

from datetime import timedelta
from typing import override

from django.db.models import F, Q, QuerySet

from bookings.models import Booking
from config.kernel.money import format_money
from customers.flows.desk.items import Item, Kind, page
from customers.flows.desk.words import course_in, course_line, since
from payments.models import Discrepancy, Payment, Refund, StripeEvent
from payments.selectors import NOTHING, with_money

_BANK_TAKES = timedelta(days=7)
"""A direct debit is known after six working days at the latest; what is with the bank for longer is asked after."""
_TRIES_FOR = timedelta(minutes=15)
"""Who tries another card after a refusal does so by then."""
_LOST_AFTER = timedelta(hours=1)
"""A payment whose opening Stripe never answered is opened again by whoever pays; after that nobody is at it."""


class OpenDiscrepancies(Kind[Discrepancy]):
    icon, tone = "bank", "bad"
    permissions = ("payments.view_discrepancy",)
    mended_by = "payments.change_discrepancy"
    list_page = "payments_discrepancy_changelist"

    @override
    def rows(self) -> QuerySet[Discrepancy]:
        return Discrepancy.objects.filter(resolved_at=None).select_related("payment__payer").order_by("created_at")

    @override
    def item(self, row: Discrepancy) -> Item:
        sides = [f"Stripe says {row.found}." if row.found else "", f"We say {row.expected}." if row.expected else ""]
        whose = f"Asked of {row.payment.payer}." if row.payment else "The customer may think that they are booked."
        return Item(
            what=row.get_kind_display(),
            why=" ".join(part for part in (*sides, whose) if part),
            since=since(row.created_at, self.now),
            button=self.button("Match it"),
            address=page(f"payments_discrepancy_{'change' if self.is_fact else 'resolve'}", row.pk),
            tag="" if row.payment else "Customer waiting",
            tag_tone="bad",
        )


class FailedRefunds(Kind[Refund]):
    icon, tone = "undo", "bad"
    permissions = ("payments.view_refund",)
    mended_by = "payments.add_refund"
    list_page, list_filter = "payments_refund_changelist", "status__exact=failed"

    @override
    def rows(self) -> QuerySet[Refund]:
        failed = Refund.objects.filter(status=Refund.Status.FAILED)
        return failed.select_related("payment__payer", "booking").order_by("created_at")

    @override
    def item(self, row: Refund) -> Item:
        about = f"For {row.booking.reference}. " if row.booking else ""
        return Item(
            what=f"{format_money(row.amount)} did not get back to {row.payment.payer}",
            why=f"{about}{row.get_reason_display()}. {row.last_error}".strip(),
            since=since(row.finished_at or row.created_at, self.now),
            button=self.button("Send it again"),
            address=page("payments_payment_page", row.payment_id),
            tag="Customer waiting",
            tag_tone="bad",
        )


class RefundedInDashboard(Kind[Booking]):
    """All of the money went back from Stripe's Dashboard, and the places are booked as before."""

    icon = "undo"
    permissions = ("bookings.view_booking",)
    mended_by = "bookings.cancel_booking"
    list_page, list_filter = "payments_refund_changelist", "reason__exact=dashboard"

    @override
    def rows(self) -> QuerySet[Booking]:
        sent = Refund.objects.filter(reason=Refund.Reason.DASHBOARD, booking__isnull=False).values("booking")
        booked = Booking.objects.filter(
            pk__in=sent, status=Booking.Status.CONFIRMED, session__ends_at__gt=self.now, total__gt=0
        )
        whole = with_money(booked.select_related("session__course", "session__venue", "customer"))
        return whole.filter(paid_amount__gt=NOTHING, refunded_amount__gte=F("paid_amount")).order_by(
            "session__starts_at"
        )

    @override
    def item(self, row: Booking) -> Item:
        return Item(
            what=f"{row.reference} is refunded and still booked",
            why=f"{course_line(row.session)}. The money went back to {row.customer} from Stripe’s Dashboard."
            + ("" if self.is_fact else " Cancel the booking, or ask for the money again."),
            since="",
            button=self.button("Decide"),
            address=page("bookings_booking_page", row.pk),
            tag=course_in(row.session, self.now),
        )


class StuckPayments(Kind[Payment]):
    """Payments of which nobody knows how they end: too long with the bank, or lost when they were opened."""

    icon = "card"
    permissions = ("payments.view_payment",)
    mended_by = "payments.add_refund"
    list_page, list_filter = "payments_payment_changelist", "status__exact=processing"

    @override
    def rows(self) -> QuerySet[Payment]:
        at_bank = Q(status=Payment.Status.PROCESSING, created_at__lt=self.now - _BANK_TAKES)
        unanswered = Q(status=Payment.Status.OPEN, stripe_checkout_id=None, stripe_form_id=None) & ~Q(way="")
        lost = unanswered & Q(created_at__lt=self.now - _LOST_AFTER)
        unfinished = Payment.objects.filter(status__in=Payment.UNFINISHED_STATUSES)
        return unfinished.filter(at_bank | lost).select_related("payer").order_by("created_at")

    @override
    def item(self, row: Payment) -> Item:
        money = format_money(row.amount)
        if row.status == Payment.Status.PROCESSING:
            what = f"{money} from {row.payer} is still with the bank"
            why = "The places are kept for as long as that takes."
            why += "" if self.is_fact else " Look it up in Stripe."
        else:
            what = f"{money} from {row.payer} was never heard of"
            why = "Stripe did not say whether the payment was opened."
        return Item(
            what=what,
            why=why,
            since=since(row.created_at, self.now),
            button=self.button("Open"),
            address=page("payments_payment_page", row.pk),
        )


class DeclinedPayments(Kind[Payment]):
    """A card was refused, nothing came after it, and the places are still kept: somebody may want to ring."""

    icon = "card"
    permissions = ("payments.view_payment",)
    mended_by = "payments.add_refund"
    list_page, list_filter = "payments_payment_changelist", "status__exact=open"

    @override
    def rows(self) -> QuerySet[Payment]:
        declined = Payment.objects.filter(status=Payment.Status.OPEN, created_at__lt=self.now - _TRIES_FOR)
        waiting = Booking.objects.filter(status=Booking.Status.PENDING, lapses_at__gt=self.now)
        declined = declined.exclude(last_decline_code="").filter(allocations__booking__in=waiting)
        return declined.select_related("payer").distinct().order_by("created_at")

    @override
    def item(self, row: Payment) -> Item:
        return Item(
            what=f"The card of {row.payer} was declined",
            why=f"{format_money(row.amount)} is still to be paid, and the places are kept for now.",
            since=since(row.created_at, self.now),
            button=self.button("Open"),
            address=page("payments_payment_page", row.pk),
        )


class FailedEvents(Kind[StripeEvent]):
    icon = "swap"
    permissions = ("payments.view_stripeevent",)
    mended_by = "payments.change_stripeevent"
    list_page = "payments_stripeevent_changelist"

    @override
    def rows(self) -> QuerySet[StripeEvent]:
        return StripeEvent.objects.filter(state=StripeEvent.State.FAILED).order_by("received_at")

    @override
    def item(self, row: StripeEvent) -> Item:
        return Item(
            what="News from Stripe was not taken in",
            why=f"About {row.type}. {row.last_error}".strip(),
            since=since(row.received_at, self.now),
            button=self.button("Try again"),
            # The button for it is in the list, which is narrowed to this one.
            address=f"{self.list_address}?q={row.pk}",
        )
