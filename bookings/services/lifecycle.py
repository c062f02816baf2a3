"""What becomes of a booking after it was placed. Every function takes LOCKED rows; a second call is a quiet no-op."""

from datetime import datetime, timedelta

from bookings import selectors
from bookings.models import BOOKING_TRANSITIONS, Booking, BookingPolicy, CourseSession
from config.kernel.states import advance


def confirm_booking(*, booking: Booking, now: datetime) -> bool:
    """Seats the people for good. True when this call did it; raises ForbiddenTransition for a cancelled booking."""
    if not advance(booking, "status", Booking.Status.CONFIRMED, BOOKING_TRANSITIONS):
        return False
    booking.confirmed_at, booking.lapses_at = now, None
    booking.save(update_fields=["status", "confirmed_at", "lapses_at"])
    return True


def expire_booking(*, booking: Booking, now: datetime) -> bool:
    """Lets an unpaid order go whose time has run out. False when there was nothing to do."""
    if booking.status != Booking.Status.PENDING or booking.lapses_at is None or booking.lapses_at > now:
        return False
    advance(booking, "status", Booking.Status.EXPIRED, BOOKING_TRANSITIONS)
    booking.expired_at = now
    booking.save(update_fields=["status", "expired_at"])
    return True


def cancel_booking(*, booking: Booking, reason: Booking.CancelReason, now: datetime) -> bool:
    """Gives the places back for good; its money is somebody else's business. False when it is cancelled already.

    Raises ForbiddenTransition for one that ran out of time: that has no places any more.
    """
    if not advance(booking, "status", Booking.Status.CANCELLED, BOOKING_TRANSITIONS):
        return False
    booking.cancelled_at, booking.cancel_reason = now, reason
    booking.save(update_fields=["status", "cancelled_at", "cancel_reason"])
    return True


def can_be_seated(*, booking: Booking, session: CourseSession, now: datetime) -> bool:
    """Whether money that arrives now still buys the places: they are kept, or there is room for them again.

    `session` is the LOCKED session. A course that was called off or has begun seats nobody.
    """
    if booking.status == Booking.Status.CONFIRMED:
        return True
    if booking.status == Booking.Status.CANCELLED:
        return False
    if session.status not in CourseSession.OPEN_STATUSES or now >= session.starts_at:
        return False
    if booking.status == Booking.Status.PENDING and (booking.lapses_at is None or booking.lapses_at > now):
        return True
    left = selectors.places_left(session, now, besides_booking=booking.pk)
    return booking.attendees.count() <= left


def keep_while_processing(*, booking: Booking) -> None:
    """The bank is working on it: the places are kept for as long as that takes."""
    if booking.status == Booking.Status.PENDING and booking.lapses_at is not None:
        booking.lapses_at = None
        booking.save(update_fields=["lapses_at"])


def wait_for_payment_again(*, booking: Booking, now: datetime) -> None:
    """The bank gave up after all: the policy's extra minutes in which to pay otherwise, or what a link has left.

    Not past the start of the course: an order that the bank kept waiting until then is over.
    """
    if booking.status == Booking.Status.PENDING and booking.lapses_at is None:
        until = now + timedelta(minutes=booking.policy.declined_extra_minutes)
        if booking.link_hours_from:
            until = max(until, kept_unpaid_until(booking))
        booking.lapses_at = min(until, booking.session.starts_at)
        booking.save(update_fields=["lapses_at"])


def give_time_after_decline(*, booking: Booking, now: datetime) -> None:
    """The policy's extra minutes after a declined card (DOMAIN section 2), however often, up to `latest_lapse`."""
    _keep_until(booking, now + timedelta(minutes=booking.policy.declined_extra_minutes), now)


def give_more_time(*, booking: Booking, now: datetime) -> None:
    """The policy's extension for an unpaid order, on request, up to `latest_lapse`."""
    _keep_until(booking, now + timedelta(minutes=booking.policy.extension_minutes), now)


def give_link_hours(*, booking: Booking, now: datetime) -> None:
    """A payment link goes out: the policy's hours count from now. One that has no end (imported) gets none."""
    if booking.status != Booking.Status.PENDING or booking.lapses_at is None:
        return
    booking.link_hours_from = now
    booking.lapses_at = max(booking.lapses_at, kept_unpaid_until(booking))
    booking.save(update_fields=["link_hours_from", "lapses_at"])


def kept_unpaid_until(booking: Booking) -> datetime:
    """Until when an unpaid order keeps its places if nobody asks for more time.

    On the website the policy gives minutes, with a payment link hours; never past the start of the course, when money
    buys no place any more (`can_be_seated`). `booking` has its session.
    """
    policy, starts_at = booking.policy, booking.session.starts_at
    if booking.link_hours_from is None:
        return min(booking.created_at + timedelta(minutes=policy.payment_minutes), starts_at)
    return link_hours_end(policy, begin=booking.link_hours_from, starts_at=starts_at)


def link_hours_end(policy: BookingPolicy, *, begin: datetime, starts_at: datetime) -> datetime:
    """When the policy's hours of a payment link are over that count from `begin`, for a course that starts then."""
    return min(begin + timedelta(hours=policy.payment_link_hours), starts_at)


def latest_lapse(booking: Booking) -> datetime:
    """No unpaid order keeps places beyond the time that all extensions together would have given it, or the start."""
    policy = booking.policy
    latest = kept_unpaid_until(booking) + timedelta(minutes=policy.max_extensions * policy.extension_minutes)
    return min(latest, booking.session.starts_at)


def end_by_start(*, session: CourseSession) -> None:
    """The LOCKED session begins earlier than it did: no unpaid order on it keeps places past its start."""
    unpaid = Booking.objects.filter(session=session, status=Booking.Status.PENDING)
    unpaid.filter(lapses_at__gt=session.starts_at).update(lapses_at=session.starts_at)


def _keep_until(booking: Booking, until: datetime, now: datetime) -> None:
    """Moves the end of an order's time, never nearer. One that has no end (imported, or with the bank) gets none."""
    if booking.status != Booking.Status.PENDING or booking.lapses_at is None or booking.lapses_at <= now:
        return
    until = min(until, latest_lapse(booking))
    if until > booking.lapses_at:
        booking.lapses_at = until
        booking.save(update_fields=["lapses_at"])
