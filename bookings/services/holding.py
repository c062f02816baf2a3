"""Keeping places for one browser while its answers are typed, for as long as the policy says (DOMAIN section 2).

The check and the insert happen in one transaction under the session's lock; figures on pages are hints.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from bookings import locks, selectors
from bookings.exceptions import BookingClosed, NoMoreExtensions, NoSuchHold, NotEnoughPlaces, TooManyPlaces
from bookings.models import BookingPolicy, CourseSession, Hold
from config.kernel import clock, signing
from config.kernel.crypto import UndecryptableValue


@dataclass(frozen=True)
class TakenHold:
    hold: Hold
    secret: str


def find_hold(*, code: str, secret: str) -> Hold | None:
    """The hold on the session of this code that the browser's secret opens: live, lapsed or ordered.

    With its session, course and venue, in one query. None also where no key opens what was typed, after the keys were
    changed and the old one dropped: whoever comes back then begins anew.
    """
    holds = Hold.objects.select_related("session__course", "session__venue").order_by()
    try:
        return holds.filter(secret_hash=signing.hash_token(secret), session__code=code).first()
    except UndecryptableValue:
        return None


@transaction.atomic
def take_hold(*, session_id: UUID, places: int, secret: str = "") -> TakenHold:
    """Keeps places, or changes how many the browser keeps already: its own hold never stands in its way.

    Without a usable secret a new hold is made, with a new secret for the browser to keep. Raises TooManyPlaces,
    BookingClosed or NotEnoughPlaces.
    """
    policy = selectors.current_policy()
    if not 1 <= places <= policy.max_places:
        raise TooManyPlaces
    session = locks.lock_session(session_id)
    # The time is read under the lock: whoever waited for it must not believe in a hold that lapsed meanwhile.
    now = clock.now()
    own = locks.lock_hold_of_secret(session_id, secret) if secret else None
    if own and own.ordered_at:
        own = None
    check_room(session, policy, places, now, besides_hold=own.pk if own else None)
    expires_at = _until(session, policy.hold_minutes, now)
    if own:
        if own.is_live(now):
            # Changing the number is no way round the limit on extensions.
            expires_at = own.expires_at
        own.places, own.expires_at, own.released_at = places, expires_at, None
        own.save(update_fields=["places", "expires_at", "released_at"])
        return TakenHold(own, secret)
    secret = signing.new_token()
    hold = Hold.objects.create(
        session=session, places=places, secret_hash=signing.hash_token(secret), created_at=now, expires_at=expires_at
    )
    return TakenHold(hold, secret)


@transaction.atomic
def retake_hold(*, hold_id: UUID) -> Hold:
    """Tries to take a lapsed hold's places again. A live one is left as it is.

    Raises BookingClosed or NotEnoughPlaces; the answers stay either way.
    """
    policy = selectors.current_policy()
    hold = _lock_with_session(hold_id)
    now = clock.now()
    if hold.is_live(now) or hold.ordered_at:
        return hold
    check_room(hold.session, policy, hold.places, now, besides_hold=hold.pk)
    hold.expires_at, hold.released_at = _until(hold.session, policy.hold_minutes, now), None
    hold.save(update_fields=["expires_at", "released_at"])
    return hold


@transaction.atomic
def extend_hold(*, hold_id: UUID) -> Hold:
    """Keeps the places for the policy's extension, counted from now; a lapsed hold is taken again if there is room.

    Places that were taken in time may be kept past the closing time, but never past the start of the course. Raises
    BookingClosed, NoMoreExtensions or NotEnoughPlaces.
    """
    policy = selectors.current_policy()
    hold = _lock_with_session(hold_id)
    now = clock.now()
    if hold.ordered_at:
        return hold
    check_held(hold.session, now)
    if hold.extensions >= policy.max_extensions:
        raise NoMoreExtensions
    if not hold.is_live(now):
        check_room(hold.session, policy, hold.places, now, besides_hold=hold.pk)
    hold.extensions += 1
    hold.expires_at, hold.released_at = _until(hold.session, policy.extension_minutes, now), None
    hold.save(update_fields=["extensions", "expires_at", "released_at"])
    return hold


@transaction.atomic
def change_places(*, hold_id: UUID, places: int) -> Hold:
    """Keeps more places or fewer. More need room, and take a lapsed hold again; fewer are given back whatever happens.

    Raises TooManyPlaces, BookingClosed or NotEnoughPlaces, having changed nothing.
    """
    policy = selectors.current_policy()
    if not 1 <= places <= policy.max_places:
        raise TooManyPlaces
    hold = _lock_with_session(hold_id)
    now = clock.now()
    if hold.ordered_at:
        return hold
    if places > hold.places:
        check_room(hold.session, policy, places, now, besides_hold=hold.pk)
        if not hold.is_live(now):
            hold.expires_at, hold.released_at = _until(hold.session, policy.hold_minutes, now), None
    hold.places = places
    hold.save(update_fields=["places", "expires_at", "released_at"])
    return hold


@transaction.atomic
def release_hold(*, hold_id: UUID) -> bool:
    """Gives the places back. False for a second call, a lapsed hold or an ordered one: there is nothing to give."""
    hold = locks.lock_hold(hold_id)
    now = clock.now()
    if not hold.is_live(now):
        return False
    hold.released_at = now
    hold.save(update_fields=["released_at"])
    return True


def save_draft(*, hold: Hold, draft: dict[str, Any]) -> None:
    """Keeps what was typed so far, encrypted, errors and all. Nothing is written once the order is placed.

    Conditional on the row, not on `hold`: a second tab may have placed the order meanwhile, and its answers live on the
    booking from then on.
    """
    if Hold.objects.filter(pk=hold.pk, ordered_at__isnull=True).update(draft=draft):
        hold.draft = draft


def bring_answers(*, to: Hold, code: str, secret: str) -> bool:
    """Moves what was typed from the hold this secret opens on the session of this code, and gives its places back.

    For somebody who chose another date: their answers lie in one hold at a time. False when there was nothing to bring.
    """
    left = find_hold(code=code, secret=secret)
    if left is None or left.pk == to.pk or left.ordered_at:
        return False
    brought = left.draft
    if brought:
        save_draft(hold=to, draft=to.draft | brought)
    forget(hold=left)
    return bool(brought)


def forget(*, hold: Hold) -> None:
    """Gives the places back and deletes what was typed: who it was about has left this browser. An order stays."""
    release_hold(hold_id=hold.pk)
    save_draft(hold=hold, draft={})


def remove_abandoned(*, lapsed_before: datetime, limit: int) -> int:
    """Deletes holds that ran out before then and were never ordered, with what was typed in them; says how many.

    Nobody comes back to them, and what people wrote about themselves must not lie there longer than it is of use.
    """
    abandoned = Hold.objects.filter(expires_at__lt=lapsed_before, ordered_at__isnull=True)
    chosen = abandoned.order_by("expires_at").values("pk")[:limit]
    # Not what was typed: a draft that no key opens has to go like the others.
    removed, _ = Hold.objects.filter(pk__in=chosen, ordered_at__isnull=True).only("pk").delete()
    return removed


def check_room(
    session: CourseSession, policy: BookingPolicy, places: int, now: datetime, *, besides_hold: UUID | None
) -> None:
    """Looks at a LOCKED session: is it open for booking and are there so many places?

    Raises BookingClosed or NotEnoughPlaces.
    """
    if session.status not in CourseSession.OPEN_STATUSES or now >= selectors.closes_at(session, policy):
        raise BookingClosed
    left = selectors.places_left(session, now, besides_hold=besides_hold)
    if places > left:
        raise NotEnoughPlaces(left)


def check_held(session: CourseSession, now: datetime) -> None:
    """Looks at a LOCKED session: will it be held, and has it not begun?

    Until then whoever keeps places may finish their order, also after the website has closed for everybody else. Raises
    BookingClosed.
    """
    if session.status not in CourseSession.OPEN_STATUSES or now >= session.starts_at:
        raise BookingClosed


def keep_for_office(
    *, session: CourseSession, places: int, secret: str, now: datetime, may_exceed: bool
) -> tuple[Hold, int]:
    """Keeps places on a LOCKED session for the order that the office places in the same transaction.

    The office books until the course begins, also after the website has closed, and any number. Gives back the hold and
    how many of its places go beyond the session's capacity: none unless `may_exceed`. The secret can be used once; who
    sends a form twice finds the order of the first time by it. Raises BookingClosed or NotEnoughPlaces.
    """
    check_held(session, now)
    left = selectors.places_left(session, now)
    if places > left and not may_exceed:
        raise NotEnoughPlaces(left)
    hold = Hold.objects.create(
        session=session,
        places=places,
        secret_hash=signing.hash_token(secret),
        created_at=now,
        expires_at=now + timedelta(minutes=1),
    )
    return hold, max(places - left, 0)


def ordered_with(*, secret: str) -> Hold | None:
    """The hold that this secret opens, if an order was made of it."""
    return Hold.objects.filter(secret_hash=signing.hash_token(secret), ordered_at__isnull=False).first()


def _until(session: CourseSession, minutes: int, now: datetime) -> datetime:
    """Places are kept for so many minutes, but for nobody once the course has begun."""
    return min(now + timedelta(minutes=minutes), session.starts_at)


def _lock_with_session(hold_id: UUID) -> Hold:
    session_id = Hold.objects.filter(pk=hold_id).values_list("session_id", flat=True).first()
    if session_id is None:
        raise NoSuchHold
    session = locks.lock_session(session_id)
    hold = locks.lock_hold(hold_id)
    hold.session = session
    return hold
