"""The order: a booking and its people, made from a hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bookings import selectors
from bookings.exceptions import OfferChanged, PriceChanged, SessionChanged, TermsChanged
from bookings.models import Attendee, Booking, BookingPolicy, CourseSession, Hold
from bookings.services import holding, lifecycle, pricing, showing
from bookings.services.requirements import NOTHING_NEEDED, Needs, record_requirements
from config.kernel.references import new_reference, reference_key
from customers.models import Organisation, User


@dataclass(frozen=True)
class Contact:
    """Who books, as typed."""

    first_name: str
    last_name: str
    email: str
    phone: str = ""
    company: str = ""
    billing_address: str = ""


@dataclass(frozen=True)
class Person:
    """One place. Names may be given later; own words among the needs only by who takes the place themselves."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    is_booker: bool = False
    needs: Needs = NOTHING_NEEDED


@dataclass(frozen=True)
class Order:
    """Everything the customer said. `agreed_total` is the total they saw when they agreed, in pounds.

    `terms_shown` and `session_shown` are the marks (services.showing) of what they saw besides. Who books through the
    office sees no review: staff read from the page in front of them, whose price alone is compared.
    """

    contact: Contact
    people: Sequence[Person]
    agreed_total: Decimal
    purpose: Booking.Purpose | None = None
    po_number: str = ""
    referral_source: str = ""
    source: Booking.Source = Booking.Source.WEBSITE
    # A consumer's express request to hold the course within the days in which they can change their mind.
    asks_early_start: bool = False
    terms_shown: str = ""
    session_shown: str = ""


@dataclass(frozen=True)
class OfficeSide:
    """What the office adds to an order that it places for somebody, who pays by a link that is mailed."""

    staff: User
    organisation: Organisation | None = None
    notes: str = ""


def place_booking(
    *,
    session: CourseSession,
    hold: Hold,
    customer: User,
    order: Order,
    now: datetime,
    office: OfficeSide | None = None,
) -> Booking:
    """Turns a LOCKED hold on a LOCKED session into a booking that waits for payment.

    Its places pass from the hold to the booking in this transaction, so they are never free in between and never
    counted twice. Who took them before the website closed for this session may still order, until the course begins; a
    hold that lapsed is taken again if there is room. Raises BookingClosed, NotEnoughPlaces, or OfferChanged
    (PriceChanged, TermsChanged, SessionChanged) where something else counts now than what the customer was shown; and
    then nothing was made.
    """
    policy = selectors.current_policy()
    holding.check_held(session, now)
    if not hold.is_live(now):
        holding.check_room(session, policy, hold.places, now, besides_hold=hold.pk)
    changed = what_changed(session=session, policy=policy, places=hold.places, order=order, is_reviewed=office is None)
    if changed:
        raise changed
    reference = _free_reference()
    contact = order.contact
    booking = Booking(
        reference=reference,
        reference_key=reference_key(reference),
        session=session,
        customer=customer,
        hold=hold,
        contact_first_name=contact.first_name,
        contact_last_name=contact.last_name,
        contact_email=contact.email,
        contact_phone=contact.phone,
        company=contact.company,
        billing_address=contact.billing_address,
        po_number=order.po_number,
        price_per_place=session.price,
        vat_rate=session.vat_rate,
        total=pricing.order_total(session.price, hold.places),
        source=order.source,
        purpose=order.purpose or "",
        referral_source=order.referral_source,
        policy=policy,
        terms_accepted_at=now,
        early_start_asked_at=now if order.asks_early_start else None,
        created_at=now,
    )
    if office:
        booking.created_by, booking.organisation, booking.notes = office.staff, office.organisation, office.notes
        booking.link_hours_from = now
    booking.lapses_at = lifecycle.kept_unpaid_until(booking)
    booking.save(force_insert=True)
    _seat(booking, hold.places, order.people, customer, now)
    hold.ordered_at, hold.draft = now, {}
    hold.save(update_fields=["ordered_at", "draft"])
    return booking


def what_changed(
    *, session: CourseSession, policy: BookingPolicy, places: int, order: Order, is_reviewed: bool = True
) -> OfferChanged | None:
    """What the customer has to look at again before anything is ordered: where it differs from what they were shown.

    On a LOCKED session it decides, elsewhere it is what a page says.
    """
    changes: list[OfferChanged] = []
    total = pricing.order_total(session.price, places)
    if is_reviewed and order.session_shown != showing.session_mark(session):
        changes.append(SessionChanged())
    if total != order.agreed_total:
        changes.append(PriceChanged(total))
    if is_reviewed and order.terms_shown != showing.terms_mark(policy):
        changes.append(TermsChanged())
    if not changes:
        return None
    changes[0].besides = changes[1:]
    return changes[0]


def _seat(booking: Booking, places: int, people: Sequence[Person], customer: User, now: datetime) -> None:
    """One attendee a place; people beyond the places are a mistake of the caller's, missing names come later."""
    if len(people) > places:
        raise ValueError("There are more people than places.")
    named = [*people, *[Person()] * (places - len(people))]
    attendees = Attendee.objects.bulk_create(
        Attendee(
            booking=booking,
            position=position,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            is_booker=person.is_booker,
            user=customer if person.is_booker else None,
        )
        for position, person in enumerate(named, start=1)
    )
    needs = zip(attendees, [person.needs for person in named], strict=True)
    record_requirements(booking=booking, needs=needs, now=now)


def _free_reference() -> str:
    """A reference nobody has; the unique key in the database stands behind it."""
    while True:
        reference = new_reference()
        if not Booking.objects.filter(reference_key=reference_key(reference)).exists():
            return reference
