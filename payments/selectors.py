"""Reading money. Net paid = succeeded payments - succeeded refunds, worked out from the rows every time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict, cast
from uuid import UUID

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from bookings.models import Booking
from bookings.models.ordering import BookingQuerySet
from customers.models import User
from payments.models import Discrepancy, Payment, PaymentAllocation, Refund, StripeEvent

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

MONEY_FIELD = DecimalField(max_digits=12, decimal_places=2)
NOTHING = Decimal("0.00")
_STRIPE_PREFIXES = ("pi_", "cs_", "ch_", "py_", "re_", "pyr_", "evt_")


@dataclass(frozen=True)
class BookingMoney:
    """One booking's money, in pounds."""

    total: Decimal
    paid: Decimal
    refunded: Decimal

    @property
    def net(self) -> Decimal:
        return self.paid - self.refunded

    @property
    def due(self) -> Decimal:
        """What is still to be paid; never below nought."""
        return max(self.total - self.net, NOTHING)


class Money(TypedDict):
    """What `with_money` adds to a booking, in pounds."""

    paid_amount: Decimal
    refunded_amount: Decimal


type BookingsWithMoney = QuerySet[WithAnnotations[Booking, Money]]


def with_money(bookings: BookingQuerySet | QuerySet[Booking]) -> BookingsWithMoney:
    """Bookings with `paid_amount` and `refunded_amount`, for lists: no further query a row."""
    paid = PaymentAllocation.objects.filter(booking=OuterRef("pk"), payment__status=Payment.Status.SUCCEEDED)
    refunded = Refund.objects.filter(booking=OuterRef("pk"), status=Refund.Status.SUCCEEDED)
    paid_total = paid.order_by().values("booking").annotate(sum=Sum("amount")).values("sum")
    refunded_total = refunded.order_by().values("booking").annotate(sum=Sum("amount")).values("sum")
    counted = bookings.annotate(
        paid_amount=Coalesce(Subquery(paid_total, output_field=MONEY_FIELD), NOTHING, output_field=MONEY_FIELD),
        refunded_amount=Coalesce(Subquery(refunded_total, output_field=MONEY_FIELD), NOTHING, output_field=MONEY_FIELD),
    )
    return cast("BookingsWithMoney", counted)


def money_of(booking: Booking) -> BookingMoney:
    """One booking's money. Only what was paid can have gone back, so nothing is asked of the refunds before."""
    allocations = PaymentAllocation.objects.filter(booking=booking, payment__status=Payment.Status.SUCCEEDED)
    paid: Decimal = allocations.aggregate(paid=Sum("amount", default=NOTHING))["paid"]
    refunds = Refund.objects.filter(booking=booking, status=Refund.Status.SUCCEEDED)
    refunded: Decimal = refunds.aggregate(refunded=Sum("amount", default=NOTHING))["refunded"] if paid else NOTHING
    return BookingMoney(booking.total, paid, refunded)


def payments_of(booking: Booking) -> QuerySet[Payment]:
    """The payments for a booking, newest first."""
    return Payment.objects.filter(allocations__booking=booking).order_by("-created_at", "-id")


def unfinished_payments(booking: Booking) -> list[Payment]:
    """Payments that may still succeed. At most one unless something went wrong."""
    return list(payments_of(booking).filter(status__in=Payment.UNFINISHED_STATUSES))


def due_looks(now: datetime) -> QuerySet[Payment]:
    """Unfinished payments of which it is time to ask Stripe, or to close them (services.looking)."""
    return Payment.objects.filter(status__in=Payment.UNFINISHED_STATUSES, next_look_at__lte=now)


def due_events(now: datetime) -> QuerySet[StripeEvent]:
    """Events that wait to be applied and that nobody has in hand at this moment."""
    return StripeEvent.objects.filter(state=StripeEvent.State.RECEIVED, next_attempt_at__lte=now)


def has_unfinished_payment(booking: Booking) -> bool:
    """Whether there is a payment that may still succeed."""
    return payments_of(booking).filter(status__in=Payment.UNFINISHED_STATUSES).exists()


def latest_payment(booking: Booking) -> Payment | None:
    return payments_of(booking).first()


def open_discrepancies(payment: Payment) -> QuerySet[Discrepancy]:
    """What a person has to decide before this payment can go on."""
    return Discrepancy.objects.filter(payment=payment, resolved_at__isnull=True)


def refundable(payment: Payment) -> Decimal:
    """What can still go back on a succeeded payment, in pounds; refunds on their way are counted."""
    if payment.status != Payment.Status.SUCCEEDED:
        return NOTHING
    counted = Refund.objects.filter(payment=payment, status__in=Refund.COUNTED_STATUSES)
    return max(payment.amount - (counted.aggregate(total=Sum("amount"))["total"] or NOTHING), NOTHING)


@dataclass(frozen=True)
class PaidShare:
    """What one succeeded payment brought for one booking, in pounds. `gone_back` counts refunds on their way."""

    payment: Payment
    paid: Decimal
    gone_back: Decimal
    left: Decimal

    @property
    def can_be_sent(self) -> Decimal:
        """How much of it Stripe can send back; nothing of what was not paid through Stripe."""
        return self.left if self.payment.stripe_intent_id else NOTHING


