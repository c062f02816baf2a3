"""The right column: what is coming up, what staff noted, what would help people, who it is and what they agreed to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from bookings.models import Attendee, Booking, RequirementTemplate, SpecialRequirement
from config.kernel import clock
from customers.flows.profile.addresses import office_address
from customers.flows.profile.orders import orders_of
from customers.flows.profile.sight import Sight
from customers.flows.profile.words import Tag, counted, day_of, moment, moment_within, money_tag, place_tag
from customers.flows.signing_in import SIGNED_IN
from customers.models import Activity, Membership, Note, User
from customers.selectors import CustomerRecord
from payments.money_states import standing_of

COMING_SHOWN = 8
NOTES_SHOWN = 10
REQUIREMENTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Coming:
    course: str
    detail: str
    address: str
    tag: Tag
    payment_link: str
    """Where a link to pay is sent from, while the booking waits for payment."""


def coming_up(user: User, now: datetime) -> list[Coming]:
    """The bookings that count and are not over, soonest first. One query."""
    counting = orders_of(user).filter(status__in=Booking.COUNTED_STATUSES, session__ends_at__gt=now)
    found = counting.order_by("session__starts_at", "pk")
    rows = []
    for booking in found[:COMING_SHOWN]:
        is_pending = booking.status == Booking.Status.PENDING
        venue = booking.session.venue
        parts = (day_of(booking.session), venue.town if venue else "", counted(vars(booking)["people"], "place"))
        rows.append(
            Coming(
                course=booking.session.course.name,
                detail=" · ".join(part for part in parts if part),
                address=office_address("bookings_booking_page", booking.pk),
                tag=place_tag(booking) if is_pending else money_tag(standing_of(booking)),
                payment_link=office_address("bookings_booking_payment_link", booking.pk) if is_pending else "",
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class ShownNote:
    key: int
    body: str
    is_pinned: bool
    written: str
    """ "Jas Bains, 4 February 2026"."""
    edited: str


def notes_of(record: CustomerRecord) -> list[ShownNote]:
    """Pinned ones first, then the newest; one more than NOTES_SHOWN when there are more. One query."""
    notes = record.notes.select_related("author", "edited_by")
    return [_shown(note) for note in notes[: NOTES_SHOWN + 1]]


def _shown(note: Note) -> ShownNote:
    author = str(note.author) if note.author else "Somebody in the office"
    edited = (
        f"Put right by {note.edited_by}, {moment_within(note.edited_at)}" if note.edited_at and note.edited_by else ""
    )
    return ShownNote(note.pk, note.body, note.pinned, f"{author}, {moment_within(note.created_at)}", edited)


@dataclass(frozen=True, slots=True)
class OnRecord:
    """That something is on record about somebody, and how urgent it is. What it is, is behind a press."""

    who: str
    when: str
    tag: Tag
    is_arranged: bool
    address: str


_PRIORITY_TONES: Mapping[str, str] = {
    RequirementTemplate.Priority.CRITICAL: "critical",
    RequirementTemplate.Priority.HIGH: "warn",
    RequirementTemplate.Priority.STANDARD: "quiet",
}


def requirements_on_record(user: User, sight: Sight) -> list[OnRecord]:
    """About the people on this person's bookings and about themselves, most urgent first. One query."""
    return [
        OnRecord(
            who=str(requirement.attendee),
            when=day_of(requirement.attendee.booking.session),
            tag=Tag(requirement.get_priority_display(), _PRIORITY_TONES[requirement.priority]),
            is_arranged=requirement.is_handled,
            address=office_address("bookings_specialrequirement_page", requirement.pk)
            if sight.requirement_pages
            else "",
        )
        for requirement in _requirements(user)[:REQUIREMENTS_SHOWN]
    ]


def _requirements(user: User) -> QuerySet[SpecialRequirement]:
    """Without any text: it stays where it lies."""
    places = Attendee.objects.order_by().values("pk")
    # Two small look-ups: asked for with OR the database would read every requirement there is.
    hers = places.filter(booking__customer=user).union(places.filter(user=user))
    rows = SpecialRequirement.objects.filter(attendee__in=hers).select_related("attendee__booking__session")
    return rows.only(
        "priority",
        "handled_at",
        "attendee__first_name",
        "attendee__last_name",
        "attendee__position",
        "attendee__booking__session__starts_at",
        "attendee__booking__session__ends_at",
    ).order_by("priority", "created_at")


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str


def facts_of(user: User) -> list[Fact]:
    """Who it is, since when and where from. Two queries."""
    bookings = Booking.objects.filter(customer=user).order_by("created_at").only("referral_source", "source")
    first = bookings.first()
    signed_in = Activity.objects.filter(user=user, kind=SIGNED_IN).order_by("-occurred_at").values_list("occurred_at")
    last = signed_in.first()
    return [
        Fact("Customer since", clock.format_plain_date(clock.london_date(user.created_at))),
        Fact("Last signed in", moment(last[0]) if last else "Never"),
        Fact("First came from", (first.referral_source if first else "") or "Not said"),
        Fact("First booked by", first.get_source_display() if first else "Nothing booked"),
    ]


def consents_of(user: User) -> list[Fact]:
    """What is stored of what they agreed to. One query."""
    accepted = Booking.objects.filter(customer=user, terms_accepted_at__isnull=False).order_by("-terms_accepted_at")
    newest = accepted.values_list("policy__version", "terms_accepted_at").first()
    terms = f"Version {newest[0]}, {moment_within(newest[1])}" if newest else "Never accepted"
    return [Fact("Booking terms", terms), Fact("Marketing emails", "Nobody was asked; none are sent")]


@dataclass(frozen=True, slots=True)
class At:
    """An organisation that somebody belongs to."""

    name: str
    role: str
    address: str


def organisations_of(record: CustomerRecord) -> list[At]:
    """One query."""
    return [_at(membership) for membership in record.memberships]


def _at(membership: Membership) -> At:
    since = clock.format_plain_date(membership.started_on)
    return At(
        membership.organisation.name,
        f"{membership.get_role_display()} since {since}",
        office_address("customers_organisation_change", membership.organisation_id),
    )
