"""Finding money by whatever somebody has in hand: a person, a booking reference, an invoice number or a Stripe id."""

from uuid import UUID

from django.db.models import Q

from bookings.models import Booking
from config.kernel.references import reference_key
from customers.selectors import people_matching
from invoicing.models import Invoice
from payments.models import Payment, PaymentAllocation, Refund, StripeEvent

SEARCH_HELP = "Email address, name, telephone, company, booking reference, invoice number or Stripe id"
_STRIPE_PREFIXES = ("pi_", "cs_", "ch_", "py_", "re_", "pyr_", "evt_")


def is_stripe_id(text: str) -> bool:
    return text.startswith(_STRIPE_PREFIXES)


def payments_matching(text: str) -> Q:
    """The condition for the payments that `text` names. A number or id means exactly that; other words mean people."""
    if is_stripe_id(text):
        return _by_stripe_id(text)
    invoiced = Invoice.objects.filter(number__iexact=text).values("booking")
    bookings = Booking.objects.filter(Q(reference_key=reference_key(text)) | Q(pk__in=invoiced)).order_by()
    allocated = PaymentAllocation.objects.filter(booking__in=list(bookings.values_list("pk", flat=True)))
    return Q(payer__in=people_matching(text)) | Q(pk__in=list(allocated.values_list("payment", flat=True)))


def payment_keys(text: str) -> list[UUID]:
    """The keys of the payments that `text` names, for searching rows that hang on payments."""
    return list(Payment.objects.filter(payments_matching(text)).order_by().values_list("pk", flat=True))


def stripe_ids_of(text: str) -> set[str]:
    """Every id at Stripe of the payments that `text` names, and `text` itself."""
    keys = payment_keys(text)
    columns = ("stripe_intent_id", "stripe_checkout_id", "stripe_charge_id")
    ids = {value for row in Payment.objects.filter(pk__in=keys).values_list(*columns) for value in row if value}
    refunds = Refund.objects.filter(payment__in=keys, stripe_refund_id__isnull=False)
    return ids | {str(value) for value in refunds.values_list("stripe_refund_id", flat=True)} | {text}


def _by_stripe_id(text: str) -> Q:
    """An event means the payment that it was about."""
    about = StripeEvent.objects.filter(pk=text).values_list("object_id", flat=True).first() or text
    refunded = Refund.objects.filter(stripe_refund_id=about).values_list("payment", flat=True)
    return (
        Q(stripe_intent_id=about) | Q(stripe_checkout_id=about) | Q(stripe_charge_id=about) | Q(pk__in=list(refunded))
    )