def paid_shares(booking: Booking) -> list[PaidShare]:
    """What was paid for a booking and how much can still go back, newest payment first: two queries.

    A refund that names no booking takes from the payment as a whole.
    """
    allocations = list(
        PaymentAllocation.objects.filter(booking=booking, payment__status=Payment.Status.SUCCEEDED)
        .select_related("payment")
        .order_by("-payment__created_at", "-payment_id")
    )
    counted = Refund.objects.filter(
        payment__in=[allocation.payment_id for allocation in allocations], status__in=Refund.COUNTED_STATUSES
    )
    refunds = list(counted.values_list("payment_id", "booking_id", "amount"))
    shares = []
    for allocation in allocations:
        of_payment = sum((amount for key, _, amount in refunds if key == allocation.payment_id), NOTHING)
        of_booking = sum(
            (amount for key, about, amount in refunds if (key, about) == (allocation.payment_id, booking.pk)), NOTHING
        )
        left = min(allocation.amount - of_booking, allocation.payment.amount - of_payment)
        shares.append(PaidShare(allocation.payment, allocation.amount, of_booking, max(left, NOTHING)))
    return shares


@dataclass(frozen=True)
class BookingShare:
    """What one payment brought for one of its bookings, and how much of that can still go back, in pounds."""

    booking: Booking
    paid: Decimal
    left: Decimal


def booking_shares(payment: Payment) -> list[BookingShare]:
    """The bookings that a payment is for, by reference, with session and course: two queries."""
    allocations = PaymentAllocation.objects.filter(payment=payment).select_related("booking__session__course")
    counted = Refund.objects.filter(payment=payment, status__in=Refund.COUNTED_STATUSES)
    refunds = list(counted.values_list("booking_id", "amount"))
    is_paid = payment.status == Payment.Status.SUCCEEDED
    of_payment = payment.amount - sum(amount for _, amount in refunds) if is_paid else NOTHING
    return [
        BookingShare(
            allocation.booking,
            allocation.amount,
            max(
                min(
                    allocation.amount - sum(amount for key, amount in refunds if key == allocation.booking_id),
                    of_payment,
                ),
                NOTHING,
            ),
        )
        for allocation in allocations.order_by("booking__reference")
    ]


def due_refunds(now: datetime) -> QuerySet[Refund]:
    """Refunds that have to be sent, or of whose end it is time to ask Stripe."""
    return Refund.objects.filter(status__in=[Refund.Status.REQUESTED, Refund.Status.PENDING], next_attempt_at__lte=now)


def on_its_way_back(booking: Booking) -> Decimal:
    """What was asked to go back for a booking and has not arrived yet, in pounds."""
    underway = Refund.objects.filter(booking=booking, status__in=[Refund.Status.REQUESTED, Refund.Status.PENDING])
    total: Decimal = underway.aggregate(total=Sum("amount", default=NOTHING))["total"]
    return total


def sent_back_by_cancelling(booking: Booking) -> list[Refund]:
    """The refunds of a cancelled booking, oldest first, with their payments."""
    refunds = Refund.objects.filter(booking=booking, reason=Refund.Reason.CANCELLED).select_related("payment")
    return list(refunds.order_by("created_at", "id"))


def payment_id_for_intent(intent_id: str) -> UUID | None:
    return Payment.objects.filter(stripe_intent_id=intent_id).values_list("pk", flat=True).first()


def payment_id_at_stripe(*, intent_id: str, charge_id: str) -> UUID | None:
    """The payment with this intent, or this charge, at Stripe; an empty id is nobody's."""
    known = Q(stripe_intent_id=intent_id) if intent_id else Q(stripe_charge_id=charge_id)
    return Payment.objects.filter(known).values_list("pk", flat=True).first()


def known_payment_id(text: str) -> UUID | None:
    """The payment of which this is the key, in words that came from outside."""
    payment_id = _uuid(text)
    return Payment.objects.filter(pk=payment_id).values_list("pk", flat=True).first() if payment_id else None


def refund_id_of(text: str, intent_id: str) -> UUID | None:
    """Our refund of this key, in words from outside, if it is one of the payment with this intent."""
    refund_id = _uuid(text)
    if refund_id is None:
        return None
    found = Refund.objects.filter(pk=refund_id, payment__stripe_intent_id=intent_id)
    return found.values_list("pk", flat=True).first()


def refund_id_at_stripe(stripe_refund_id: str) -> UUID | None:
    return Refund.objects.filter(stripe_refund_id=stripe_refund_id).values_list("pk", flat=True).first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def is_settled_by(intent_id: str) -> bool:
    """Whether this intent paid a payment of ours, and we know it. Both are at their end: no news can change them."""
    return Payment.objects.filter(stripe_intent_id=intent_id, status=Payment.Status.SUCCEEDED).exists()


def is_stripe_id(text: str) -> bool:
    """Whether `text` looks like the id of something at Stripe that we keep."""
    return text.startswith(_STRIPE_PREFIXES)


def by_stripe_id(text: str) -> Q:
    """The condition for the payments that have this id at Stripe; an event means the payment that it was about."""
    about = StripeEvent.objects.filter(pk=text).values_list("object_id", flat=True).first() or text
    refunded = Refund.objects.filter(stripe_refund_id=about).values_list("payment", flat=True)
    opened = Q(stripe_checkout_id=about) | Q(stripe_form_id=about)
    return opened | Q(stripe_intent_id=about) | Q(stripe_charge_id=about) | Q(pk__in=list(refunded))


def bookings_paid_under(stripe_id: str) -> list[UUID]:
    """The keys of the bookings whose payments have this id at Stripe."""
    payments = Payment.objects.filter(by_stripe_id(stripe_id)).order_by().values("pk")
    return list(PaymentAllocation.objects.filter(payment__in=payments).values_list("booking", flat=True))


def for_customer(user: User) -> QuerySet[Payment]:
    """What a person paid or was asked to pay, newest first."""
    return Payment.objects.filter(payer=user).order_by("-created_at", "-id")
