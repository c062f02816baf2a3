"""What nobody would type into the page that books for somebody."""

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

URL = reverse("admin:bookings_booking_new")


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
