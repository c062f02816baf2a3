"""`manage.py ensure_roles`: the groups of the office, as the table in customers/roles.py says."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError

from customers.services.roles import RoleChange, UnknownPermission, ensure_roles


class Command(BaseCommand):
    help = (
        "Makes the groups owner, office, finance, instructor and auditor, and gives each exactly the permissions that "
        "customers/roles.py names. `prepare_site` does this after it has migrated. It may be run twice; the second "
        "time it changes nothing. Who is in a group stays there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be changed, and change nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, **options: Any) -> None:
        try:
            changes = ensure_roles(dry_run=options["dry_run"])
        except UnknownPermission as error:
            raise CommandError(str(error)) from error
        except ProgrammingError as error:
            raise CommandError("The tables are not there yet. Run migrate, then start this again.") from error
        except OperationalError as error:
            raise CommandError("The database did not answer. Check that it runs, then start this again.") from error
        if options["json"]:
            self.stdout.write(json.dumps([asdict(change) for change in changes]))
        elif options["verbosity"]:
            self._say(changes, dry_run=options["dry_run"])

    def _say(self, changes: list[RoleChange], *, dry_run: bool) -> None:
        for change in changes:
            what = "new group" if change.is_new else "group"
            self.stdout.write(f"{change.role} ({what}): {len(change.added)} more, {len(change.removed)} fewer.")
            for sign, names in (("+", change.added), ("-", change.removed)):
                for name in names:
                    self.stdout.write(f"  {sign} {name}")
        would = "would be" if dry_run else "was"
        if not changes:
            self.stdout.write(f"Nothing {would} changed: every role is as the table says.")
