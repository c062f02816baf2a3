"""The printed confirmation as a reader finds it: tagged, titled, one page, and saying what it should and no more."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from bookings.models import Booking, CourseSession
from invoicing import selectors
from invoicing.flows.rendering import render_confirmation_pdf
from invoicing.services.confirmations import order_confirmation
from tests.factories import make_booking, make_course, make_session, make_venue
from tests.invoicing.builders import PEOPLE
from tests.invoicing.test_document import lines_of, tags_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage", "started", "today")]


def read(booking: Booking) -> PdfReader:
    paper = order_confirmation(booking)
    render_confirmation_pdf(confirmation_id=paper.pk)
    paper.refresh_from_db()
    return PdfReader(io.BytesIO(selectors.pdf_bytes(paper)))


@pytest.fixture
def session(db: None) -> CourseSession:
    """Three days in December, at a place with directions, for a course with something to bring."""
    return make_session(
        course=make_course(name="First Aid at Work", bring="Comfortable clothes.\nLunch."),
        venue=make_venue(directions="Past the mill, then left.", parking=True),
        starts_at=datetime(2026, 12, 14, 9, 0, tzinfo=UTC),
        days=3,
    )


def test_it_reads_from_top_to_bottom(session: CourseSession) -> None:
    booking = make_booking(session, people=[*PEOPLE, ("", "", "")], total=Decimal("360.00"))
    assert lines_of(read(booking)) == [
        "React Fast",
        "Training",
        "React Fast Training Ltd",
        "Unit 6, Green Lane Works",
        "Sheffield S3 8SE",
        "Booking confirmation",
        booking.reference,
        "Booked",
        "21 November 2026, by Hannah Okafor",
        "4 places on First Aid at Work",
        "When 14 to 16 December 2026, 9am to 4pm",
        "Where Kelham Works, 12 Green Lane, Sheffield S3 8SE",
        "How to find it Past the mill, then left.",
        "Access There is step-free access and parking. Call 0114 496 0321 to ask about anything",
        "else.",
        "Who is coming Hannah Okafor, Tom Ackroyd, Priya Sharma, Person 4: name to follow",
        "What to bring Comfortable clothes.",
        "Lunch.",
        "If your plans change",
        "As agreed on 21 November 2026:",
        "Swap a name free of charge, up to the morning of the course.",
        "Cancel by Monday 30 November 2026 and we refund everything. After that we refund half, until Monday 7",
        "December 2026. Later there is no refund.",
        "Move to another date free of charge, once, by Monday 7 December 2026.",
        f"Questions, or something to change? 0114 496 0321 or hello@reactfast.example. Say {booking.reference}.",
        "React Fast Training Ltd. This is not an invoice.",
        "Page 1 of 1",
    ]


def test_it_is_tagged_titled_and_in_english(session: CourseSession) -> None:
    booking = make_booking(session)
    reader = read(booking)
    assert reader.metadata is not None
    assert reader.metadata.title == f"Booking confirmation {booking.reference}"
    root: Any = reader.root_object
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    tags = tags_in(root["/StructTreeRoot"]["/K"])
    assert [tag for tag in tags if tag in {"/H1", "/H2", "/Table", "/Figure"}] == ["/H1", "/H2"]


def test_twelve_people_with_long_names_fit_on_one_page(session: CourseSession) -> None:
    people = [(f"Wolfeschlegelsteinhausen{n}", "Brzęczyszczykiewicz-Featherstonehaugh", "") for n in range(12)]
    reader = read(make_booking(session, people=people))
    assert len(reader.pages) == 1
    text = reader.pages[0].extract_text()
    assert text.count("Wolfeschlegelsteinhausen") == 12


def test_a_place_that_is_not_settled_and_a_free_course(session: CourseSession) -> None:
    session.venue = None
    session.save()
    lines = lines_of(read(make_booking(session, total=Decimal("0.00"))))
    assert "Where We’ll write to you as soon as the place is settled." in lines
    assert not [line for line in lines if line.startswith(("Access", "How to find it"))]
    assert "Tell us if you can’t come, so that somebody else can have the place." in lines
    assert not [line for line in lines if "refund" in line or "£" in line]


def test_what_people_typed_is_text(session: CourseSession) -> None:
    booking = make_booking(session, people=[("<h1>Eve</h1>", "{{ facts }}\u202e", "")], contact_first_name="<b>H")
    reader = read(booking)
    text = reader.pages[0].extract_text()
    assert "<h1>Eve</h1> {{ facts }}" in text
    assert "by <b>H Okafor" in text
    root: Any = reader.root_object
    assert tags_in(root["/StructTreeRoot"]["/K"]).count("/H1") == 1
