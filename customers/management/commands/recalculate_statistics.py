"""`manage.py recalculate_statistics`: recompute the figures about customers, or check them."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from customers.flows import statistics
from customers.models import User


def a_day(text: str) -> date:
    """A day of the command line, such as 2026-11-21."""
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = (
        "Recomputes customers' statistics (bookings, places, first and last booked, paid, refunded, net paid) from "
        "their bookings, payments and refunds. The worker does this after every change; use it after an import, after "
        "a restore, or when a figure is doubted. It may be run twice, and stopped and started again. With --check or "
        "--dry-run it changes nothing. It fails when --check finds a figure that is not what the facts say."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        scope = parser.add_mutually_exclusive_group()
        scope.add_argument("--customer", metavar="EMAIL", help="only the customer with this email address")
        scope.add_argument(
            "--since", metavar="DATE", type=a_day, help="only customers with changes since this day, as 2026-11-21"
        )
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument(
            "--check",
            action="store_true",
            help="work everything out a second way and name each stored figure that differs",
        )
        mode.add_argument("--dry-run", action="store_true", help="say what would be put right, and leave it as it is")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, **options: Any) -> None:
        try:
            scope = self._scope(options)
            if options["check"] or options["dry_run"]:
                differences = statistics.find_differences(**scope)
                self._show_differences(differences, as_json=options["json"])
            else:
                differences = []
                self._show_done(statistics.recalculate(**scope), as_json=options["json"])
        except OperationalError as error:
            raise CommandError("The database did not answer. Check that it runs, then start this again.") from error
        if options["check"] and differences:
            differ = "differs" if len(differences) == 1 else "differ"
            raise CommandError(
                f"{_count(len(differences), 'stored figure')} {differ} from what the facts say. To put that right, run "
                "recalculate_statistics without --check."
            )

    def _scope(self, options: dict[str, Any]) -> dict[str, Any]:
        user_ids = None if options["customer"] is None else [_customer(options["customer"])]
        return {"user_ids": user_ids, "since": options["since"], "on_progress": self._show_progress}

    def _show_progress(self, done: int, of: int) -> None:
        # For who waits at a terminal; a file or a pipe gets the result only.
        if self.stderr.isatty():
            self.stderr.write(f"\r{done:,} of {of:,} customers", ending="\n" if done == of else "")

    def _show_done(self, done: int, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"recalculated": done}))
        else:
            self.stdout.write(f"Recomputed {_count(done, 'customer')}.")

    def _show_differences(self, differences: list[statistics.Difference], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"differences": [asdict(found) for found in differences]}, default=str))
            return
        for found in differences:
            self.stdout.write(
                f"{found.email or 'no email address'} ({found.user_id}): {found.field} is {found.stored}, "
                f"should be {found.expected}"
            )
        people = len({found.user_id for found in differences})
        self.stdout.write(f"{_count(len(differences), 'difference')} at {_count(people, 'customer')}.")


def _customer(address: str) -> UUID:
    try:
        return User.objects.get_by_natural_key(address).pk
    except User.DoesNotExist:
        raise CommandError(f"There is no customer with the email address {address}.") from None


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
