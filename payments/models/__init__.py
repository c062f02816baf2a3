"""Money: what came in, what went back, and what the payment service told us.

payment: Payment, PaymentAllocation, PaymentEvent. refund: Refund. stripe: StripeEvent (inbox), Discrepancy (the queue
of things only a person can decide).
"""

from payments.models.payment import PAYMENT_TRANSITIONS, Payment, PaymentAllocation, PaymentEvent
from payments.models.refund import REFUND_TRANSITIONS, Refund
from payments.models.stripe import Discrepancy, StripeEvent

__all__ = [
    "PAYMENT_TRANSITIONS",
    "REFUND_TRANSITIONS",
    "Discrepancy",
    "Payment",
    "PaymentAllocation",
    "PaymentEvent",
    "Refund",
    "StripeEvent",
]
