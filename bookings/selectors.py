"""Reading what is taught, what is free and what was booked."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypedDict, cast
from uuid import UUID

from django.core.cache import cache
from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from bookings.models import (
    Attendee,
    Booking,
    BookingPolicy,
    CourseSession,
    Hold,
    RequirementTemplate,
    SessionDay,
    SpecialRequirement,
    Venue,
)
from bookings.models.catalogue import SessionQuerySet
from config.kernel.references import reference_key
from customers.email_keys import email_key
from customers.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

# Pages of a booking and of its places stay open to their links this long after the course.
LINK_DAYS_AFTER_COURSE = 90
_PAGES_SECONDS = 5


class PlacesTaken(TypedDict):
    """What `with_places_taken` adds to a session."""

    taken: int


class NeedsKnown(TypedDict):
    """What `people_for_booker` adds to an attendee."""

    needs_known: bool


type PeopleForBooker = QuerySet[WithAnnotations[Attendee, NeedsKnown]]
type SessionsWithPlaces = QuerySet[WithAnnotations[CourseSession, PlacesTaken]]


def current_policy() -> BookingPolicy:
    """The policy in force: the newest version."""
    return BookingPolicy.objects.order_by("-version")[0]


def policy_for_pages() -> BookingPolicy:
    """The same, at most a few seconds late: for what pages say. What decides reads `current_policy`."""
    return cast("BookingPolicy", cache.get_or_set("bookings.policy", current_policy, _PAGES_SECONDS))


def with_places_taken(sessions: SessionQuerySet, now: datetime) -> SessionsWithPlaces:
    """Sessions with `taken` = attendees of bookings that occupy places + places of live holds: a hint for lists.

    `occupying` and `live` on the models are the one definition of what is counted, here and in `places_left`.
    """
    bookings = Booking.objects.occupying(now).filter(session=OuterRef("pk"))
    holds = Hold.objects.live(now).filter(session=OuterRef("pk"))
    booked = bookings.order_by().values("session").annotate(n=Count("attendees")).values("n")
    held = holds.order_by().values("session").annotate(n=Sum("places")).values("n")
    counted = sessions.annotate(
        taken=Coalesce(Subquery(booked, output_field=IntegerField()), 0)
        + Coalesce(Subquery(held, output_field=IntegerField()), 0)
    )
    return cast("SessionsWithPlaces", counted)


def places_taken(session_ids: Iterable[UUID], now: datetime) -> dict[UUID, int]:
    """For each session, how many places are taken: a hint, as `with_places_taken`, in two small queries."""
    taken = dict.fromkeys(session_ids, 0)
    holds = Hold.objects.live(now).filter(session__in=taken)
    bookings = Booking.objects.occupying(now).filter(session__in=taken)
    for session_id, places in holds.order_by().values_list("session").annotate(Sum("places")):
        taken[session_id] += places
    for session_id, places in bookings.order_by().values_list("session").annotate(Count("attendees")):
        taken[session_id] += places
    return taken


def places_left(
    session: CourseSession, now: datetime, *, besides_hold: UUID | None = None, besides_booking: UUID | None = None
) -> int:
    """Free places, never below nought (staff may have gone over capacity knowingly).

    On pages it is a hint; under `locks.lock_session` it decides. A hold or booking named in `besides_*` is not counted,
    so that nobody is turned away by what they keep themselves. Two small queries are quicker than one of both; holds
    come first, as they turn into bookings and never back: without the lock that may count one twice, never neither.
    """
    holds = Hold.objects.live(now).filter(session=session)
    bookings = Booking.objects.occupying(now).filter(session=session)
    if besides_hold:
        holds = holds.exclude(pk=besides_hold)
    if besides_booking:
        bookings = bookings.exclude(pk=besides_booking)
    held: int = holds.aggregate(held=Sum("places", default=0))["held"]
    booked: int = bookings.aggregate(booked=Count("attendees"))["booked"]
    return max(session.capacity - held - booked, 0)


def closes_at(session: CourseSession, policy: BookingPolicy) -> datetime:
    """When booking online ends; after that, people ring."""
    return session.starts_at - timedelta(hours=policy.closing_hours)


def links_end_at(session: CourseSession) -> datetime:
    """When the access links to a booking on this session, and to its places, run out."""
    return session.ends_at + timedelta(days=LINK_DAYS_AFTER_COURSE)


def booking_for_reference(text: str) -> Booking | None:
    """The booking somebody means by a reference, however they type it. Opens nothing by itself."""
    return _whole_bookings().filter(reference_key=reference_key(text)).first()


def bookings_with_session() -> QuerySet[Booking]:
    """Bookings with their customer, policy, session, course and venue, in one query."""
    return Booking.objects.select_related("customer", "policy", "session__course", "session__venue")


def booking_with_session(booking_id: UUID) -> Booking:
    """A booking with its customer, policy, session, course and venue, in one query."""
    return bookings_with_session().get(pk=booking_id)


def bookings_in_brief() -> QuerySet[Booking]:
    """Bookings with what the pages on the way to a payment say of them; anything else of them costs a query more."""
    return Booking.objects.select_related("policy", "session__course").only(
        "reference",
        "reference_key",
        "status",
        "lapses_at",
        "policy__extension_minutes",
        "session__starts_at",
        "session__ends_at",
        "session__course__name",
    )


def bookings_to_pay() -> QuerySet[Booking]:
    """Bookings with what the payment page says of them: the basket besides."""
    return Booking.objects.select_related("policy", "session__course", "session__venue")


def booking_with_details(booking_id: UUID) -> Booking:
    """The same with its days and people: three queries for any number of people."""
    return _whole_bookings().get(pk=booking_id)


def add_details(booking: Booking) -> Booking:
    """Reads the days and people of a booking that was read without them."""
    prefetch_related_objects([booking], *_people_and_days())
    return booking


def add_details_for_booker(booking: Booking) -> Booking:
    """The same with what the booker may know of each person (`people_for_booker`)."""
    days = Prefetch("session__days", SessionDay.objects.order_by("starts_at"))
    prefetch_related_objects([booking], Prefetch("attendees", people_for_booker()), days)
    return booking


def attendee_with_details(attendee_id: UUID) -> Attendee | None:
    """One place with its session, course, venue and days."""
    return (
        Attendee.objects.select_related("booking__session__course", "booking__session__venue", "booking__policy")
        .prefetch_related(Prefetch("booking__session__days", SessionDay.objects.order_by("starts_at")))
        .filter(pk=attendee_id)
        .first()
    )


def for_customer(user: User) -> QuerySet[Booking]:
    """A person's bookings, newest first."""
    return _whole_bookings().filter(customer=user)


