"""How a booking stands with its money, in one word: the same on lists, on pages, in filters and in exports.

It is worked out from payments and refunds every time, and kept nowhere.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum, TextChoices
from django.db.models.functions import Coalesce

from bookings.models import Booking
from config.kernel.money import format_money
from payments.models import Payment, PaymentAllocation, Refund
from payments.selectors import MONEY_FIELD, NOTHING, Money, with_money

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

_COMING_BACK = (Refund.Status.REQUESTED, Refund.Status.PENDING)


class MoneyState(TextChoices):
    NOTHING = "nothing", "Nothing to pay"
    DUE = "due", "Due"
    PAID = "paid", "Paid"
    ON_ITS_WAY = "on_its_way", "Refund on its way"
    PART_REFUNDED = "part_refunded", "Part refunded"
    REFUNDED = "refunded", "Refunded"


class AllMoney(Money):
    """What `with_all_money` adds to a booking, in pounds."""

    on_its_way_amount: Decimal


type BookingsWithAllMoney = QuerySet[WithAnnotations[Booking, AllMoney]]


@dataclass(frozen=True, slots=True)
class Standing:
    """The money of one booking: sums in pounds, and what they come to."""

    status: str
    total: Decimal
    paid: Decimal
    refunded: Decimal
    on_its_way: Decimal

    @property
    def state(self) -> MoneyState:
        """What went back counts once less is left than the booking costs: paid twice and sent back once is paid.

        Nothing is due for places that nobody keeps. `in_money_state` says the same to the database.
        """
        if self.on_its_way > 0:
            return MoneyState.ON_ITS_WAY
        if self.refunded > 0 and self.paid - self.refunded < self.total:
            return MoneyState.REFUNDED if self.paid <= self.refunded else MoneyState.PART_REFUNDED
        if self.status in Booking.COUNTED_STATUSES and self.paid < self.total:
            return MoneyState.DUE
        return MoneyState.PAID if self.paid > 0 else MoneyState.NOTHING

    @property
    def due(self) -> Decimal:
        """What is still to be paid."""
        return self.total - self.paid if self.state == MoneyState.DUE else NOTHING

    @property
    def words(self) -> str:
        """ "Paid", "£90 due"."""
        return f"{format_money(self.due, whole=True)} due" if self.due else str(self.state.label)


def with_all_money(bookings: QuerySet[Any]) -> BookingsWithAllMoney:
    """Bookings with what was paid, went back and is going back; no further query a row."""
    coming = Refund.objects.filter(booking=OuterRef("pk"), status__in=_COMING_BACK)
    sums = coming.order_by().values("booking").annotate(sum=Sum("amount")).values("sum")
    on_its_way = Coalesce(Subquery(sums, output_field=MONEY_FIELD), NOTHING, output_field=MONEY_FIELD)
    return cast("BookingsWithAllMoney", with_money(bookings).annotate(on_its_way_amount=on_its_way))


def standing_of(booking: Any) -> Standing:
    """How a booking of `with_all_money` stands."""
    return Standing(
        booking.status, booking.total, booking.paid_amount, booking.refunded_amount, booking.on_its_way_amount
    )


def in_money_state(bookings: QuerySet[Any], state: MoneyState) -> QuerySet[Any]:
    """Those bookings of `with_all_money` that stand so, as `Standing.state` has it.

    What was paid or sent back is looked up among payments and refunds, which have it in few rows; only what is due, or
    never was, has to be looked for among the bookings.
    """
    coming = Q(on_its_way_amount__gt=0)
    went_back = Q(refunded_amount__gt=0, total__gt=F("paid_amount") - F("refunded_amount"))
    all_of_it = Q(paid_amount__lte=F("refunded_amount"))
    owes = Q(status__in=Booking.COUNTED_STATUSES, total__gt=F("paid_amount"))
    paid = Q(paid_amount__gt=0)
    conditions = {
        MoneyState.ON_ITS_WAY: coming,
        MoneyState.REFUNDED: ~coming & went_back & all_of_it,
        MoneyState.PART_REFUNDED: ~coming & went_back & ~all_of_it,
        MoneyState.DUE: owes & ~coming & ~went_back,
        MoneyState.PAID: ~owes & paid & ~coming & ~went_back,
        MoneyState.NOTHING: ~owes & ~paid & ~coming & ~went_back,
    }
    return bookings.filter(_beforehand(state), conditions[state])


def _beforehand(state: MoneyState) -> Q:
    """What can be told without adding up."""
    refunds = Refund.objects.order_by()
    match state:
        case MoneyState.ON_ITS_WAY:
            return Q(pk__in=refunds.filter(status__in=_COMING_BACK).values("booking"))
        case MoneyState.REFUNDED | MoneyState.PART_REFUNDED:
            return Q(pk__in=refunds.filter(status=Refund.Status.SUCCEEDED).values("booking"))
        case MoneyState.PAID:
            paid = PaymentAllocation.objects.filter(payment__status=Payment.Status.SUCCEEDED)
            return Q(pk__in=paid.values("booking"))
        case MoneyState.DUE:
            return Q(status__in=Booking.COUNTED_STATUSES)
        case _:
            return Q()
