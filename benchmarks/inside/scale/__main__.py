"""Fills the database: `python -m benchmarks.inside.scale NUMBER`, for NUMBER customers and three times the bookings."""

import sys
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection

from benchmarks.inside.scale import bookings, letters, money, people
from benchmarks.inside.scale.indexes import without_indexes
from benchmarks.inside.scale.insert import run
from config.kernel import clock
from customers.flows.search import rebuild_words
from customers.flows.statistics import recalculate_stale

TABLES = (
    "customers_user",
    "customers_organisation",
    "customers_membership",
    "customers_customerstatistics",
    "customers_activity",
    "customers_note",
    "bookings_coursesession",
    "bookings_sessionday",
    "bookings_booking",
    "bookings_attendee",
    "payments_payment",
    "payments_paymentallocation",
    "payments_refund",
    "invoicing_invoice",
    "invoicing_invoiceline",
    "communications_message",
)
# For this connection alone. `replica`: no trigger runs, neither foreign keys' nor those of the change history; the rows
# point at rows that the same numbers made.
_SETTINGS = (
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    "SET maintenance_work_mem = '1GB'",
    "SET work_mem = '256MB'",
    "SET temp_buffers = '512MB'",
)


# More than there are in two days of ten years.
SOME_OF_LATE = 100_000


class Told:
    """Says what is done, how many rows that made, and after how many seconds."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def step(self, name: str, make: Callable[[], int | None]) -> None:
        made = make()
        self.say(f"{name}: {made:,}" if made is not None else name)

    def say(self, text: str) -> None:
        print(f"  {time.monotonic() - self._started:4.0f} s  {text}", flush=True)


def fill_database(number: int) -> None:
    told = Told()
    # Checkpoints in between would only write pages twice.
    run("ALTER SYSTEM SET max_wal_size = '16GB'")
    run("SELECT pg_reload_conf()")
    for setting in _SETTINGS:
        run(setting)
    with without_indexes(TABLES, told.say):
        told.step("names", people.add_names)
        told.step("people", lambda: people.add_people(number))
        told.step("organisations", people.add_organisations)
        told.step("sessions", lambda: bookings.add_sessions(number))
        told.step("bookings", lambda: bookings.add_bookings(number))
        told.step("attendees", lambda: bookings.add_attendees(number))
        told.step("payments", money.add_payments)
        told.step("refunds", money.add_refunds)
        told.step("invoices", money.add_invoices)
        told.step("statistics", money.add_statistics)
        told.step("activities", letters.add_activities)
        told.step("notes", letters.add_notes)
        told.step("messages", letters.add_messages)
    told.step("words of names", lambda: rebuild_words().words)
    run("ALTER SYSTEM RESET max_wal_size")
    run("SELECT pg_reload_conf()")
    run("SET session_replication_role = origin")
    told.step("VACUUM ANALYZE", lambda: run("VACUUM ANALYZE"))
    # What happened while it was filled would be the worker's news.
    of_late = clock.now() - timedelta(days=2)
    told.step("statistics of late", lambda: recalculate_stale(at_most=SOME_OF_LATE, since=of_late))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        told.say(f"done: {cursor.fetchone()[0]}")


if __name__ == "__main__":
    fill_database(int(sys.argv[1]))
