"""`manage.py rotate_encryption_keys`: bring what is stored under the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from config.kernel.rotation import Rotation, rotate_everything


class Command(BaseCommand):
    help = (
        "Encrypts what people confided, drafts of bookings and the secrets of second factors anew, under the first key "
        "of FIELD_ENCRYPTION_KEYS. Run it after a new key was put in front and the web server and the worker were "
        "restarted; then the old key can go. It may be run beside the site, twice, and stopped and started again. It "
        "fails when there are values that none of the keys opens."
    )

    def handle(self, **_options: Any) -> None:
        try:
            rotation = rotate_everything(on_progress=self._show_progress)
        except OperationalError as error:
            raise CommandError("The database did not answer. Check that it runs, then start this again.") from error
        moved, before = rotation.moved, rotation.there_already
        self.stdout.write(f"{moved:,} values were brought under the first key; {before:,} were under it already.")
        if rotation.lost:
            raise CommandError(_lost(rotation))

    def _show_progress(self, label: str, seen: int) -> None:
        # For who waits at a terminal; a file or a pipe gets the result only.
        if self.stderr.isatty():
            self.stderr.write(f"{label}: {seen:,} rows seen")


def _lost(rotation: Rotation) -> str:
    columns = ", ".join(f"{column} ({count:,})" for column, count in sorted(rotation.lost.items()))
    return (
        f"None of the keys opens some values: {columns}. They were left as they are. Add the key that they were "
        "written under to the end of FIELD_ENCRYPTION_KEYS, and run this again."
    )
