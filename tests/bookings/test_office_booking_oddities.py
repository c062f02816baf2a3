"""What nobody would type into the page that books for somebody, and what happens between its opening and its press."""

from decimal import Decimal
from typing import Any, NoReturn

import pytest
from django.test import Client
from django.urls import reverse

from bookings.admin import new_booking
from bookings.exceptions import BookingClosed, BookingRefused, PriceChanged
from bookings.models import Booking
from payments.flows.completing import PlacesGone, complete_free_order
from tests.factories import make_session, make_staff

pytestmark = pytest.mark.django_db

URL = reverse("admin:bookings_booking_new")
KEY = "0192d3a4-0000-7000-8000-000000000001"


@pytest.mark.parametrize("odd", ["a\0b@example.org", "\ud800", "x" * 20_000, "\u202e<b>'\"--"])
@pytest.mark.parametrize("press", ["book", "look", "part"])
def test_nothing_that_is_typed_breaks_the_page(client: Client, odd: str, press: str) -> None:
    client.force_login(make_staff("bookings.add_booking", "bookings.view_booking"))
    names = (
        "form_key",
        "customer",
        "session",
        "course",
        "organisation",
        "places",
        "names",
        "purpose",
        "source",
        "phone",
    )
    everywhere = dict.fromkeys((*names, "email", "first_name", "last_name", "notes", "po_number", press), odd)
    sent = {name: value.encode("utf-8", "replace").decode() for name, value in everywhere.items()}
    page = client.post(URL, sent | ({"part": "people"} if press == "part" else {}))
    assert page.status_code == 200
    assert b"<b>'" not in page.content
    assert not Booking.objects.exists()


def press(client: Client, price: str) -> Any:
    client.force_login(make_staff("bookings.add_booking", "bookings.view_booking"))
    session = make_session(price=Decimal(price))
    said = {
        "form_key": KEY,
        "first_name": "Ada",
        "last_name": "Byron",
        "session": f"{session.pk}~{price}",
        "places": "1",
    }
    return client.post(URL, said | {"source": "email", "purpose": "work", "terms": "on", "book": "1"}, follow=True)


@pytest.mark.parametrize(
    "refusal, sentence",
    [
        (BookingClosed(), "This session has begun or was called off just now. Choose another one"),
        (
            PriceChanged(Decimal(95)),
            "The price changed just now. Look at the new one and tell them before you book",
        ),
    ],
)
def test_what_changed_in_the_last_moment_is_said(
    client: Client, monkeypatch: pytest.MonkeyPatch, refusal: BookingRefused, sentence: str
) -> None:
    def refuse(**_wish: Any) -> NoReturn:
        raise refusal

    monkeypatch.setattr(new_booking, "book_for_customer", refuse)
    answer = press(client, "90.00")
    assert dict(answer.context["form"].errors) == {"session": [sentence]}


def test_a_free_booking_that_was_not_confirmed_is_not_called_booked_and_is_confirmed_by_a_second_press(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(**_booking: Any) -> NoReturn:
        raise PlacesGone

    monkeypatch.setattr(new_booking, "complete_free_order", too_late)
    answer = press(client, "0.00")
    booking = Booking.objects.get()
    assert [str(said) for said in answer.context["messages"]] == [
        f"{booking.reference} is not booked: the course has begun or was called off just now."
    ]

    monkeypatch.setattr(new_booking, "complete_free_order", complete_free_order)
    client.post(URL, {"form_key": KEY, "book": "1"})
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CONFIRMED
