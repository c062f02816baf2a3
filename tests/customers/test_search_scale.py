"""No search reads a whole table: the plan of every query, with 200,000 customers.

The rows are made by a few statements, with the indexes away meanwhile; all of it is rolled back.
"""

from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

from benchmarks.inside.scale.indexes import without_indexes
from benchmarks.inside.scale.insert import fill, run
from bookings.admin.searching import bookings_matching
from bookings.models import Attendee, Booking, BookingPolicy
from customers.flows.search import Group, find, forget_words, rebuild_words
from customers.models import CustomerStatistics, Organisation, User
from customers.selectors import people_matching
from invoicing.models import Invoice
from payments.admin.searching import payments_matching
from payments.models import Payment, PaymentAllocation
from tests.factories import make_session

pytestmark = pytest.mark.django_db

CUSTOMERS, BOOKINGS = 200_000, 20_000
MODELS = (User, CustomerStatistics, Booking, Attendee, Payment, PaymentAllocation, Invoice)
BIG = {model._meta.db_table for model in MODELS} | {"customers_searchword"}
# Surnames of six letters, some 40,000 of them; first names of four, some 300.
LAST = "initcap(translate(substr(md5('last' || number % 40000), 1, 6), '0123456789', 'ghijklmnop'))"
FIRST = "initcap(translate(substr(md5('first' || number % 300), 1, 4), '0123456789', 'ghijklmnop'))"
PERSON = "md5('person' || number)::uuid"
BOOKING = "md5('booking' || number)::uuid"
ADDRESS = "'p' || number || '@example' || number % 9 || '.org'"
NUMBERS = f"FROM generate_series(1, {BOOKINGS}) AS number"


@pytest.fixture
def _many(db: None) -> None:
    session, policy = make_session(), BookingPolicy.objects.order_by("-version")[0]
    run("SET LOCAL session_replication_role = replica")
    with without_indexes(sorted(BIG), lambda _text: None):
        _make_people()
        _make_bookings(session.pk, policy.pk)
    rebuild_words()
    run("SET LOCAL session_replication_role = origin")
    # All tables: what the planner was told of the others in earlier tests is no longer so.
    run("ANALYZE")


def _make_people() -> None:
    everybody = f"FROM generate_series(1, {CUSTOMERS}) AS number"
    fill(
        User,
        {
            "id": PERSON,
            "first_name": FIRST,
            "last_name": LAST,
            "email": ADDRESS,
            "email_key": ADDRESS,
            "phone": "'07' || lpad((number * 7919 % 1000000000)::text, 9, '0')",
            "company": "CASE WHEN number % 3 = 0 THEN 'Works ' || number ELSE '' END",
        },
        everybody,
    )
    fill(CustomerStatistics, {"user_id": PERSON, "computed_at": "now()"}, everybody)
    Organisation.objects.create(name="Rylstone Nursery")


def _make_bookings(session: Any, policy: int) -> None:
    fill(
        Booking,
        {
            "id": BOOKING,
            "reference": "'RFT-' || number",
            "reference_key": "'RFT' || number",
            "session_id": f"'{session}'::uuid",
            "customer_id": PERSON,
            "price_per_place": "90",
            "vat_rate": "20",
            "total": "90",
            "policy_id": str(policy),
        },
        NUMBERS,
    )
    place = {"id": BOOKING, "booking_id": BOOKING, "position": "1", "first_name": FIRST, "last_name": LAST}
    fill(Attendee, place, NUMBERS)
    fill(Payment, {"id": BOOKING, "payer_id": PERSON, "amount": "90", "stripe_intent_id": "'pi_' || number"}, NUMBERS)
    fill(PaymentAllocation, {"payment_id": BOOKING, "booking_id": BOOKING, "amount": "90"}, NUMBERS)
    fill(
        Invoice,
        {
            "id": BOOKING,
            "number": "'INV-2025-' || number",
            "issue_key": "'n' || number",
            "booking_id": BOOKING,
            "customer_id": PERSON,
            "issued_at": "now()",
            "tax_point": "now()",
            "supplier_vat_registered": "true",
            "net": "75",
            "vat": "15",
            "total": "90",
        },
        NUMBERS,
    )


class Plans:
    """Asks for the plan of every query before it runs."""

    def __init__(self) -> None:
        self.scanned: list[str] = []
        self.queries = 0

    def __call__(self, execute: Any, sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip().startswith(("SELECT", "WITH")):
            self.queries += 1
            cursor: CursorWrapper = context["cursor"]
            cursor.cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
            self._look(cursor.cursor.fetchone()[0][0]["Plan"], sql)
        return execute(sql, parameters, many, context)

    def _look(self, plan: dict[str, Any], sql: str) -> None:
        if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in BIG:
            self.scanned.append(f"{plan['Relation Name']} in {sql}")
        for part in plan.get("Plans", ()):
            self._look(part, sql)


TEXTS = (
    *("p777@example3.org", "p7777@exmaple1.org", "p777@", "77@exam", "example3.org", "a", "ab", "fa ac", "Works 999"),
    *("07007919", "+44 70", "919", "00012", "INV-2025-1234", "inv-2025-12", "RFT-1234", "rft 12", "pi_77", "evt_1"),
    *("rylstone nursery", "rylstoen", "nobody at all", "zzzzzz qqqqqq", "x-y", "o'b", "%%%", "bacd"),
)


@pytest.mark.usefixtures("_many")
def test_no_search_reads_a_big_table_from_end_to_end() -> None:
    someone = User.objects.get(email="p777@example3.org")
    last_name = someone.last_name
    slips = (last_name[:-1], last_name[0] + last_name[2] + last_name[1] + last_name[3:], last_name[1:4])
    plans = Plans()
    with connection.execute_wrapper(plans):
        for text in (*TEXTS, last_name, f"{someone.first_name} {last_name}", *slips):
            find(text, tuple(Group))
            people_matching(text)
            list(Booking.objects.filter(bookings_matching(text)).order_by("-created_at", "-id")[:50])
            list(Payment.objects.filter(payments_matching(text)).order_by("-created_at", "-id")[:50])
    assert plans.queries > 10 * len(TEXTS)
    assert plans.scanned == []
    # The nightly cleaning of the list reads the list, and no names.
    nightly = Plans()
    with connection.execute_wrapper(nightly):
        assert forget_words(night=1, batch=500) == 0
    assert nightly.queries > 2
    assert {told.partition(" ")[0] for told in nightly.scanned} <= {"customers_searchword"}
