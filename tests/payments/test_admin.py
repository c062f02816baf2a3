"""The office's pages about money: found by anything, read by who may, changed by nobody."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking
from config.kernel import clock
from customers.models import User
from invoicing.services.issuing import issue_invoice
from payments.models import Discrepancy, Payment, PaymentEvent, Refund, StripeEvent
from payments.services.history import record_event
from payments.services.recording import record_discrepancy
from tests.factories import make_booking, make_payment, make_refund, make_staff, make_user

pytestmark = pytest.mark.django_db

MODELS = [Payment, Refund, PaymentEvent, StripeEvent, Discrepancy]
LOOK = [f"payments.view_{model._meta.model_name}" for model in MODELS] + ["payments.view_paymentallocation"]
WRITE = [f"payments.{verb}_{model._meta.model_name}" for verb in ("add", "change", "delete") for model in MODELS] + [
    "payments.change_paymentallocation"
]


@dataclass(frozen=True)
class Money:
    """One payment and everything that hangs on it."""

    booking: Booking
    payment: Payment
    refund: Refund
    event: StripeEvent
    discrepancy: Discrepancy
    invoice_number: str

    def row(self, model: type[Model]) -> Model:
        history = PaymentEvent.objects.get(payment=self.payment, kind=PaymentEvent.Kind.SUCCEEDED)
        rows = (self.payment, self.refund, history, self.event, self.discrepancy)
        return next(row for row in rows if isinstance(row, model))


_numbers = count(1)


def make_money(first_name: str = "Hannah", **event: str) -> Money:
    n = next(_numbers)
    customer = make_user(f"{first_name.lower()}{n}@example.org", first_name=first_name, last_name=f"Okafor{n}")
    booking = make_booking(customer=customer)
    payment = make_payment(
        booking,
        stripe_intent_id=f"pi_{n}",
        stripe_charge_id=f"ch_{n}",
        stripe_checkout_id=f"cs_test_{n}",
        card_brand="visa",
        card_last4="4242",
    )
    record_event(payment=payment, kind=PaymentEvent.Kind.SUCCEEDED, stripe_object_id=f"pi_{n}")
    invoice = issue_invoice(
        booking=booking, paid=payment.amount, paid_on=clock.london_today(), payment_note="Visa ending 4242"
    )
    record_discrepancy(
        kind=Discrepancy.Kind.AMOUNT, stripe_object_id=f"pi_{n}", payment=payment, expected="9000", found="8000"
    )
    stored = StripeEvent.objects.create(
        **{
            "id": f"evt_{n}",
            "type": "payment_intent.succeeded",
            "object_id": f"pi_{n}",
            "happened_at": clock.now(),
            "state": StripeEvent.State.FAILED,
        }
        | event
    )
    refund = make_refund(payment, amount=Decimal("10.00"), stripe_refund_id=f"re_{n}")
    return Money(booking, payment, refund, stored, Discrepancy.objects.get(payment=payment), invoice.number)


def list_url(model: type[Model]) -> str:
    return reverse(f"admin:payments_{model._meta.model_name}_changelist")


def page_url(row: Model) -> str:
    return reverse(f"admin:payments_{row._meta.model_name}_change", args=[row.pk])


def found(client: Client, model: type[Model], **query: str) -> set[Model]:
    answer = client.get(list_url(model), query)
    assert answer.status_code == 200
    return set(answer.context["cl"].queryset)


@pytest.fixture
def finance(client: Client) -> Client:
    """A member of staff who may do everything about money that a permission can allow."""
    client.force_login(make_staff(*LOOK, *WRITE))
    return client


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_pages_open(finance: Client, model: type[Model]) -> None:
    money = make_money()
    assert found(finance, model) >= {money.row(model)}
    page = finance.get(page_url(money.row(model)))
    assert page.status_code == 200
    assert "_save" not in page.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_added_changed_or_deleted_by_hand(finance: Client, model: type[Model]) -> None:
    row = make_money().row(model)
    before = type(row)._default_manager.filter(pk=row.pk).values().get()
    assert finance.get(reverse(f"admin:payments_{model._meta.model_name}_add")).status_code == 403
    assert finance.post(page_url(row), {"status": "open", "amount": "1.00"}).status_code == 403
    delete = reverse(f"admin:payments_{model._meta.model_name}_delete", args=[row.pk])
    assert finance.post(delete, {"post": "yes"}).status_code == 403
    assert type(row)._default_manager.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("model", MODELS)
def test_who_may_not_look_sees_nothing(client: Client, model: type[Model]) -> None:
    row = make_money().row(model)
    client.force_login(make_staff("bookings.view_booking"))
    assert client.get(list_url(model)).status_code == 403
    assert client.get(page_url(row)).status_code == 403
    client.force_login(make_user("hannah@example.org"))
    assert client.get(list_url(model)).status_code == 302


@pytest.mark.parametrize("model", MODELS)
def test_found_by_whatever_somebody_has_in_hand(finance: Client, model: type[Model]) -> None:
    money, other = make_money("Hannah"), make_money("Priya")
    payer: User = money.payment.payer
    texts = [
        payer.email.upper(),
        f"hannah {payer.last_name}",
        money.booking.reference,
        money.booking.reference.lower().replace("-", " "),
        money.invoice_number.lower(),
        f" {money.payment.stripe_intent_id} ",
        money.payment.stripe_charge_id,
        money.payment.stripe_checkout_id,
        money.refund.stripe_refund_id,
        money.event.pk,
    ]
    for text in texts:
        rows = found(finance, model, q=str(text))
        assert money.row(model) in rows, text
        assert other.row(model) not in rows, text
    assert found(finance, model, q="nobody at all") == set()


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_for_one_row_and_for_three(finance: Client, model: type[Model]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert finance.get(list_url(model)).status_code == 200
        return len(captured)

    make_money("Hannah")
    # The first page also reads who is logged in and what they may do for the first time.
    queries()
    for_one = queries()
    make_money("Priya")
    make_money("Tom")
    assert queries() == for_one


def test_a_payments_page_costs_the_same_for_one_refund_and_for_three(finance: Client) -> None:
    payment = make_money().payment

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert finance.get(page_url(payment)).status_code == 200
        return len(captured)

    queries()
    for_one = queries()
    for number in ("a", "b"):
        make_refund(payment, amount=Decimal("1.00"), stripe_refund_id=f"re_more_{number}")
        record_event(payment=payment, kind=PaymentEvent.Kind.REFUND_SUCCEEDED, stripe_object_id=number)
    assert queries() == for_one


def test_a_payments_page_leads_to_booking_customer_and_open_question(finance: Client) -> None:
    money = make_money()
    page = finance.get(page_url(money.payment)).content.decode()
    for address, text in (
        (reverse("admin:bookings_booking_page", args=[money.booking.pk]), money.booking.reference),
        (reverse("admin:customers_user_page", args=[money.payment.payer_id]), str(money.payment.payer)),
        (page_url(money.discrepancy), "Another amount than asked"),
    ):
        assert f'<a class="nowrap" href="{address}">{text}</a>' in page
    assert "Visa ending 4242" in page
    assert "£90.00" in page


def test_events_open_on_the_failed_ones_and_a_search_looks_at_all(finance: Client) -> None:
    failed, applied = make_money(), make_money(state=StripeEvent.State.APPLIED)
    assert found(finance, StripeEvent) == {failed.event}
    assert found(finance, StripeEvent, show="applied") == {applied.event}
    assert found(finance, StripeEvent, show="all") == {failed.event, applied.event}
    assert finance.get(list_url(StripeEvent), {"show": "nonsense"})["Location"] == f"{list_url(StripeEvent)}?e=1"
    assert found(finance, StripeEvent, q=applied.event.pk) == {applied.event}
    assert found(finance, StripeEvent, q=applied.event.pk, show="failed") == set()


def test_discrepancies_open_on_the_unsettled_ones(finance: Client) -> None:
    unsettled, settled = make_money().discrepancy, make_money().discrepancy
    Discrepancy.objects.filter(pk=settled.pk).update(resolved_at=clock.now(), resolution="Refunded.")
    assert found(finance, Discrepancy) == {unsettled}
    assert found(finance, Discrepancy, show="resolved") == {settled}
    assert found(finance, Discrepancy, show="all") == {unsettled, settled}


def test_the_choice_that_is_shown_is_marked(finance: Client) -> None:
    make_money()
    cl = finance.get(list_url(StripeEvent)).context["cl"]
    choices = [(choice["display"], choice["selected"]) for choice in cl.filter_specs[0].choices(cl)]
    assert choices == [
        ("Failed", True),
        ("Waiting", False),
        ("Applied", False),
        ("Not for us", False),
        ("All", False),
    ]


def test_money_of_nobody_we_know_is_shown(finance: Client) -> None:
    record_discrepancy(
        kind=Discrepancy.Kind.UNKNOWN_PAYMENT, stripe_object_id="pi_unknown", payment=None, found="9000 GBP"
    )
    stranger = Discrepancy.objects.get()
    assert found(finance, Discrepancy, q="pi_unknown") == {stranger}
    assert "None of ours" in finance.get(page_url(stranger)).content.decode()
