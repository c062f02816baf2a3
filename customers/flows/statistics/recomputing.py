"""What a customer amounts to: one row each, always recomputed whole from the facts.

The definition, of which every figure is a part:

- bookings: the person's bookings that are waiting for payment or booked (neither cancelled nor run out of time);
- places: the people on those bookings;
- first booked, last booked: the earliest and the latest creation among those bookings;
- paid: the payments that succeeded, by who paid them, whatever became of the booking;
- refunded: the refunds that succeeded, on that person's payments;
- net paid: paid less refunded.

Facts count for the person they name. Rows are never removed: without facts they go back to nought. The definition is
stated a second time, in another shape, in `checking`; change both.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from config.kernel import clock
from customers import locks

BATCH = 500

# Facts change and are committed a moment apart, and so are the clocks of several machines. A row computed less than
# this after a fact is computed once more.
_MARGIN = timedelta(minutes=1)

_UPSERT = """
WITH booked AS (
    SELECT customer_id, count(*) AS bookings, min(created_at) AS first_at, max(created_at) AS last_at
    FROM bookings_booking
    WHERE customer_id = ANY(%(people)s::uuid[]) AND status IN ('pending', 'confirmed')
    GROUP BY customer_id
), placed AS (
    SELECT booking.customer_id, count(*) AS places
    FROM bookings_booking AS booking JOIN bookings_attendee AS attendee ON attendee.booking_id = booking.id
    WHERE booking.customer_id = ANY(%(people)s::uuid[]) AND booking.status IN ('pending', 'confirmed')
    GROUP BY booking.customer_id
), paid AS (
    SELECT payer_id, sum(amount) AS amount
    FROM payments_payment
    WHERE payer_id = ANY(%(people)s::uuid[]) AND status = 'succeeded'
    GROUP BY payer_id
), refunded AS (
    SELECT payment.payer_id, sum(refund.amount) AS amount
    FROM payments_payment AS payment JOIN payments_refund AS refund ON refund.payment_id = payment.id
    WHERE payment.payer_id = ANY(%(people)s::uuid[]) AND refund.status = 'succeeded'
    GROUP BY payment.payer_id
)
INSERT INTO customers_customerstatistics AS stored (
    user_id, bookings_count, places_count, first_booked_at, last_booked_at,
    paid_total, refunded_total, net_paid_total, computed_at
)
SELECT
    person.id, coalesce(booked.bookings, 0), coalesce(placed.places, 0), booked.first_at, booked.last_at,
    coalesce(paid.amount, 0), coalesce(refunded.amount, 0),
    coalesce(paid.amount, 0) - coalesce(refunded.amount, 0), %(now)s
FROM unnest(%(people)s::uuid[]) AS person (id)
LEFT JOIN booked ON booked.customer_id = person.id
LEFT JOIN placed ON placed.customer_id = person.id
LEFT JOIN paid ON paid.payer_id = person.id
LEFT JOIN refunded ON refunded.payer_id = person.id
ON CONFLICT (user_id) DO UPDATE SET
    bookings_count = excluded.bookings_count,
    places_count = excluded.places_count,
    first_booked_at = excluded.first_booked_at,
    last_booked_at = excluded.last_booked_at,
    paid_total = excluded.paid_total,
    refunded_total = excluded.refunded_total,
    net_paid_total = excluded.net_paid_total,
    computed_at = excluded.computed_at
"""

# When something last happened to a person's facts. A payment's own times may be the bank's; its events carry ours.
_CHANGES = """
WITH change (person_id, changed_at) AS (
    SELECT customer_id, greatest(created_at, confirmed_at, cancelled_at, expired_at) FROM bookings_booking
    UNION ALL
    SELECT booking.customer_id, attendee.created_at
    FROM bookings_attendee AS attendee JOIN bookings_booking AS booking ON booking.id = attendee.booking_id
    UNION ALL
    SELECT payer_id, greatest(created_at, paid_at, cancelled_at) FROM payments_payment
    UNION ALL
    SELECT payment.payer_id, event.occurred_at
    FROM payments_paymentevent AS event JOIN payments_payment AS payment ON payment.id = event.payment_id
    UNION ALL
    SELECT payment.payer_id, greatest(refund.created_at, refund.finished_at)
    FROM payments_refund AS refund JOIN payments_payment AS payment ON payment.id = refund.payment_id
)
"""

_WITH_FACTS_OR_ROW = """
SELECT customer_id FROM bookings_booking
UNION SELECT payer_id FROM payments_payment
UNION SELECT user_id FROM customers_customerstatistics
ORDER BY 1
"""
# Put together from constants of this module alone.
_TOUCHED_SINCE = (
    _CHANGES
    + """
