"""What happens at Stripe without our pages: other charges, and states that no test card leads to."""

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import stripe

from config.kernel import clock
from payments.flows.refunding import send_refund
from payments.models import Payment, Refund
from payments.stand_in.server import Server
from tests.system.stand_in import PUBLISHABLE_KEY, StandIn


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


def send_now(refund: Refund) -> None:
    """What a worker does with a refund whose time has come; one that is finished is left alone."""
    Refund.objects.filter(pk=refund.pk).update(next_attempt_at=clock.now())
    send_refund(refund_id=refund.pk)


def charges(stand_in: StandIn) -> list[str]:
    """How each charge at Stripe ended, in their order."""
    return [charge["status"] for charge in stand_in.state()["charges"]]


def intent_id_of(stand_in: StandIn, payment: Payment) -> str:
    """The PaymentIntent behind a payment's page at Stripe."""
    payment.refresh_from_db()
    page = stand_in.stripe.v1.checkout.sessions.retrieve(str(payment.stripe_checkout_id))
    return str(page.payment_intent)


def confirm_form(stand_in: StandIn, client_secret: str, number: str = "4242424242424242") -> stripe.PaymentIntent:
    """What Stripe.js sends when "Pay" is pressed on our page. Raises stripe.CardError for a card that is declined."""
    browser = stand_in.client(PUBLISHABLE_KEY)
    card: Any = {"number": number, "exp_month": "12", "exp_year": "34", "cvc": "123"}
    method = browser.v1.payment_methods.create({"type": "card", "card": card})
    confirmation: Any = {
        "client_secret": client_secret,
        "payment_method": method.id,
        "return_url": "http://testserver/back/",
        "use_stripe_sdk": True,
    }
    return browser.v1.payment_intents.confirm(client_secret.partition("_secret_")[0], confirmation)


def answer_bank(stand_in: StandIn, asked: stripe.PaymentIntent, outcome: str = "complete") -> None:
    """Presses a button on the bank's page: "complete" or "fail"."""
    assert asked.next_action is not None
    assert asked.next_action.use_stripe_sdk is not None
    address = str(asked.next_action.use_stripe_sdk["stripe_js"])
    stand_in.submit(address, secret=parse_qs(urlsplit(address).query)["secret"][0], outcome=outcome)


def open_at_stripe(stand_in: StandIn) -> list[str]:
    """What somebody could still pay at Stripe: the ids of open pages and of payable intents that no page has made."""
    pages = stand_in.stripe.v1.checkout.sessions.list({"limit": 100}).data
    intents = stand_in.stripe.v1.payment_intents.list({"limit": 100}).data
    of_pages = {page.payment_intent for page in pages}
    payable = [intent.id for intent in intents if intent.status.startswith("requires_") and intent.id not in of_pages]
    return [page.id for page in pages if page.status == "open"] + payable
