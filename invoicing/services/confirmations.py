"""The printed booking confirmation: what it says, whether the stored one still says what is so, and asking for one.

One A4 page: reference, when, where with directions and access, who, what to bring, and what happens if plans change.
Never a word about anybody's needs, and no sums: those are on the invoice. It carries the change terms as they stood on
the day of booking, so that it doesn't become another paper merely because days go by.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from django.template.loader import render_to_string

from bookings.models import Booking
from bookings.services.plans import plans_for
from bookings.services.venues import access_sentence
from config.brand import BRAND
from config.kernel import clock
from config.kernel.jobs import enqueue
from invoicing import selectors
from invoicing.models import BookingConfirmation, SupplierProfile
from invoicing.services import documents, wording
from invoicing.services.stationery import wordmark


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the paper says, as it is printed. Whatever people typed is printable text, not markup."""

    reference: str
    booked_by: str
    booked_on: str
    course: str
    places: str
    when: tuple[str, ...]
    where: str
    directions: str
    access: str
    people: tuple[str, ...]
    bring: str
    plans: tuple[str, ...]
    seller: str
    seller_address: str
    contact: str

    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def order_confirmation(booking: Booking) -> BookingConfirmation:
    """Has the first paper of a booking made. Part of the caller's transaction.

    Of two who order it at once the row of one is kept; the other's is forgotten, and its task finds nothing to do.
    """
    now = clock.now()
    paper = BookingConfirmation(booking=booking, created_at=now, pdf_next_attempt_at=now)
    BookingConfirmation.objects.bulk_create([paper], ignore_conflicts=True)
    enqueue(documents.RENDER_TASKS[BookingConfirmation], paper.pk)
    return paper


def ensure_confirmation(booking: Booking) -> BookingConfirmation:
    """The paper of a booking; one that is missing, or no longer says what is so, is being made when this returns.

    `booking` is one of bookings.selectors, with its session, days and people. One that failed stays failed until staff
    have it made again.
    """
    paper = selectors.confirmation_of(booking)
    if paper is None:
        order_confirmation(booking)
    elif paper.pdf_state == BookingConfirmation.PdfState.READY and not says_what_is_so(paper, booking):
        documents.make_again(BookingConfirmation, paper.pk)
    else:
        return paper
    return BookingConfirmation.objects.get(booking=booking)


def says_what_is_so(paper: BookingConfirmation, booking: Booking) -> bool:
    """Whether the file that was made last says what would be printed now."""
    return paper.said == facts_of(booking, selectors.current_supplier()).fingerprint()


def ready_pdf(booking: Booking) -> bytes | None:
    """The file, if it is there and says what is so: for letters, which ask for nothing and wait for nothing.

    No query where `booking` was read with its confirmation.
    """
    paper: BookingConfirmation | None = getattr(booking, "confirmation", None)
    try:
        return selectors.pdf_bytes(paper) if paper and says_what_is_so(paper, booking) else None
    except selectors.DocumentMissing:
        return None


def facts_of(booking: Booking, supplier: SupplierProfile) -> Facts:
    """What the paper of this booking says now."""
    session, people = booking.session, list(booking.attendees.all())
    booked_on = clock.london_date(booking.confirmed_at or booking.created_at)
    plans = plans_for(booking, booked_on)
    return Facts(
        reference=booking.reference,
        booked_by=wording.printable(booking.contact_name or str(booking.customer)),
        booked_on=clock.format_plain_date(booked_on),
        course=session.course.name,
        places="1 place" if len(people) == 1 else f"{len(people)} places",
        when=tuple(wording.meetings(session, list(session.days.all()))),
        where=session.venue.full_address if session.venue else "",
        directions=wording.printable(session.venue.directions) if session.venue else "",
        access=access_sentence(session.venue) if session.venue else "",
        people=tuple(
            wording.printable(person.full_name) or f"Person {person.position}: name to follow" for person in people
        ),
        bring=wording.printable(session.course.bring),
        plans=tuple(plans),
        seller=supplier.legal_name,
        seller_address=supplier.address,
        contact=f"{BRAND.phone} or {BRAND.email}",
    )


def compose_confirmation(facts: Facts) -> str:
    """The whole HTML document, without its style; everything people typed is escaped."""
    return render_to_string("pdf/confirmation.html", {"facts": facts, "wordmark": wordmark()})