SELECT DISTINCT person_id
FROM change
WHERE changed_at >= %(since)s
ORDER BY 1
"""
)
# The same for what happened lately, each part by its index. A confirmed booking counted before, or has a payment that
# says so; what happens to a payment or a refund stands in its events.
_RECENT_CHANGES = """
WITH change (person_id, changed_at) AS (
    SELECT customer_id, created_at FROM bookings_booking WHERE created_at >= %(since)s
    UNION ALL
    SELECT customer_id, cancelled_at FROM bookings_booking WHERE cancelled_at >= %(since)s
    UNION ALL
    SELECT customer_id, expired_at FROM bookings_booking WHERE expired_at >= %(since)s
    UNION ALL
    SELECT booking.customer_id, attendee.created_at
    FROM bookings_attendee AS attendee JOIN bookings_booking AS booking ON booking.id = attendee.booking_id
    WHERE attendee.created_at >= %(since)s
    UNION ALL
    SELECT payer_id, created_at FROM payments_payment WHERE created_at >= %(since)s
    UNION ALL
    SELECT payment.payer_id, event.occurred_at
    FROM payments_paymentevent AS event JOIN payments_payment AS payment ON payment.id = event.payment_id
    WHERE event.occurred_at >= %(since)s
)
"""
_OUT_OF_DATE = """
SELECT DISTINCT person_id
FROM change LEFT JOIN customers_customerstatistics AS stored ON stored.user_id = person_id
WHERE stored.user_id IS NULL OR changed_at > stored.computed_at - %(margin)s
LIMIT %(at_most)s
"""

type Progress = Callable[[int, int], None]


def recalculate(
    *, user_ids: Sequence[UUID] | None = None, since: date | None = None, on_progress: Progress | None = None
) -> int:
    """Recomputes the rows of these people, of those whose facts changed since a London day began, or of everybody.

    Says how many. Done in batches, each its own transaction, so that it may be stopped and started again and holds
    nobody up for long. `on_progress` is told how many are done and how many there are. Raises ValueError when given
    both people and a day.
    """
    people = people_in_scope(user_ids=user_ids, since=since)
    done = 0
    for batch in batched(people, BATCH, strict=False):
        done += _recompute(batch)
        if on_progress is not None:
            on_progress(done, len(people))
    return done


def recalculate_stale(*, at_most: int, since: datetime | None = None) -> int:
    """Recomputes up to `at_most` people whose facts changed after their row was computed; says how many.

    With `since` only what happened from then on is looked at, which is quick however much there is; without, all of it.
    """
    changes = _CHANGES if since is None else _RECENT_CHANGES
    stale = _people(changes + _OUT_OF_DATE, {"at_most": at_most, "margin": _MARGIN, "since": since})
    return sum(_recompute(batch) for batch in batched(stale, BATCH, strict=False))


def people_in_scope(*, user_ids: Sequence[UUID] | None = None, since: date | None = None) -> list[UUID]:
    """Whom `recalculate` would recompute, by key: whoever has facts or a row already, unless narrowed down."""
    if user_ids is not None and since is not None:
        raise ValueError("Recalculate certain people or a time, not both.")
    if user_ids is not None:
        return sorted(set(user_ids))
    if since is not None:
        return _people(_TOUCHED_SINCE, {"since": clock.london_midnight(since)})
    return _people(_WITH_FACTS_OR_ROW, {})


@transaction.atomic
def _recompute(people: Sequence[UUID]) -> int:
    """One statement for all of them, under their locks.

    The lock comes first so that the statement sees every change committed until then: of two workers at one person the
    second one sees more, never less.
    """
    locked = locks.lock_users(people)
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, {"people": locked, "now": clock.now()})
    return len(locked)


def _people(statement: str, parameters: dict[str, Any]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]
