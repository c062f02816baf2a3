"""The printed confirmation of a booking: ordered once, made by the worker, made again when it says what is not so."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from bookings.models import Attendee, Booking
from bookings.selectors import booking_with_details
from communications.models import Message
from communications.services import outbox
from invoicing import selectors
from invoicing.flows import rendering
from invoicing.flows.rendering import render_confirmation_pdf, render_invoice_pdf
from invoicing.models import BookingConfirmation, Invoice
from invoicing.services import confirmations, documents
from invoicing.services.suppliers import add_version
from invoicing.tasks import render_confirmation_pdf as render_task
from invoicing.tasks import sweep_pdfs
from tests.factories import make_booking
from tests.invoicing.builders import TODAY, MakeInvoice, SetNow, Started, supplier
from tests.invoicing.test_rendering import refuse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage", "started", "today")]

RENDER = "invoicing.tasks.render_confirmation_pdf"


def ordered(booking: Booking) -> BookingConfirmation:
    return confirmations.order_confirmation(booking)


def made(booking: Booking) -> BookingConfirmation:
    paper = ordered(booking)
    render_confirmation_pdf(confirmation_id=paper.pk)
    paper.refresh_from_db()
    return paper


def ensured(booking: Booking) -> BookingConfirmation:
    return confirmations.ensure_confirmation(booking_with_details(booking.pk))


def test_it_works(booking: Booking, storage: Path) -> None:
    paper = made(booking)
    assert (paper.pdf_state, paper.pdf_path) == ("ready", f"confirmations/2026/{paper.pk}.pdf")
    assert (storage / paper.pdf_path).read_bytes() == selectors.pdf_bytes(paper)
    assert selectors.pdf_bytes(paper).startswith(b"%PDF-")
    assert len(paper.said) == 64
    assert str(paper) == f"Confirmation of {booking.reference}"


def test_it_is_ordered_once(
    booking: Booking, started: Started, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first, second = ordered(booking), ordered(booking)
    assert BookingConfirmation.objects.get() == first
    assert started == [(RENDER, [str(first.pk)], 0), (RENDER, [str(second.pk)], 0)]
    # The task of the second finds nothing to do.
    render_confirmation_pdf(confirmation_id=second.pk)
    assert BookingConfirmation.objects.get().pdf_state == "pending"


def test_asking_for_it_orders_one_that_was_never_ordered(booking: Booking) -> None:
    assert ensured(booking) == ensured(booking) == BookingConfirmation.objects.get()


def test_one_that_says_what_is_so_is_left_alone(
    booking: Booking, django_assert_num_queries: DjangoAssertNumQueries, set_now: SetNow
) -> None:
    made(booking)
    whole = booking_with_details(booking.pk)
    # Days go by, and the terms for changes are still those of the day of booking.
    set_now(TODAY + timedelta(days=10))
    with django_assert_num_queries(2):
        assert confirmations.ensure_confirmation(whole).pdf_state == "ready"


@pytest.mark.parametrize("change", ["a name", "the place", "the seller"])
def test_what_is_not_so_any_more_is_made_again(
    booking: Booking,
    started: Started,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    change: str,
) -> None:
    paper = made(booking)
    before = selectors.pdf_bytes(paper)
    if change == "a name":
        Attendee.objects.filter(booking=booking, position=3).update(first_name="Anna")
    elif change == "the place":
        venue = booking.session.venue
        assert venue is not None
        venue.directions = "Past the mill."
        venue.save()
    else:
        add_version(supplier(legal_name="Quick Training Ltd"))
    with django_capture_on_commit_callbacks(execute=True):
        assert ensured(booking).pdf_state == "pending"
        assert ensured(booking).pdf_state == "pending"
    assert started == [(RENDER, [str(paper.pk)], 0)]
    render_confirmation_pdf(confirmation_id=paper.pk)
    again = ensured(booking)
    assert again.pdf_state == "ready"
    assert again.said != paper.said
    assert selectors.pdf_bytes(again) != before


def test_one_that_failed_waits_for_staff(booking: Booking) -> None:
    paper = made(booking)
    BookingConfirmation.objects.update(pdf_state="failed", said="")
    assert ensured(booking).pdf_state == "failed"
    assert documents.make_again(BookingConfirmation, paper.pk)
    assert ensured(booking).pdf_state == "pending"


def test_a_failure_is_kept_and_tried_again(
    booking: Booking, monkeypatch: pytest.MonkeyPatch, set_now: SetNow, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(rendering, "render_pdf", refuse)
        paper = made(booking)
    assert (paper.pdf_state, paper.pdf_error, paper.said) == ("pending", "RefusedAddress: file:///etc/passwd", "")
    assert [record.getMessage() for record in caplog.records] == [
        "The PDF of a booking confirmation could not be made."
    ]
    set_now(TODAY + timedelta(minutes=1))
    render_confirmation_pdf(confirmation_id=paper.pk)
    paper.refresh_from_db()
    assert (paper.pdf_state, paper.pdf_error, paper.pdf_attempts) == ("ready", "", 2)


def test_who_finishes_second_changes_nothing(booking: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its claim had run out, another worker took over and was faster."""
    make = rendering._make_confirmation

    def slow(*args: object) -> object:
        stored = make(*args)  # type: ignore[arg-type]
        BookingConfirmation.objects.update(pdf_state="ready", said="of the faster one")
        return stored

    monkeypatch.setattr(rendering, "_make_confirmation", slow)
    assert made(booking).said == "of the faster one"


