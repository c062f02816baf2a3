"""Lists, expanding, customers, events and the held clock."""

import pytest
import stripe

from tests.payments.stand_in.conftest import Parameters
from tests.system.stand_in import StandIn


def test_a_list_is_walked_page_by_page(stand_in: StandIn) -> None:
    made = [stand_in.stripe.v1.customers.create({"name": f"Customer {number}"}).id for number in range(5)]

    first = stand_in.stripe.v1.customers.list({"limit": 2})
    second = stand_in.stripe.v1.customers.list({"limit": 2, "starting_after": first.data[-1].id})
    back = stand_in.stripe.v1.customers.list({"limit": 2, "ending_before": made[0]})

    assert ([item.id for item in first.data], first.has_more) == ([made[4], made[3]], True)
    assert ([item.id for item in second.data], second.has_more) == ([made[2], made[1]], True)
    assert ([item.id for item in back.data], back.has_more) == ([made[2], made[1]], True)
    assert [item.id for item in stand_in.stripe.v1.customers.list({"limit": 2}).auto_paging_iter()] == made[::-1]


def test_a_list_is_ordered_and_filtered_by_creation(stand_in: StandIn) -> None:
    moments = (1_700_000_000, 1_600_000_000, 1_650_000_000)
    for moment in moments:
        assert stand_in.control("clock", now=moment)["now"] == moment
        stand_in.stripe.v1.customers.create({"name": str(moment)})
    stand_in.control("clock", now=None)

    def names(created: Parameters) -> list[str | None]:
        return [item.name for item in stand_in.stripe.v1.customers.list({"created": created}).data]

    assert names({"gte": 1_600_000_000}) == ["1700000000", "1650000000", "1600000000"]
    assert names({"gt": 1_600_000_000, "lt": 1_700_000_000}) == ["1650000000"]
    assert names(1_600_000_000) == ["1600000000"]
    assert stand_in.stripe.v1.customers.create({"name": "now"}).created > 1_700_000_000


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 101}, {"starting_after": "cus_none"}, {"order": "asc"}])
def test_wrong_list_parameters(stand_in: StandIn, wrong: Parameters) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        stand_in.stripe.v1.customers.list(wrong)


def test_ids_expand_into_objects(stand_in: StandIn, intent_parameters: Parameters) -> None:
    customer = stand_in.stripe.v1.customers.create({"email": "ada@example.com"})
    paid = stand_in.stripe.v1.payment_intents.create(intent_parameters | {"customer": customer.id})

    refund = stand_in.stripe.v1.refunds.create(
        {"payment_intent": paid.id, "expand": ["charge", "payment_intent.latest_charge", "payment_intent.customer"]}
    )
    listed = stand_in.stripe.v1.payment_intents.list({"expand": ["data.latest_charge"]})

    assert isinstance(refund.charge, stripe.Charge)
    assert isinstance(refund.payment_intent, stripe.PaymentIntent)
    assert isinstance(refund.payment_intent.latest_charge, stripe.Charge)
    assert isinstance(refund.payment_intent.customer, stripe.Customer)
    assert refund.payment_intent.customer.email == "ada@example.com"
    assert [isinstance(item.latest_charge, stripe.Charge) for item in listed.data] == [True]
    assert stand_in.stripe.v1.refunds.retrieve(refund.id).charge == refund.charge.id


@pytest.mark.parametrize("path", ["amount", "nothing", "latest_charge.amount", "a.b.c.d.e"])
def test_what_cannot_be_expanded(stand_in: StandIn, intent_parameters: Parameters, path: str) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        stand_in.stripe.v1.payment_intents.create(intent_parameters | {"expand": [path]})

    assert stand_in.state()["objects"] == {}


def test_customers_change_and_go(stand_in: StandIn) -> None:
    customer = stand_in.stripe.v1.customers.create({"email": "ada@example.com", "metadata": {"user": "u-1"}})
    stand_in.stripe.v1.customers.create({"email": "grace@example.com"})

    changed = stand_in.stripe.v1.customers.update(customer.id, {"name": "Ada", "metadata": ""})
    assert (changed.email, changed.name, changed.metadata and changed.metadata.to_dict()) == (
        "ada@example.com",
        "Ada",
        {},
    )
    assert [item.id for item in stand_in.stripe.v1.customers.list({"email": "ada@example.com"}).data] == [customer.id]

    stand_in.stripe.v1.customers.delete(customer.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stand_in.stripe.v1.customers.retrieve(customer.id)
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
    assert stand_in.event_types() == ["customer.created", "customer.created", "customer.updated", "customer.deleted"]


def test_charges_are_found_by_their_intent(stand_in: StandIn, intent_parameters: Parameters) -> None:
    wanted, _ = (stand_in.stripe.v1.payment_intents.create(intent_parameters) for _ in range(2))

    assert [charge.id for charge in stand_in.stripe.v1.charges.list({"payment_intent": wanted.id}).data] == [
        wanted.latest_charge
    ]
    changed = stand_in.stripe.v1.charges.update(str(wanted.latest_charge), {"metadata": {"note": "x"}})
    assert changed.metadata.to_dict() == {"payment": "p-1", "note": "x"}


def test_detached_cards_are_spent(stand_in: StandIn, intent_parameters: Parameters) -> None:
    customer = stand_in.stripe.v1.customers.create({"name": "Ada"})
    method = stand_in.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    changed = stand_in.stripe.v1.payment_methods.update(method.id, {"metadata": {"a": "b"}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"a": "b"}
    stand_in.stripe.v1.payment_methods.detach(method.id)

    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        stand_in.stripe.v1.payment_intents.create(intent_parameters | {"payment_method": method.id})
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        stand_in.stripe.v1.payment_methods.detach(method.id)
    assert stand_in.stripe.v1.payment_methods.list({"customer": customer.id}).data == []
