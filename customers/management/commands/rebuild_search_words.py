"""`manage.py rebuild_search_words`: make the list anew that mistyped names are put right by."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from customers.flows.search import rebuild_words


class Command(BaseCommand):
    help = (
        "Makes the list of all words of names anew, by which the search puts right what was mistyped. The database "
        "adds words by itself as names come, and those that nobody has any more go by night within four weeks: use "
        "this after a restore, after rows came in without triggers, or where an erased name must not wait. It may be "
        "run twice; the second time it changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, **options: Any) -> None:
        try:
            rebuilt = rebuild_words(dry_run=options["dry_run"])
        except OperationalError as error:
            raise CommandError("The database did not answer. Check that it runs, then start this again.") from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(rebuilt)))
        else:
            would = "would be" if options["dry_run"] else "are"
            self.stdout.write(
                f"{rebuilt.words:,} words {would} on the list: {rebuilt.added:,} added, {rebuilt.forgotten:,} removed."
            )
