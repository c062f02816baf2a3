"""Lists of the office: a page from where the last one ended, in order, with nothing lost, counted or named."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bookings.admin.bookings import BookingAdmin
from bookings.models import Booking
from config.kernel import clock
from tests.factories import make_booking, make_session, make_staff

pytestmark = pytest.mark.django_db

BOOKINGS = reverse("admin:bookings_booking_changelist")
PEOPLE = reverse("admin:customers_user_changelist")


@pytest.fixture
def office(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The owner's browser; a page of a list has three rows."""
    monkeypatch.setattr(BookingAdmin, "list_per_page", 3)
    client.force_login(make_staff(is_superuser=True, last_name="Aardvark"))
    return client


def make_bookings(number: int) -> list[str]:
    """So many bookings, newest first; two of each three were made at the same moment."""
    session, start = make_session(), clock.now() - timedelta(days=1)
    for n in range(number):
        make_booking(session, created_at=start + timedelta(minutes=n - n % 3 % 2))
    return list(Booking.objects.order_by("-created_at", "-id").values_list("reference", flat=True))


def pages(office: Client, url: str, way: str) -> Iterator[list[str]]:
    """The references on each page, following "older" or "newer" to the end."""
    next_url: str | None = url
    while next_url:
        response = office.get(next_url)
        assert response.status_code == 200
        cl = response.context["cl"]
        yield [row.reference for row in cl.result_list]
        query = getattr(cl, f"{way}_url")
        next_url = query and f"{BOOKINGS}{query}"


@pytest.mark.parametrize("scope", ["", "?show=all"])
def test_every_row_is_on_one_page_each_way(office: Client, scope: str) -> None:
    newest_first = make_bookings(8)
    older = list(pages(office, BOOKINGS + scope, "older"))
    assert older == [newest_first[:3], newest_first[3:6], newest_first[6:]]
    last = Booking.objects.get(reference=newest_first[-1])
    newer = list(pages(office, f"{BOOKINGS}{scope or '?'}&before={last.pk}", "newer"))
    # The page nearest the beginning is the first page, and full.
    assert newer == [newest_first[4:7], newest_first[1:4], newest_first[:3]]
