"""The office: what became of printed confirmations, found by reference, and made again."""

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from invoicing.models import BookingConfirmation
from invoicing.services.confirmations import order_confirmation
from tests.factories import make_booking, make_staff

pytestmark = pytest.mark.django_db

LIST = reverse("admin:invoicing_bookingconfirmation_changelist")


def office(*permissions: str) -> Client:
    client = Client()
    client.force_login(make_staff(*permissions))
    return client


@pytest.fixture
def failed() -> BookingConfirmation:
    paper = order_confirmation(make_booking())
    BookingConfirmation.objects.update(pdf_state="failed", pdf_error="OSError: No space left")
    return paper


def test_it_shows_what_went_wrong_and_nothing_can_be_changed(failed: BookingConfirmation) -> None:
    client = office("invoicing.view_bookingconfirmation")
    page = client.get(reverse("admin:invoicing_bookingconfirmation_change", args=[failed.pk])).content.decode()
    assert "OSError: No space left" in page
    assert reverse("admin:bookings_booking_page", args=[failed.booking_id]) in page
    assert 'name="_save"' not in page


def test_it_is_found_by_reference_however_typed(failed: BookingConfirmation) -> None:
    order_confirmation(make_booking())
    client = office("invoicing.view_bookingconfirmation")
    reference = Booking.objects.get(pk=failed.booking_id).reference

    def found(text: str) -> set[BookingConfirmation]:
        return set(client.get(LIST, {"q": text}).context["cl"].queryset)

    assert found(reference.lower().replace("-", " ")) == {failed}
    assert found(reference[:8]) == {failed}
    assert found("nothing like it") == set()
    assert len(found("")) == 2


@pytest.mark.parametrize("may", [True, False])
def test_who_may_change_them_has_them_made_again(failed: BookingConfirmation, may: bool) -> None:
    permissions = ["invoicing.view_bookingconfirmation"] + ["invoicing.change_bookingconfirmation"] * may
    client = office(*permissions)
    response = client.post(LIST, {"action": "make_pdf_again", "_selected_action": [str(failed.pk)]}, follow=True)
    failed.refresh_from_db()
    assert failed.pdf_state == ("pending" if may else "failed")
    assert ("1 PDF is being made again." in response.content.decode()) is may
