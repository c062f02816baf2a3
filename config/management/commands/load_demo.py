"""`manage.py load_demo`: a made-up company to look at."""

import json
import os
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from config.demo import loading, staff
from config.demo.till import NoStandIn, open_till
from config.kernel import clock
from payments.stripe_gateway import GatewayRefused, GatewayUnavailable

PASSWORD_VARIABLE = "DEMO_STAFF_PASSWORD"  # noqa: S105 - the name of a variable


class Command(BaseCommand):
    help = (
        "Fills an empty database with a made-up company: courses, venues, people, two years of bookings and payments, "
        "and orders for the next four months. Its payments are made in the stand-in for Stripe, so it needs "
        "STRIPE_API_BASE and a key that starts with sk_test_; `make run` sets both. It refuses to run where there are "
        "customers or courses that are not its own. It may be run twice, and finishes a load that broke off. Members "
        f"of staff log in with the password in {PASSWORD_VARIABLE}, or with a new one that is printed once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing, and succeed, when there is a course")
        output = parser.add_mutually_exclusive_group()
        output.add_argument("--dry-run", action="store_true", help="say what would be made, and make nothing")
        output.add_argument(
            "--print-logins", action="store_true", help="print only the staff's email addresses and passwords"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, **options: Any) -> None:
        try:
            if options["if_empty"] and loading.has_courses():
                self._show({}, os.environ.get(PASSWORD_VARIABLE, ""), options)
            elif options["dry_run"]:
                self._dry_run(options)
            else:
                self._load(options)
        except NoStandIn as error:
            raise CommandError(str(error)) from error
        except (GatewayRefused, GatewayUnavailable) as error:
            raise CommandError(
                f"The stand-in for Stripe did not do its part ({error}). Start this again: it finishes what is missing."
            ) from error
        except OperationalError as error:
            raise CommandError("The database did not answer. Check that it runs, then start this again.") from error

    def _dry_run(self, options: dict[str, Any]) -> None:
        is_empty = self._state() == loading.State.EMPTY
        with open_till():
            counts = vars(loading.planned(clock.london_today())) if is_empty else {}
        if options["json"]:
            self.stdout.write(json.dumps({"would_make": counts}))
        else:
            self.stdout.write(_sentence("Would make", counts))

    def _load(self, options: dict[str, Any]) -> None:
        password = os.environ.get(PASSWORD_VARIABLE, "")
        if self._state() == loading.State.EMPTY and not password:
            password = secrets.token_urlsafe(12)
        before = loading.counted()
        loading.load(password=password, on_progress=self._show_progress)
        self._show(dict(loading.made(before, loading.counted())), password, options)

    def _state(self) -> loading.State:
        state = loading.state()
        if state == loading.State.OTHERS:
            raise CommandError(
                "There are customers or courses here that are not demo data, so nothing was changed. Load the demo "
                "into an empty database."
            )
        return state

    def _show(self, made: dict[str, int], password: str, options: dict[str, Any]) -> None:
        log_ins = staff.log_ins(password)
        if options["json"]:
            self.stdout.write(json.dumps({"made": made, "logins": [vars(log_in) for log_in in log_ins]}))
            return
        if not options["print_logins"]:
            self.stdout.write(_sentence("Made", made))
        for log_in in log_ins:
            password = log_in.password or "(the password it was given before)"
            self.stdout.write(f"{log_in.email}  {password}  ({log_in.role.lower()})")

    def _show_progress(self, what: str, done: int, of: int) -> None:
        # For who waits at a terminal; a file or a pipe gets the result only.
        if self.stderr.isatty():
            self.stderr.write(f"\r{done:,} of {of:,} {what}  ", ending="\n" if done == of else "")


def _sentence(verb: str, counts: dict[str, int]) -> str:
    listed = ", ".join(f"{number:,} {kind}" for kind, number in counts.items())
    return f"{verb} {listed}." if listed else f"{verb} nothing: there are courses here already."