def test_the_tasks_render_and_sweep(
    booking: Booking, started: Started, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    paper = ordered(booking)
    with django_capture_on_commit_callbacks(execute=True):
        sweep_pdfs()
    assert started == [(RENDER, [str(paper.pk)], 0)]
    render_task(str(paper.pk))
    paper.refresh_from_db()
    assert paper.pdf_state == "ready"


@pytest.mark.parametrize("last", ["the invoice", "the confirmation"])
def test_the_letter_goes_when_the_last_of_its_papers_is_there(
    make_invoice: MakeInvoice, booking: Booking, set_now: SetNow, last: str
) -> None:
    invoice, printed = make_invoice(), ordered(booking)
    letter, *joining = outbox.queue_booking_messages(booking=booking, invoice=invoice, printed=printed)
    waits_until = TODAY + timedelta(seconds=5)
    assert letter.send_after == waits_until
    set_now(TODAY + timedelta(seconds=1))
    for number, paper in enumerate(["the confirmation", "the invoice"][:: 1 if last == "the invoice" else -1]):
        if paper == "the invoice":
            render_invoice_pdf(invoice_id=invoice.pk)
        else:
            render_confirmation_pdf(confirmation_id=printed.pk)
        letter.refresh_from_db()
        assert letter.send_after == (waits_until if number == 0 else TODAY + timedelta(seconds=1))
    assert set(Message.objects.all()) == {letter, *joining}


def test_a_free_bookings_letter_waits_for_its_paper_alone(booking: Booking, set_now: SetNow) -> None:
    printed = ordered(booking)
    letter = outbox.queue_booking_messages(booking=booking, invoice=None, printed=printed)[0]
    assert letter.send_after == TODAY + timedelta(seconds=5)
    set_now(TODAY + timedelta(seconds=1))
    render_confirmation_pdf(confirmation_id=printed.pk)
    letter.refresh_from_db()
    assert letter.send_after == TODAY + timedelta(seconds=1)


def test_a_letter_that_has_gone_or_keeps_a_back_off_is_left_alone(booking: Booking) -> None:
    printed = ordered(booking)
    letter = outbox.queue_booking_messages(booking=booking, invoice=None, printed=printed)[0]
    for fields in ({"state": "sent"}, {"state": "queued", "attempts": 1}):
        Message.objects.update(**fields)
        BookingConfirmation.objects.update(pdf_state="pending", pdf_next_attempt_at=TODAY)
        render_confirmation_pdf(confirmation_id=printed.pk)
        assert Message.objects.get(pk=letter.pk).send_after == letter.send_after


def test_the_sweeper_starts_invoices_first(
    invoice: Invoice,
    booking: Booking,
    started: Started,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    paper, other = ordered(booking), ordered(make_booking())
    with django_capture_on_commit_callbacks(execute=True):
        assert documents.sweep() == 3
    assert started[0] == ("invoicing.tasks.render_invoice_pdf", [str(invoice.pk)], 0)
    assert {task[1][0] for task in started[1:]} == {str(paper.pk), str(other.pk)}
