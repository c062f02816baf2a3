"""The worker's scheduler knows what is due without a file that could break and end it."""

from celery.beat import PersistentScheduler, Service

from config.celery import app


def test_the_scheduler_keeps_no_file() -> None:
    scheduler = Service(app, scheduler_cls=app.conf.beat_scheduler).get_scheduler()
    assert not isinstance(scheduler, PersistentScheduler)
    assert {"heartbeat", "payments.tasks.sweep_stripe_events", "bookings.tasks.sweep_lapsed"} <= set(scheduler.schedule)
