"""Background work of this app."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from config.kernel import clock
from config.kernel.jobs import enqueue
from customers.flows import search, statistics
from customers.flows import signing_in as signing_in_flow
from customers.models import SignInRequest
from customers.services import history_age, signing_in, visits

# More than this at one go would keep a worker from letters and payments; the next sweep goes on.
STALE_AT_MOST = 500
STALE_AT_NIGHT = 20_000
# Longer than a worker is ever down without anybody noticing; what is older waits for the night.
OF_LATE = timedelta(days=2)
SWEEP_LIMIT = 200
# Of each kind at most a million rows a night; a batch is a moment's work.
HISTORY_BATCH = 5_000
HISTORY_BATCHES = 200
WORDS_BATCH = 500
# A request to sign in that is younger than this is on its way through the broker.
BROKER_TIME = timedelta(seconds=10)


@shared_task(name="customers.tasks.refresh_statistics")
def refresh_statistics(user_id: str) -> None:
    """After a payment, a refund or a change to a booking."""
    statistics.recalculate(user_ids=[UUID(user_id)])


@shared_task(name="customers.tasks.refresh_stale_statistics")
def refresh_stale_statistics() -> None:
    """Picks up whoever `refresh_statistics` did not reach of late."""
    statistics.recalculate_stale(at_most=STALE_AT_MOST, since=clock.now() - OF_LATE)


@shared_task(name="customers.tasks.refresh_all_stale_statistics")
def refresh_all_stale_statistics() -> None:
    """The same with everything that ever happened, once a night: it reads whole tables."""
    statistics.recalculate_stale(at_most=STALE_AT_NIGHT)


@shared_task(name="customers.tasks.answer_sign_in_request")
def answer_sign_in_request(request_id: str) -> None:
    """Finds out who wants to sign in and queues their letter."""
    signing_in_flow.answer_request(request_id=UUID(request_id))


@shared_task(name="customers.tasks.sweep_sign_ins")
def sweep_sign_ins() -> None:
    """Starts what the broker lost, and forgets requests and visits that are over.

    The newest first: who asked just now is waiting, and one that cannot be answered stays until it is forgotten.
    """
    now = clock.now()
    waiting = SignInRequest.objects.waiting(now - BROKER_TIME).order_by("-created_at").values_list("pk", flat=True)
    for request_id in waiting[:SWEEP_LIMIT]:
        enqueue(signing_in.ANSWER_TASK, request_id)
    signing_in.forget_old(now=now, limit=SWEEP_LIMIT)
    visits.forget_old_visits(now=now, limit=SWEEP_LIMIT)


@shared_task(name="customers.tasks.forget_old_history")
def forget_old_history() -> None:
    """Once a night: the change history and the looks that were kept long enough."""
    history_age.forget_old_history(limit=HISTORY_BATCH, batches=HISTORY_BATCHES)


@shared_task(name="customers.tasks.forget_words_of_nobody")
def forget_words_of_nobody() -> None:
    """Once a night, for another part of the list of words by which the search puts right what was mistyped."""
    search.forget_words(night=clock.london_today().toordinal(), batch=WORDS_BATCH)
