"""What staff do about money: try again what failed, and settle what does not match. Refused, nothing happens."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from config.kernel import clock
from customers.models import Activity, User
from payments import locks
from payments.models import Discrepancy, Refund, StripeEvent
from payments.services.discrepancies import resolve_discrepancy
from payments.services.recording import record_discrepancy
from tests.factories import make_booking, make_payment, make_refund, make_staff

pytestmark = pytest.mark.django_db

EVENTS = reverse("admin:payments_stripeevent_changelist")
REFUNDS = reverse("admin:payments_refund_changelist")
EVENT_RIGHTS = ("payments.view_stripeevent", "payments.change_stripeevent")
REFUND_RIGHTS = ("payments.view_refund", "payments.change_refund")
RIGHTS = ("payments.view_discrepancy", "payments.change_discrepancy")


def make_event(event_id: str, state: StripeEvent.State) -> StripeEvent:
    return StripeEvent.objects.create(
        id=event_id,
        type="payment_intent.succeeded",
        object_id=f"pi_{event_id}",
        happened_at=clock.now(),
        state=state,
        attempts=3,
        last_error="KeyError",
    )


def log_in(client: Client, *permissions: str) -> User:
    user = make_staff(*permissions, first_name="Moira", last_name="Dunne")
    client.force_login(user)
    return user


def try_again(client: Client, address: str, *keys: object, show: str = "all") -> Any:
    return client.post(
        f"{address}?show={show}" if address == EVENTS else address,
        {"action": "try_again", "_selected_action": [str(key) for key in keys]},
    )


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def failed_refund(amount: str = "10.00") -> Refund:
    return make_refund(
        make_payment(make_booking()), amount=Decimal(amount), status=Refund.Status.FAILED, attempts=2, last_error="No."
    )


def mismatch() -> Discrepancy:
    payment = make_payment(make_booking())
    record_discrepancy(
        kind=Discrepancy.Kind.AMOUNT, stripe_object_id="pi_1", payment=payment, expected="9000", found="8000"
    )
    return Discrepancy.objects.get()


def test_a_failed_event_is_tried_again(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    log_in(client, *EVENT_RIGHTS)
    failed, applied = make_event("evt_1", StripeEvent.State.FAILED), make_event("evt_2", StripeEvent.State.APPLIED)
    with django_capture_on_commit_callbacks() as started:
        answer = try_again(client, EVENTS, failed.pk, applied.pk)
    assert said(answer) == ["Trying again: 1 of 2.", "Left alone, because they have not failed: 1."]
    failed.refresh_from_db()
    applied.refresh_from_db()
    assert (failed.state, failed.attempts, applied.state, applied.attempts) == ("received", 0, "applied", 3)
    assert len(started) == 1
    assert [entry.object_id for entry in LogEntry.objects.all()] == [failed.pk]


def test_who_may_only_look_cannot_try_events_again(client: Client) -> None:
    log_in(client, "payments.view_stripeevent")
    failed = make_event("evt_1", StripeEvent.State.FAILED)
    assert "try_again" not in client.get(EVENTS).content.decode()
    try_again(client, EVENTS, failed.pk)
    failed.refresh_from_db()
    assert (failed.state, LogEntry.objects.count()) == ("failed", 0)


def test_a_failed_refund_is_sent_again(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    log_in(client, *REFUND_RIGHTS)
    failed = failed_refund()
    sent = make_refund(make_payment(make_booking()), amount=Decimal("5.00"))
    with django_capture_on_commit_callbacks() as started:
        answer = try_again(client, REFUNDS, failed.pk, sent.pk)
    assert said(answer) == ["1 refund is on its way again.", "1 refund is left alone, as it has not failed."]
    failed.refresh_from_db()
    assert (failed.status, failed.round, failed.attempts, failed.finished_at) == ("requested", 2, 0, None)
    assert len(started) == 1
    assert [entry.object_id for entry in LogEntry.objects.all()] == [str(failed.pk)]


def test_several_are_told_as_several(client: Client) -> None:
    log_in(client, *REFUND_RIGHTS)
    first, second = failed_refund(), failed_refund()
    answer = try_again(client, REFUNDS, first.pk, second.pk)
    assert said(answer) == ["2 refunds are on their way again."]


def test_a_refund_is_not_sent_again_when_its_money_went_back_meanwhile(client: Client) -> None:
    log_in(client, *REFUND_RIGHTS)
    failed = failed_refund("90.00")
    make_refund(failed.payment, amount=Decimal("50.00"))
    assert said(try_again(client, REFUNDS, failed.pk)) == ["1 refund is more than can still go back."]
    failed.refresh_from_db()
    assert (failed.status, failed.round, LogEntry.objects.count()) == ("failed", 1, 0)


def test_who_may_only_look_cannot_send_refunds_again(client: Client) -> None:
    log_in(client, "payments.view_refund")
    failed = failed_refund()
    assert "try_again" not in client.get(REFUNDS).content.decode()
    try_again(client, REFUNDS, failed.pk)
    failed.refresh_from_db()
    assert (failed.status, LogEntry.objects.count()) == ("failed", 0)


def test_a_discrepancy_is_marked_as_resolved_with_who_when_and_how(client: Client) -> None:
    user = log_in(client, *RIGHTS)
    discrepancy = mismatch()
    page = reverse("admin:payments_discrepancy_change", args=[discrepancy.pk])
    form = reverse("admin:payments_discrepancy_resolve", args=[discrepancy.pk])
    assert form in client.get(page).content.decode()
    shown = client.get(form).content.decode()
    assert "our records say “9000”, Stripe says “8000”" in " ".join(shown.split())

    answer = client.post(form, {"resolution": " Refunded in Stripe. "})
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert said(answer) == ["The discrepancy is marked as resolved."]
    discrepancy.refresh_from_db()
    assert (discrepancy.resolved_by, discrepancy.resolution) == (user, "Refunded in Stripe.")
    assert discrepancy.resolved_at is not None
    assert LogEntry.objects.get().object_id == str(discrepancy.pk)
    assert form not in client.get(page).content.decode()


def test_the_second_who_settles_it_is_told_so(client: Client) -> None:
    user = log_in(client, *RIGHTS)
    discrepancy = mismatch()
    assert resolve_discrepancy(
        discrepancy=locks.lock_discrepancy(discrepancy.pk), user=user, resolution="Told the customer."
    )
    answer = client.post(
        reverse("admin:payments_discrepancy_resolve", args=[discrepancy.pk]), {"resolution": "Something else."}
    )
    assert said(answer) == ["Moira Dunne had resolved this already. Nothing was changed."]
    discrepancy.refresh_from_db()
    assert (discrepancy.resolution, LogEntry.objects.count()) == ("Told the customer.", 0)


@pytest.mark.parametrize("typed", ["", "   "])
def test_without_an_explanation_it_stays_open(client: Client, typed: str) -> None:
    user = log_in(client, *RIGHTS)
    discrepancy = mismatch()
    answer = client.post(reverse("admin:payments_discrepancy_resolve", args=[discrepancy.pk]), {"resolution": typed})
    assert answer.status_code == 200
    assert "Say what was done about it, so that others can follow." in answer.content.decode()
    with pytest.raises(ValueError, match="Say what was done"):
        resolve_discrepancy(discrepancy=discrepancy, user=user, resolution=typed)
    discrepancy.refresh_from_db()
    assert (discrepancy.resolved_at, discrepancy.resolved_by, discrepancy.resolution) == (None, None, "")


def test_who_may_only_look_cannot_settle_it(client: Client) -> None:
    log_in(client, "payments.view_discrepancy")
    discrepancy = mismatch()
    form = reverse("admin:payments_discrepancy_resolve", args=[discrepancy.pk])
    assert form not in client.get(reverse("admin:payments_discrepancy_change", args=[discrepancy.pk])).content.decode()
    assert client.get(form).status_code == 403
    assert client.post(form, {"resolution": "Mine now."}).status_code == 403
    discrepancy.refresh_from_db()
    assert discrepancy.resolved_at is None


def test_one_about_no_payment_of_ours_stands_on_nobodys_timeline(client: Client) -> None:
    user = log_in(client, *RIGHTS)
    record_discrepancy(kind=Discrepancy.Kind.UNKNOWN_REFUND, stripe_object_id="re_1", payment=None, found="100 GBP")
    found = Discrepancy.objects.get()
    assert resolve_discrepancy(discrepancy=found, user=user, resolution="Another shop’s.") is True
    found.refresh_from_db()
    assert (found.resolved_by, Activity.objects.count()) == (user, 0)
