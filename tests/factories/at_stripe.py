"""What happens at Stripe without our pages: other charges, and states that no test card leads to."""

from typing import Any
from uuid import UUID

from payments.models import Payment
from payments.stand_in.server import Server
from tests.system.stand_in import StandIn


class OpenStandIn(StandIn):
    """Over HTTP as ever, and `amend` puts an object into a state that only a bank can bring about."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.url)
        self._store = server.account.store

    def amend(self, kind: str, object_id: str, **values: Any) -> None:
        with self._store.transaction():
            found = self._store.get(kind, object_id)
            assert found is not None
            self._store.save(found | values)


def charge_at_stripe(
    stand_in: StandIn, *, amount: int, payment_id: UUID | str = "", booking: str = "", currency: str = "gbp"
) -> str:
    """A PaymentIntent that succeeded at Stripe and that our pages did not make; gives back its id."""
    intent = stand_in.stripe.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": currency,
            "confirm": True,
            "payment_method": "pm_card_visa",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {"payment_id": str(payment_id), "booking": booking},
        }
    )
    return intent.id


def intent_id_of(stand_in: StandIn, payment: Payment) -> str:
    """The PaymentIntent behind a payment's page at Stripe."""
    payment.refresh_from_db()
    page = stand_in.stripe.v1.checkout.sessions.retrieve(str(payment.stripe_checkout_id))
    return str(page.payment_intent)
