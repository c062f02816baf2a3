"""Sessions over ten years, and the bookings on them."""

from benchmarks.inside.scale.insert import fill, run
from bookings.models import Attendee, Booking, CourseSession, SessionDay

PER_SESSION = 10
OF_FIRST_PERSON = 500

_SESSIONS = """
CREATE TEMP TABLE sessions AS
SELECT number, md5('session' || number)::uuid AS id, course.id AS course_id, course.price, course.vat_rate,
    date_trunc('day', now()) + interval '9 hours' - interval '10 years' * (1 - number / %(sessions)s::double precision)
        + interval '45 days' AS starts_at
FROM generate_series(1, %(sessions)s) AS number
JOIN (SELECT *, row_number() OVER (ORDER BY slug) - 1 AS nth, count(*) OVER () AS courses FROM bookings_course
      WHERE price > 0) AS course
ON course.nth = number %% course.courses
"""
# People who book once are many, people who book often few. Every so many bookings one is the first person's.
_BOOKINGS = """
CREATE TEMP TABLE orders AS
SELECT order_number.number, md5('booking' || order_number.number)::uuid AS id, people.id AS customer_id,
    people.first_name, people.last_name, people.email, people.phone, people.company,
    sessions.id AS session_id, sessions.price, sessions.vat_rate, sessions.starts_at,
    1 + (pg_temp.chance(order_number.number, 13) > 0.92)::int + (pg_temp.chance(order_number.number, 13) > 0.98)::int
        AS places,
    now() - interval '10 years' * (1 - order_number.number / %(bookings)s::double precision) AS created_at,
    CASE WHEN order_number.number > %(bookings)s * 0.9995 THEN 'pending'
        WHEN pg_temp.chance(order_number.number, 14) < 0.87 THEN 'confirmed'
        WHEN pg_temp.chance(order_number.number, 14) < 0.96 THEN 'cancelled' ELSE 'expired' END AS status
FROM generate_series(1, %(bookings)s) AS order_number (number)
JOIN people ON people.number = CASE WHEN order_number.number %% (%(bookings)s / %(first_person)s) = 0 THEN 1
    ELSE 2 + floor((%(people)s - 1) * power(pg_temp.chance(order_number.number, 11), 1.2))::int END
JOIN sessions ON sessions.number = least(
    %(sessions)s,
    1 + (order_number.number / %(per_session)s)::int + floor(pg_temp.chance(order_number.number, 12) * 60)::int
)
"""


def _key(number: str) -> str:
    """A reference's key for a number: six letters, none twice, and neighbours do not look alike.

    60000049 has no factor in common with 24^6, the number of keys there are.
    """
    letters = (
        f"substr('23456789CDFHJKMNPQRTVWXY', 1 + ({number} * 60000049::bigint % 191102976 / {24**place} % 24)::int, 1)"
        for place in range(6)
    )
    return f"'RFT' || {' || '.join(letters)}"


# A reference that the demo company drew already gives way to one from the other end of the numbers.
_WITH_KEY = (
    f"CROSS JOIN LATERAL (VALUES ({_key('number')}, {_key('(number + 95551488)')})) AS drawn (first, second) "
    "LEFT JOIN taken ON taken.key = drawn.first "
    "CROSS JOIN LATERAL (VALUES (CASE WHEN taken.key IS NULL THEN first ELSE second END)) AS name (key)"
)


def add_sessions(people: int) -> int:
    sessions = 3 * people // PER_SESSION
    run(_SESSIONS, {"sessions": sessions})
    run("CREATE UNIQUE INDEX ON sessions (number)")
    run("ANALYZE sessions")
    ends = "starts_at + interval '7 hours'"
    made = fill(
        CourseSession,
        {
            "id": "id",
            "code": "'SC-' || number",
            "course_id": "course_id",
            "venue_id": "(SELECT id FROM bookings_venue ORDER BY name LIMIT 1)",
            "status": "CASE WHEN starts_at > now() THEN 'confirmed' ELSE 'completed' END",
            "capacity": "24",
            "price": "price",
            "vat_rate": "vat_rate",
            "starts_at": "starts_at",
            "ends_at": ends,
            "created_at": "starts_at - interval '120 days'",
        },
        "FROM sessions",
    )
    fill(SessionDay, {"session_id": "id", "starts_at": "starts_at", "ends_at": ends}, "FROM sessions")
    return made


def add_bookings(people: int) -> int:
    run(
        _BOOKINGS,
        {
            "people": people,
            "bookings": 3 * people,
            "sessions": 3 * people // PER_SESSION,
            "per_session": PER_SESSION,
            "first_person": OF_FIRST_PERSON,
        },
    )
    run("ANALYZE orders")
    run("CREATE TEMP TABLE taken AS SELECT reference_key AS key FROM bookings_booking")
    run("CREATE UNIQUE INDEX ON taken (key)")
    return fill(
        Booking,
        {
            "id": "id",
            "reference": "left(name.key, 3) || '-' || substr(name.key, 4, 4) || '-' || right(name.key, 2)",
            "reference_key": "name.key",
            "session_id": "session_id",
            "customer_id": "customer_id",
            "status": "status",
            "contact_first_name": "first_name",
            "contact_last_name": "last_name",
            "contact_email": "email",
            "contact_phone": "phone",
            "company": "company",
            "price_per_place": "price",
            "vat_rate": "vat_rate",
            "total": "price * places",
            "source": "(ARRAY['website','website','website','phone','email','walk-in'])[1 + number % 6]",
            "purpose": "CASE WHEN company = '' THEN 'self' ELSE 'work' END",
            "policy_id": "(SELECT id FROM bookings_bookingpolicy ORDER BY version DESC LIMIT 1)",
            "terms_accepted_at": "created_at",
            "created_at": "created_at",
            "lapses_at": "CASE WHEN status = 'pending' THEN now() + interval '2 days' END",
            # Nothing happened later than now: whoever it happened to would be news again and again.
            "confirmed_at": "CASE WHEN status = 'confirmed' THEN least(created_at + interval '4 minutes', now()) END",
            "cancelled_at": "CASE WHEN status = 'cancelled' THEN least(created_at + interval '5 days', now()) END",
            "expired_at": "CASE WHEN status = 'expired' THEN least(created_at + interval '40 minutes', now()) END",
        },
        f"FROM orders {_WITH_KEY} ORDER BY number",
    )


def add_attendees(people: int) -> int:
    """Mostly who booked comes themselves; the others are anybody, so that people are on bookings of other people."""
    booker = "(place = 1 AND pg_temp.chance(orders.number, 15) < 0.8)"
    return fill(
        Attendee,
        {
            "id": "md5('place' || orders.number || '-' || place)::uuid",
            "booking_id": "orders.id",
            "position": "place",
            "first_name": f"CASE WHEN {booker} THEN orders.first_name ELSE other.first_name END",
            "last_name": f"CASE WHEN {booker} THEN orders.last_name ELSE other.last_name END",
            "email": f"CASE WHEN {booker} THEN orders.email ELSE other.email END",
            "is_booker": booker,
            "user_id": f"CASE WHEN {booker} THEN orders.customer_id END",
            "created_at": "orders.created_at",
        },
        "FROM orders CROSS JOIN LATERAL generate_series(1, orders.places) AS place JOIN people AS other ON "
        f"other.number = 1 + floor({people} * pg_temp.chance(orders.number * 4 + place, 16))::int",
    )