def requirement_templates() -> list[RequirementTemplate]:
    """All that was ever offered to tick, in order. One query, which names nobody's choice: pick from the list."""
    return list(RequirementTemplate.objects.order_by("position", "label"))


def offered_templates() -> list[RequirementTemplate]:
    """What people can tick now, in order. One query."""
    return list(RequirementTemplate.objects.filter(is_offered=True).order_by("position", "label"))


def venue_gaps(
    venue: Venue | None, templates: Iterable[RequirementTemplate], slugs: Collection[str]
) -> list[RequirementTemplate]:
    """Which of the needs chosen the venue cannot meet, in the order of the templates.

    None while the place is not fixed: whoever fixes it can look for one that fits.
    """
    asked = [template for template in templates if template.venue_fact and template.slug in slugs]
    return [template for template in asked if venue and not getattr(venue, template.venue_fact)]


def sessions_that_fit(session: CourseSession, facts: Iterable[str], now: datetime) -> SessionQuerySet:
    """The other listed dates of the same course at venues that have all these facts, soonest first, room or not."""
    others = CourseSession.objects.on_sale(now).filter(course=session.course_id).exclude(pk=session.pk)
    return others.filter(**{f"venue__{RequirementTemplate.VenueFact(fact)}": True for fact in facts})


def requirement_of(attendee: Attendee) -> SpecialRequirement | None:
    """What is on record about what would help this person, without their own words."""
    return SpecialRequirement.objects.defer("own_words").filter(attendee=attendee).first()


def people_for_booker() -> PeopleForBooker:
    """Attendees in order, with `needs_known`: whether something is on record that the booker knows of.

    That is what they said about themselves and what they ticked for others. That a colleague said something themselves
    is for nobody else, not even that they did. No text is read.
    """
    said_by_booker = Q(attendee__is_booker=True) | Q(first_said_by=SpecialRequirement.Speaker.BOOKER)
    known = SpecialRequirement.objects.filter(said_by_booker, attendee=OuterRef("pk"))
    return Attendee.objects.order_by("position").annotate(needs_known=Exists(known))


def _whole_bookings() -> QuerySet[Booking]:
    return bookings_with_session().prefetch_related(*_people_and_days())


def _people_and_days() -> tuple["Prefetch[Any, Any, Any]", ...]:
    return (
        Prefetch("attendees", Attendee.objects.order_by("position")),
        Prefetch("session__days", SessionDay.objects.order_by("starts_at")),
    )


def places_for_address(key: str) -> list[Attendee]:
    """Places that were booked for whoever has this email_key, with session, course and venue, newest session first.

    A place counts once its booking was confirmed: before that its booker had only thought of it.
    """
    places = (
        # Compared in capitals, as the index has it; the rule of the key decides below.
        Attendee.objects.filter(email__iexact=key, booking__confirmed_at__isnull=False)
        .select_related("booking__session__course", "booking__session__venue")
        .prefetch_related(Prefetch("booking__session__days", SessionDay.objects.order_by("starts_at")))
        .order_by("-booking__session__starts_at", "position")
    )
    return [place for place in places if email_key(place.email) == key]


def sessions_seen_by(user: User) -> SessionQuerySet:
    """The sessions this member of staff may see: all with the right to bookings, else those they teach."""
    sessions = CourseSession.objects.all()
    return sessions if user.has_perm("bookings.view_booking") else sessions.filter(instructors=user)


def about_needs() -> Q:
    """The lines of the timeline that tell that somebody needs something, which says something of their health.

    They are for who holds bookings.view_specialrequirement, in whatever list or page they would stand.
    """
    return Q(kind__startswith="needs_") | Q(kind__startswith="requirement_")


def needs_ahead(now: datetime) -> Q:
    """The condition for requirements there is something to prepare for: a place is booked on a course still to end."""
    place = "attendee__booking"
    return Q(
        (f"{place}__status__in", Booking.COUNTED_STATUSES),
        (f"{place}__session__status__in", CourseSession.OPEN_STATUSES),
        (f"{place}__session__ends_at__gt", now),
    )
