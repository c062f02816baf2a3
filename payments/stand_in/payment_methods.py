"""Payment methods: always cards, made from a documented test id or, in a browser's name, from a card number."""

from .account import Account, Call
from .cards import Card, by_id, id_of, read_card, remembered
from .errors import Json, StripeError, bad_parameter, refused, unsupported
from .listing import merge_metadata, page, whole
from .shapes import blank
from .store import new_id


def create(account: Account, call: Call) -> Json:
    """POST /v1/payment_methods"""
    params = call.params
    if params.get("type") != "card" or "card" not in params:
        raise unsupported("payment methods other than cards", "type")
    typed = params["card"]
    if "token" in typed:
        raise unsupported("card tokens", "card[token]")
    for name in ("number", "exp_month", "exp_year"):
        if name not in typed:
            missing = f"card[{name}]"
            raise bad_parameter(f"Missing required param: {missing}.", code="parameter_missing", param=missing)
    if not call.publishable:
        raise StripeError(
            402,
            "invalid_request_error",
            "Sending credit card numbers directly to the Stripe API is generally unsafe. We suggest you use test tokens"
            " that map to the test card you are using, see https://stripe.com/docs/testing.",
        )
    now = account.clock.now()
    card = read_card(typed["number"], typed["exp_month"], typed["exp_year"], typed.get("cvc"), now)
    expiry = (typed["exp_month"], typed["exp_year"] + (2000 if typed["exp_year"] < 100 else 0))
    return make(account, card, expiry, billing=params.get("billing_details"), metadata=params.get("metadata"))


def make(
    account: Account,
    card: Card,
    expiry: tuple[int, int],
    *,
    billing: Json | None = None,
    metadata: dict[str, str] | None = None,
) -> Json:
    """Store a payment method for a card; ``expiry`` is month and year."""
    body = blank("payment_method", id=new_id("pm_1", 23), created=account.clock.now(), metadata=metadata or {})
    body["card"].update(
        brand=card.brand,
        display_brand=card.brand,
        country=card.country,
        funding=card.funding,
        last4=card.last4,
        exp_month=expiry[0],
        exp_year=expiry[1],
        networks={"available": [card.brand], "preferred": None},
    )
    for name, value in (billing or {}).items():
        body["billing_details"][name] = body["billing_details"]["address"] | value if name == "address" else value
    return account.store.add(body, {"card": id_of(card)})


def resolve(account: Account, payment_method: str, customer: str | None) -> Json:
    """The payment method a request names. A ready-made id makes a new one each time, as at Stripe.

    Raises when it belongs to another customer, or was used before without a customer.
    """
    card = by_id(payment_method)
    if card is not None:
        return make(account, card, (12, 2034))
    found = account.fetch("payment_method", payment_method, "payment_method")
    if found["customer"] is None and account.store.private(found["id"]).get("used"):
        raise refused(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared"
            " with a connected account without Customer attachment, or was detached from a Customer. It may not be used"
            " again. To use a PaymentMethod multiple times, you must attach it to a Customer first.",
            param="payment_method",
        )
    if found["customer"] is not None and found["customer"] != customer:
        raise refused(
            "The provided PaymentMethod belongs to a Customer. Please include the Customer in the `customer` parameter"
            " on the PaymentIntent.",
            param="payment_method",
        )
    return found


def card_behind(account: Account, payment_method: Json) -> Card:
    """What the test card of a payment method does."""
    return remembered(account.store.private(payment_method["id"])["card"])


def retrieve(account: Account, call: Call) -> Json:
    """GET /v1/payment_methods/:id"""
    return account.fetch("payment_method", call.ids[0], "payment_method")


def update(account: Account, call: Call) -> Json:
    """POST /v1/payment_methods/:id"""
    body = account.fetch("payment_method", call.ids[0], "payment_method")
    if "metadata" in call.params:
        body["metadata"] = merge_metadata(body["metadata"], call.params["metadata"])
    return account.store.save(body)


def attach(account: Account, call: Call) -> Json:
    """POST /v1/payment_methods/:id/attach"""
    if "customer" not in call.params:
        raise unsupported("attaching to anything but a customer")
    customer = account.fetch("customer", call.params["customer"], "customer")
    body = resolve(account, call.ids[0], None)
    body["customer"] = customer["id"]
    return account.store.save(body)


def detach(account: Account, call: Call) -> Json:
    """POST /v1/payment_methods/:id/detach. It may not be used again."""
    body = account.fetch("payment_method", call.ids[0], "payment_method")
    if body["customer"] is None:
        raise refused("The payment method you provided is not attached to a customer so detachment is impossible.")
    body["customer"] = None
    account.store.remember(body["id"], used=True)
    return account.store.save(body)


def listed(account: Account, call: Call) -> Json:
    """GET /v1/payment_methods?customer= and GET /v1/customers/:id/payment_methods"""
    customer = call.ids[0] if call.ids else call.params.get("customer")
    if customer is None:
        raise unsupported("listing payment methods without a customer", "customer")
    account.fetch("customer", customer, "customer")
    if call.params.get("type", "card") != "card":
        return whole([], "/v1/payment_methods")
    return page(account, "payment_method", "/v1/payment_methods", call.params, customer=customer)
