"""What would help people take part: said with an order or on their own page, taken back, removed in good time.

What was said is never logged, mailed or put on a timeline; what is kept of its history is times (models.requirements).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from bookings import locks, selectors
from bookings.exceptions import TooLateToAsk
from bookings.models import Attendee, Booking, RequirementTemplate, SpecialRequirement
from bookings.services.priorities import priority_of
from config.kernel import clock
from customers.services.timeline import record_activity

NEEDS_SAID = "needs_said"
NEEDS_TAKEN_BACK = "needs_taken_back"

_BOOKER, _ATTENDEE = SpecialRequirement.Speaker.BOOKER, SpecialRequirement.Speaker.ATTENDEE


@dataclass(frozen=True, repr=False)
class OwnWords:
    """What somebody wrote about themselves, and the version of the wording they consented to. Never printed."""

    text: str
    consent_version: str


@dataclass(frozen=True, repr=False)
class Needs:
    """What would help one person: slugs of the templates chosen, and their own words. Never printed; false when empty.

    Own words are only ever the person's own: a booker cannot consent for a colleague (DOMAIN section 5).
    """

    slugs: tuple[str, ...] = ()
    own_words: OwnWords | None = None

    def __bool__(self) -> bool:
        return bool(self.slugs or self.own_words)


NOTHING_NEEDED = Needs()


def record_requirements(*, booking: Booking, needs: Iterable[tuple[Attendee, Needs]], now: datetime) -> None:
    """Keeps what was said with an order, in one statement; part of the transaction that makes the booking.

    Who takes a place on their own booking speaks for themselves. Raises ValueError for own words about anybody else.
    """
    said = [(attendee, need) for attendee, need in needs if need]
    templates = selectors.requirement_templates() if said else []
    SpecialRequirement.objects.bulk_create(
        _said_with_order(booking, attendee, need, templates, now) for attendee, need in said
    )
    if said:
        who = "1 person" if len(said) == 1 else f"{len(said)} people"
        _remember(booking.customer_id, NEEDS_SAID, f"Said with {booking.reference} what would help {who}", booking)


@transaction.atomic
def add_own_requirement(*, attendee_id: UUID, needs: Needs) -> bool:
    """Keeps what somebody says about themselves in place of what was on record about them, whoever had said that.

    Without new own words those on record stay, with their consent. What was arranged before has to be looked at again.
    False when nothing is changed by it: it was said already, or nothing would be left to keep (`remove_requirement`
    removes). Raises TooLateToAsk when the course has begun or the place is not booked. Locks: Booking.
    """
    booking = _lock_booking_of(attendee_id)
    now = clock.now()
    if booking.status != Booking.Status.CONFIRMED or now >= booking.session.starts_at:
        raise TooLateToAsk
    known = SpecialRequirement.objects.filter(attendee=attendee_id).first()
    if not needs and not (known and known.has_own_words):
        return False
    if known is None:
        known = SpecialRequirement(
            attendee_id=attendee_id, first_said_by=_ATTENDEE, created_at=now, delete_after=_delete_after(booking)
        )
    elif _says_the_same(known, needs):
        return False
    else:
        known.changed_at = now
        known.handled_at, known.handled_by, known.reopen_reason = None, None, ""
    known.said_by, known.slugs = _ATTENDEE, needs.slugs
    if needs.own_words:
        _put_own_words(known, needs.own_words, now)
    known.priority = priority_of(known.slugs, known.own_words, selectors.requirement_templates())
    known.save()
    attendee = Attendee.objects.get(pk=attendee_id)
    _remember(attendee.user_id or booking.customer_id, NEEDS_SAID, f"{attendee} said what would help them", booking)
    return True


@transaction.atomic
def remove_requirement(*, attendee_id: UUID) -> bool:
    """Deletes all that is on record about what would help this person. Possible at any time; False for nothing there.

    Taking consent back is as easy as giving it (UK GDPR art. 7(3)). Locks: Booking.
    """
    booking = _lock_booking_of(attendee_id)
    removed, _ = SpecialRequirement.objects.filter(attendee=attendee_id).delete()
    if removed:
        attendee = Attendee.objects.get(pk=attendee_id)
        what = f"{attendee} took back what would help them"
        _remember(attendee.user_id or booking.customer_id, NEEDS_TAKEN_BACK, what, booking)
    return removed > 0


def remove_due_requirements(*, today: date, limit: int) -> int:
    """Deletes requirements from the day on which they were promised to go, at most `limit` of them; says how many."""
    due = SpecialRequirement.objects.filter(delete_after__lte=today).order_by("delete_after").values("pk")[:limit]
    removed, _ = SpecialRequirement.objects.filter(pk__in=due).delete()
    return removed


def _remember(user_id: UUID, kind: str, summary: str, booking: Booking) -> None:
    """On the timeline of whose it is, or of who booked for them: that something was said, never what."""
    record_activity(
        user_id=user_id, kind=kind, summary=summary[:300], subject_kind="booking", subject_key=str(booking.pk)
    )


def _said_with_order(
    booking: Booking, attendee: Attendee, needs: Needs, templates: list[RequirementTemplate], now: datetime
) -> SpecialRequirement:
    if needs.own_words and not attendee.is_booker:
        raise ValueError("Nobody can consent for a colleague.")
    speaker = _ATTENDEE if attendee.is_booker else _BOOKER
    said = SpecialRequirement(
        attendee=attendee,
        said_by=speaker,
        first_said_by=speaker,
        created_at=now,
        delete_after=_delete_after(booking),
    )
    said.slugs = needs.slugs
    if needs.own_words:
        _put_own_words(said, needs.own_words, now)
    said.priority = priority_of(said.slugs, said.own_words, templates)
    return said


def _put_own_words(requirement: SpecialRequirement, words: OwnWords, now: datetime) -> None:
    requirement.own_words = words.text
    requirement.consent_version, requirement.consented_at = words.consent_version, now


def _says_the_same(known: SpecialRequirement, needs: Needs) -> bool:
    words = needs.own_words
    same_words = words is None or (known.own_words, known.consent_version) == (words.text, words.consent_version)
    return known.said_by == _ATTENDEE and set(known.slugs) == set(needs.slugs) and same_words


def _delete_after(booking: Booking) -> date:
    """The last day of the course and the days that were promised when the booking was made."""
    return clock.london_date(booking.session.ends_at) + timedelta(days=booking.policy.requirement_retention_days)


def _lock_booking_of(attendee_id: UUID) -> Booking:
    """One at a time for what is said about the people of a booking."""
    return locks.lock_booking(Attendee.objects.values_list("booking_id", flat=True).get(pk=attendee_id))
