"""The page on which the office books for somebody: its address, who sits at it, and what they type."""

from typing import Any

from django.test import Client
from django.urls import reverse

from bookings.models import CourseSession
from customers.models import User
from tests.factories import make_staff

URL = reverse("admin:bookings_booking_new")
KEY = "0192d3a4-0000-7000-8000-000000000001"


def sit_down(client: Client) -> User:
    """Somebody who may book for customers is logged in."""
    jas = make_staff("bookings.add_booking", "bookings.view_booking", first_name="Jas", last_name="Bains")
    client.force_login(jas)
    return jas


def typed(on: CourseSession, **fields: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "form_key": KEY,
        "email": "hannah@example.org",
        "first_name": "Hannah",
        "last_name": "Okafor",
        "session": f"{on.pk}~{on.price}",
        "places": "3",
        "source": "phone",
        "purpose": "work",
        "terms": "on",
        "sends_link": "on",
        "book": "1",
    }
    return {name: value for name, value in (said | fields).items() if value is not None}


def chosen(on: CourseSession, customer: User, **fields: Any) -> dict[str, Any]:
    nobody: dict[str, Any] = dict.fromkeys(("email", "first_name", "last_name"))
    return typed(on, **nobody | {"customer": str(customer.pk)} | fields)
