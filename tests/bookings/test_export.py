"""Bookings as a file: exactly what the filters select, safe to open, never gathered first, and written down."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.admin import export
from bookings.admin.export import safe
from bookings.models import Booking, CourseSession
from config.kernel import clock
from customers.models import Viewing
from tests.factories import (
    make_booking,
    make_payment,
    make_refund,
    make_requirement,
    make_session,
    make_staff,
    make_user,
)

pytestmark = pytest.mark.django_db

EXPORT = reverse("admin:bookings_booking_export")
START = datetime(2099, 7, 6, 8, 0, tzinfo=UTC)


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_staff("bookings.view_booking", "bookings.export_booking", first_name="Jas", last_name="B"))
    return client


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def rows_of(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text_of(response).removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+44 7700",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u200b=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20x",
        "−1",
        "﹢1",
    ],
)
def test_what_begins_like_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Tom", "07700 900142", "1-2", "(=1)", "'=1", "Ärzte", "李", "“x”", " Tom =1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_a_row_says_what_the_booking_is(office: Client) -> None:
    booking = make_booking(
        make_session(starts_at=START, days=2),
        customer=make_user("tom@example.org", first_name="=Tom", last_name='O\'Hara, "Jr"'),
        people=[("=cmd", "|x", ""), ("Una", "", ""), ("", "", "")],
        contact_phone="+44 7700 900142",
        company="Works; Ltd\r\n=2",
        notes="Not for others",
        referral_source="\uff1dgoogle",
        created_at=datetime(2027, 1, 5, 9, 30, 59, 999_999, tzinfo=UTC),
    )
    make_requirement(booking.attendees.all()[0], own_words="sentinel")
    make_refund(make_payment(booking), amount=Decimal("70.50"))

    response = office.get(EXPORT)
    text = text_of(response)

    assert text.startswith('\ufeff"Reference","Places are","Course"')
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    (row,) = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""))
    now = f"{clock.now().astimezone(clock.LONDON):%Y-%m-%d}"
    assert row.pop("Confirmed").startswith(now)
    assert row == {
        "Reference": booking.reference,
        "Places are": "Booked",
        "Course": "Emergency First Aid at Work",
        "Session": booking.session.code,
        "Starts": "2099-07-06 09:00",
        "Ends": "2099-07-07 16:00",
        "Venue": "Kelham Works",
        "Town": "Sheffield",
        "Places": "3",
        "People": "'=cmd |x; Una; ",
        "First name": "'=Tom",
        "Last name": 'O\'Hara, "Jr"',
        "Email": "tom@example.org",
        "Telephone": "'+44 7700 900142",
        "Company": "Works; Ltd\r\n=2",
        "PO number": "",
        "Price a place": "90.00",
        "VAT rate": "20.00",
        "Total": "270.00",
        "Money": "Part refunded",
        "Paid": "270.00",
        "Refunded": "70.50",
        "Refund on its way": "0.00",
        "Due": "0.00",
        "Source": "Website",
        "Heard of us": "'\uff1dgoogle",
        "Booked": "2027-01-05 09:30",
        "Cancelled": "",
        "Terms version": "1",
    }
    # Text is quoted, so that no other separator splits it; numbers are plain.
    assert '"Works; Ltd\r\n=2"' in text
    assert ",270.00," in text


def test_a_session_without_a_venue_leaves_its_cells_empty(office: Client) -> None:
    make_booking(make_session(starts_at=START))
    CourseSession.objects.update(venue=None)

    (row,) = rows_of(office.get(EXPORT))

    assert (row["Venue"], row["Town"], row["Cancelled"]) == ("", "", "")


def test_the_filters_of_the_list_select(office: Client) -> None:
    coming = make_booking(make_session(starts_at=START))
    over = make_booking(make_session(starts_at=datetime(2026, 1, 5, 9, tzinfo=UTC)), status=Booking.Status.CANCELLED)
    for query, found in (
        ({}, [coming]),
        ({"show": "all"}, [over, coming]),
        ({"show": "over"}, [over]),
        ({"show": "all", "status__exact": "confirmed"}, [coming]),
        ({"money": "due"}, [coming]),
        ({"q": over.reference}, [over]),
    ):
        assert [row["Reference"] for row in rows_of(office.get(EXPORT, query))] == [one.reference for one in found]
    assert office.get(EXPORT, {"money": "nonsense"}).status_code == 400
    assert office.get(EXPORT, {"status": "\0"}).status_code == 400


def test_who_exported_how_many_is_written_down_but_nothing_that_was_typed(office: Client) -> None:
    make_booking()
    rows_of(office.get(EXPORT, {"show": "all", "q": "hannah", "contact_email": "hannah@example.org", "money": ""}))
    viewing = Viewing.objects.get()
    assert (viewing.what, viewing.subject_kind) == ("bookings exported", "0 bookings")
    assert (viewing.subject_key, viewing.actor_label) == ("contact_email&q&show=all", "Jas B")


def test_the_file_begins_before_anything_is_read_and_costs_one_query(
    office: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_ROWS", 2)
    session = make_session()
    counts = []
    for number in (1, 2, 2):
        for _ in range(number):
            make_booking(session)
        with CaptureQueriesContext(connection) as queries:
            response: Any = office.get(EXPORT)
            pieces = response.streaming_content
            assert next(pieces).startswith(b"\xef\xbb\xbf")
            before = len(queries)
            lines = [line for piece in pieces for line in piece.splitlines()]
        assert len(lines) == Booking.objects.count()
        counts.append((before, len(queries) - before))
    assert counts[0] == counts[1] == counts[2]


def test_without_the_permission_nothing_is_given_out(client: Client) -> None:
    make_booking()
    client.force_login(make_staff("bookings.view_booking"))
    assert client.get(EXPORT).status_code == 403
    assert client.post(EXPORT).status_code == 403
    assert "Export CSV" not in client.get(reverse("admin:bookings_booking_changelist")).content.decode()
    assert not Viewing.objects.exists()
