"""The same press at the same moment, by one person or by several: what it does is done once."""

from functools import partial

import pytest
from django.urls import reverse

from bookings.models import Booking
from customers.models import Note
from customers.roles import RoleName
from payments.models import Refund
from tests.attack.office_people import browser_of, member
from tests.factories import make_booking, make_payment, make_session, make_user
from tests.factories.together import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_refund_the_same_money_at_once_send_it_once() -> None:
    session = make_session()
    booking = make_booking(session, status=Booking.Status.CONFIRMED)
    payment = make_payment(booking, stripe_intent_id="pi_once")
    address = reverse("admin:payments_payment_refund", args=[payment.pk])
    browsers = [browser_of(member(role)) for role in (RoleName.FINANCE, RoleName.OFFICE, RoleName.OWNER)]
    figures = browsers[0].get(address).context["standing"].figures
    sent = {"booking": str(booking.pk), "amount": f"{payment.amount}", "reason": "goodwill", "figures": figures}
    answers = all_at_once([partial(browser.post, address, sent) for browser in browsers])
    assert sorted(answer.status_code for answer in answers) == [200, 200, 302]
    assert [refund.amount for refund in Refund.objects.all()] == [payment.amount]
    # The same press once more, later.
    assert browsers[0].post(address, sent).status_code == 200
    assert Refund.objects.count() == 1


def test_two_who_cancel_and_refund_at_once_send_the_money_back_once() -> None:
    booking = make_booking(make_session(), status=Booking.Status.CONFIRMED)
    payment = make_payment(booking, stripe_intent_id="pi_once")
    office, finance = browser_of(member(RoleName.OFFICE)), browser_of(member(RoleName.FINANCE))
    cancelling = reverse("admin:bookings_booking_cancel", args=[booking.pk])
    refunding = reverse("admin:payments_payment_refund", args=[payment.pk])
    effect, standing = office.get(cancelling).context["effect"], finance.get(refunding).context["standing"]
    whole = f"{payment.amount}"
    cancel = {"refund": whole, "reason": "customer", "figures": effect.figures}
    refund = {"booking": str(booking.pk), "amount": whole, "reason": "goodwill", "figures": standing.figures}
    answers = all_at_once(
        [
            partial(office.post, cancelling, cancel),
            partial(finance.post, refunding, refund),
            partial(office.post, cancelling, cancel),
        ]
    )
    assert {answer.status_code for answer in answers} <= {200, 302}
    assert sum(refund.amount for refund in Refund.objects.all()) == payment.amount
    assert Booking.objects.get(pk=booking.pk).status in ("confirmed", "cancelled")


def test_a_note_pressed_twice_is_written_once() -> None:
    ann, browser = make_user("mo@example.com"), browser_of(member(RoleName.OFFICE))
    press = partial(browser.post, reverse("admin:customers_user_note", args=[ann.pk]), {"body": "Rang about parking"})
    assert [answer.status_code for answer in all_at_once([press, press, press])] == [302, 302, 302]
    assert Note.objects.filter(user=ann).count() == 1
    assert browser.post(press.args[0], {"body": "Rang again"}).status_code == 302
    assert Note.objects.filter(user=ann).count() == 2
