"""Bring the database up to date and fill an empty one: one process, because starting Django is what takes the time.

Started by the runner as `python -m config.runner.preparing`, with the environment of the site. What it prints is shown
to the person at the terminal.
"""

import os
import sys

import django
from django.conf import settings
from django.core.management import call_command


def prepare(*, demo: bool) -> None:
    """Migrate; collect the static files where the web server needs them collected; load the demo data if empty."""
    call_command("migrate", interactive=False, verbosity=0)
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
    if demo:
        call_command("load_demo", "--if-empty", "--print-logins")
    else:
        # Demo payments exist in the stand-in only; at Stripe itself nothing is made up.
        print("There is no demo data beside Stripe's own keys. For a staff log-in: manage.py createsuperuser")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    prepare(demo="--demo" in sys.argv[1:])
