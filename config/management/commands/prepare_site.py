"""`manage.py prepare_site`: what `make run` does between starting the servers and starting the site."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from config.demo import loading


class Command(BaseCommand):
    help = (
        "Brings the database and the roles of the office up to date, collects the static files where the web server "
        "needs them collected, and with --demo fills an empty database with demo data and prints the staff log-ins. "
        "One command, because starting Django is what takes the time. `make run` calls it; it may be run twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", type=Path, metavar="MARK", help="a file that marks an unfinished load of the demo"
        )

    def handle(self, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("ensure_roles", verbosity=0)
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        if options["demo"]:
            self._load_demo(options["demo"])

    def _load_demo(self, unfinished: Path) -> None:
        """Load once; finish a load that was interrupted, as long as nobody else's data came in between."""
        state = loading.state()
        if state == loading.State.EMPTY:
            unfinished.touch()
        may_finish = unfinished.exists() and state != loading.State.OTHERS
        mode = [] if may_finish else ["--if-empty"]
        call_command("load_demo", "--print-logins", *mode, stdout=self.stdout)
        unfinished.unlink(missing_ok=True)
