"""Finding bookings: by reference, and by who has a place on one without being the customer."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from bookings.models import Booking
from customers.flows.search.found import Row, Rows
from customers.flows.search.spelling import Reading
from customers.flows.search.typed import Typed, after

MOST = 8

_BY_REFERENCE = """
SELECT booking.id, booking.reference_key
FROM unnest(%(keys)s::text[], %(ends)s::text[]) AS typed (key, key_end)
CROSS JOIN LATERAL (
    SELECT id, reference_key FROM bookings_booking
    WHERE reference_key ~>=~ typed.key AND reference_key ~<~ typed.key_end
    ORDER BY reference_key USING ~<~ LIMIT %(most)s
) AS booking
"""
# Who booked is found as a person; here only under another name than the customer's. OFFSET 0 keeps the planner from
# joining whole tables.
_OF_ATTENDEES = """
SELECT booking.id, attendee.first_name || ' ' || attendee.last_name, attendee.email, attendee.words
FROM (
    SELECT DISTINCT ON (id) id, booking_id, first_name, last_name, email, is_booker, rank, {words} AS words
    FROM ({hits}) AS hit
    ORDER BY id, rank
) AS attendee
CROSS JOIN LATERAL (
    SELECT id, customer_id, created_at FROM bookings_booking WHERE id = attendee.booking_id OFFSET 0
) AS booking
CROSS JOIN LATERAL (
    SELECT first_name, last_name FROM customers_user WHERE id = booking.customer_id OFFSET 0
) AS customer
WHERE NOT (
    attendee.is_booker AND attendee.first_name = customer.first_name AND attendee.last_name = customer.last_name
)
ORDER BY attendee.rank, booking.created_at DESC
LIMIT %(most)s
"""
_HIT = """(
    SELECT *, {rank} AS rank FROM bookings_attendee
    WHERE {who} AND search_words(first_name, last_name, email) @@ {query} LIMIT 40
)"""
_GUESTS_WHOLE = _HIT.format(rank=0, who="NOT is_booker", query="search_whole(%(text)s)")
_GUESTS_BEGUN = _HIT.format(rank=1, who="NOT is_booker", query="search_begun(%(text)s)")
_BOOKERS_WHOLE = _HIT.format(rank=2, who="is_booker", query="search_whole(%(text)s)")
_WHOLE = _OF_ATTENDEES.format(words="NULL::text[]", hits=f"{_GUESTS_WHOLE} UNION ALL {_BOOKERS_WHOLE}")
_BEGUN = _OF_ATTENDEES.format(
    words="NULL::text[]", hits=f"{_GUESTS_WHOLE} UNION ALL {_BOOKERS_WHOLE} UNION ALL {_GUESTS_BEGUN}"
)
_CLOSE = _OF_ATTENDEES.format(
    words="tsvector_to_array(search_words(first_name, last_name, email))",
    hits=_HIT.format(rank=0, who="NOT is_booker", query="%(near)s::tsquery"),
)


def best(typed: Typed) -> Rows[Booking]:
    """The booking with this reference, or bookings with places of people who have it in name or address."""
    by_reference = _by_reference(typed)
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE if "@" in typed.text else _BEGUN, {"text": typed.text, "most": 2 * MOST})
        attendees = {identity: name.strip() or email for identity, name, email, _ in reversed(cursor.fetchall())}
    keys = list(dict.fromkeys([*by_reference, *reversed(attendees)]))
    rows = [
        Row(booking, by_reference.get(booking.pk, False), "" if booking.pk in by_reference else attendees[booking.pk])
        for booking in with_details(keys[:MOST])
    ]
    return Rows(rows, len(keys) > MOST)


def close(reading: Reading, besides: Sequence[UUID]) -> tuple[Rows[Booking], str]:
    """Bookings with places of people whose names are close to it, but not these; and what was probably meant."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, {"near": reading.near, "most": 10 * MOST})
        rows = cursor.fetchall()
    known = set(besides)
    scored = [
        (score[0], identity, name.strip() or email, score[1])
        for identity, name, email, words in rows
        if identity not in known and (score := reading.cost_in(words)) is not None
    ]
    scored.sort(key=lambda one: one[0])
    names = {identity: name for _, identity, name, _ in reversed(scored)}
    keys = list(dict.fromkeys(identity for _, identity, _, _ in scored))
    found = [Row(booking, because=names[booking.pk]) for booking in with_details(keys[:MOST])]
    return Rows(found, len(keys) > MOST), scored[0][3] if scored else ""


def with_details(keys: Sequence[UUID]) -> list[Booking]:
    """These bookings in this order, with course and customer: one query for any number."""
    bookings = Booking.objects.select_related("session__course", "customer")
    found = {booking.pk: booking for booking in bookings.filter(pk__in=keys).order_by()}
    return [found[key] for key in keys if key in found]


def _by_reference(typed: Typed) -> dict[UUID, bool]:
    """Bookings whose reference begins so, and whether it is the whole of it."""
    keys = typed.reference_keys
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_REFERENCE, {"keys": keys, "ends": [after(key) for key in keys], "most": MOST})
        return {identity: key in keys for identity, key in cursor.fetchall()}
