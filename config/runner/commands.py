"""How the site's processes are started. `make run` and the benchmarks start the very same ones."""

import sys
from collections.abc import Mapping
from pathlib import Path

from config.runner.ports import HOST


def web_server(port: int) -> list[str]:
    """granian: two processes of four threads, which is what two cores carry."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"]
    command += ["--host", HOST, "--port", str(port), "--workers", "2", "--blocking-threads", "4"]
    return [*command, "--no-ws", "--workers-kill-timeout", "5"]


def worker() -> list[str]:
    """A Celery worker with its scheduler.

    A child serves some three hundred bookings: a new one reads fonts and templates again, as dear as three PDFs.
    """
    command = ["nice", "-n", "5", sys.executable, "-m", "celery", "-A", "config", "worker", "-B", "-Q", "default,pdf"]
    command += ["--concurrency", "2", "--max-tasks-per-child", "2000", "--loglevel", "INFO"]
    return [*command, "--without-gossip", "--without-mingle"]


def stand_in(port: int, *, state: Path, site_url: str, environment: Mapping[str, str]) -> list[str]:
    """The server in Stripe's place, with the keys that the site has in `environment`."""
    command = [sys.executable, "-m", "payments.stand_in", "--port", str(port), "--state", str(state)]
    command += ["--webhook-url", f"{site_url}/webhooks/stripe/"]
    for name in ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"):
        option = name.removeprefix("STRIPE_").lower().replace("_", "-")
        command += [f"--{option}", environment[name]]
    return command
