"""The office's lists among 200,000 bookings: what one opens on, and any page of it, reads no big table whole."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_booking, make_payment, make_staff

pytestmark = pytest.mark.django_db

BIG = {"bookings_booking", "bookings_coursesession", "payments_paymentallocation"}
# Beside sums over thousands of bookings it is all the same to the planner how it finds the sessions.
MAY_READ = {"?money=due": {"bookings_coursesession"}}

# Ten years of sessions, of which 1 in 100 is still to come; ten bookings on each, of which half are paid for.
_ROWS = """
SET LOCAL session_replication_role = replica;
-- No list is walked along it, and it takes longest to fill.
DROP INDEX IF EXISTS booking_reference_trgm;
INSERT INTO bookings_coursesession (id, code, course_id, status, is_private, capacity, price, vat_rate, starts_at,
    ends_at, calendar_sequence, created_at)
SELECT gen_random_uuid(), 'S' || n, course_id, status, false, 12, price, vat_rate,
    now() + (n - 19800) * interval '4 hours', now() + (n - 19800) * interval '4 hours' + interval '7 hours', 0, now()
FROM bookings_coursesession, generate_series(1, 20000) AS n;
INSERT INTO bookings_booking (id, reference, reference_key, session_id, customer_id, status, contact_first_name,
    contact_last_name, contact_email, contact_phone, company, billing_address, po_number, price_per_place, vat_rate,
    total, currency, source, purpose, referral_source, notes, cancel_reason, policy_id, created_at, confirmed_at)
SELECT gen_random_uuid(), 'R' || n || m, 'R' || n || '-' || m, session.id, b.customer_id, 'confirmed', word, word,
    word, word, word, word, '', 90, 20, 90, 'GBP', 'website', '', '', '', '', b.policy_id,
    session.starts_at - m * interval '3 days', now()
FROM bookings_booking AS b, generate_series(1, 10) AS m, repeat('Okafor ', 6) AS word,
    (SELECT row_number() OVER () AS n, id, starts_at FROM bookings_coursesession WHERE code LIKE 'S%') AS session;
INSERT INTO payments_paymentallocation (payment_id, booking_id, amount)
SELECT a.payment_id, b.id, 90 FROM payments_paymentallocation AS a, bookings_booking AS b
WHERE b.id <> a.booking_id AND ascii(b.id::text) % 2 = 0;
-- All tables: what the planner was told of the others in earlier tests is no longer so.
ANALYZE;
"""


def whole_reads(sql: str) -> list[str]:
    """The big tables that the database would read from one end to the other for this."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        plan = cursor.fetchone()[0]
    text = plan if isinstance(plan, str) else json.dumps(plan)
    return [name for name in re.findall(r'"Seq Scan".*?"Relation Name": "(\w+)"', text) if name in BIG]


def test_no_page_of_a_list_reads_a_whole_big_table(client: Client) -> None:
    make_payment(make_booking())
    with connection.cursor() as cursor:
        cursor.execute(_ROWS)
        cursor.execute("SELECT id FROM bookings_booking ORDER BY created_at LIMIT 1 OFFSET 100000")
        (half_way,) = cursor.fetchone()
    client.force_login(make_staff(is_superuser=True))
    bookings = reverse("admin:bookings_booking_changelist")
    sessions = reverse("admin:bookings_coursesession_changelist")

    for address in (
        bookings,
        f"{bookings}?show=all",
        f"{bookings}?show=all&after={half_way}",
        f"{bookings}?show=all&before={half_way}",
        f"{bookings}?show=all&booked_to=2020-06-01",
        f"{bookings}?money=due",
        f"{bookings}?show=all&money=on_its_way",
        sessions,
        f"{sessions}?show=all",
    ):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert len(response.context["cl"].result_list) == (0 if "on_its_way" in address else 50), address
        # What the navigation counts is for another test.
        asked = [one["sql"] for one in queries if "bookings_" in one["sql"] and "desk_mark" not in one["sql"]]
        assert asked
        for sql in asked:
            assert set(whole_reads(sql)) <= MAY_READ.get(address.removeprefix(bookings), set()), (address, sql)
