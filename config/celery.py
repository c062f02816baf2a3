"""Celery: the app, its schedule (code, not rows) and what keeps its processes from outliving it."""

import ctypes
import os
import signal
from typing import Any

from celery import Celery, signals
from celery.schedules import crontab
from django.conf import settings
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PR_SET_PDEATHSIG = 1

app = Celery("config")
# "Current" holds for this thread only; the web server's other threads would publish through an empty app of their own.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def set_schedule(sender: Celery, **_kwargs: Any) -> None:
    """Sweepers pick up whatever a dead worker or a stopped Redis left lying; each is safe to run at any time."""
    for task in (
        "payments.tasks.sweep_stripe_events",
        "payments.tasks.sweep_refunds",
        "payments.tasks.sweep_open_payments",
        "bookings.tasks.sweep_lapsed",
        "bookings.tasks.sweep_confided",
        "invoicing.tasks.sweep_pdfs",
        "communications.tasks.sweep_messages",
        "customers.tasks.refresh_stale_statistics",
        "customers.tasks.sweep_sign_ins",
    ):
        sender.add_periodic_task(
            settings.SWEEP_SECONDS, sender.signature(task), name=task, expires=settings.SWEEP_SECONDS
        )
    # UTC, at an hour when nobody minds: these read through or remove much.
    for minute, task in (
        (30, "customers.tasks.refresh_all_stale_statistics"),
        (40, "customers.tasks.forget_words_of_nobody"),
        (50, "customers.tasks.forget_old_history"),
    ):
        sender.add_periodic_task(crontab(hour=3, minute=minute), sender.signature(task), name=task)
    sender.add_periodic_task(10, sender.signature("config.tasks.heartbeat"), name="heartbeat", expires=10)


@signals.task_prerun.connect
def let_go_of_old_connections(**_kwargs: Any) -> None:
    """What Django does before a request: a connection that is too old or that broke is opened anew."""
    close_old_connections()


@signals.worker_ready.connect
def beat_at_once(**_kwargs: Any) -> None:
    """The first heartbeat of a new worker; /readyz/ need not wait for the scheduler."""
    app.send_task("config.tasks.heartbeat", expires=10)


@signals.worker_process_init.connect
@signals.beat_embedded_init.connect
def die_with_parent(**_kwargs: Any) -> None:
    """A worker killed with -9 must not leave its children behind (Linux only; elsewhere the pipe's end does it)."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        return
