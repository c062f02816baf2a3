"""Presses and requests at the same moment. Real transactions."""

import threading
from datetime import datetime, timedelta
from functools import partial

import pytest

from communications.models import Message
from config.kernel import clock
from customers import locks
from customers.flows.signing_in import answer_request, sign_in
from customers.models import AccessLink, PortalVisit, SignInRequest, User
from customers.services import access, signing_in
from tests.factories import make_booking, make_user
from tests.factories.together import PATIENCE, all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8
Answer = SignInRequest.Answer


def requests_for(email: str) -> list[SignInRequest]:
    return [signing_in.ask(email=email) for _ in range(AT_ONCE)]


def test_of_many_presses_one_signs_in() -> None:
    make_user("hannah@example.org")
    token = access.link_token(signing_in.make_link(request=signing_in.ask(email="hannah@example.org")))
    begun = all_at_once([partial(sign_in, token=token, keep=False)] * AT_ONCE)
    assert begun.count(None) == AT_ONCE - 1
    assert PortalVisit.objects.count() == 1


def test_of_two_links_of_one_request_one_signs_in() -> None:
    make_user("hannah@example.org")
    request = signing_in.ask(email="hannah@example.org")
    tokens = [access.link_token(signing_in.make_link(request=request)) for _ in range(2)]
    begun = [sign_in(token=token, keep=False) for token in tokens]
    assert [visit is not None for visit in begun] == [True, False]
    assert AccessLink.objects.filter(revoked_at=None).count() == 0


def test_a_colleague_who_presses_many_links_at_once_is_one_person() -> None:
    make_booking(people=[("Tom", "Ackroyd", "tom@example.org")])
    tokens = [access.link_token(signing_in.make_link(request=request)) for request in requests_for("tom@example.org")]
    begun = all_at_once([partial(sign_in, token=token, keep=False) for token in tokens])
    assert {visit.visit.user.email_key for visit in begun} == {"tom@example.org"}
    assert User.objects.filter(email_key="tom@example.org").count() == 1


def test_workers_that_answer_at_once_send_five_letters() -> None:
    make_user("hannah@example.org")
    answers = all_at_once(
        [partial(answer_request, request_id=request.pk) for request in requests_for("hannah@example.org")]
    )
    assert sorted(answers) == [Answer.LIMITED] * 3 + [Answer.MAILED] * 5
    assert Message.objects.count() == 5


def test_without_the_lock_they_would_send_one_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test before relies on: all count before any of them has noted a letter."""
    everybody_counted = threading.Barrier(AT_ONCE)
    count = signing_in.is_limited

    def read_without_a_lock(key: str, *, since: datetime) -> list[SignInRequest]:
        return list(SignInRequest.objects.filter(email_key=key, created_at__gte=since))

    def count_together(*, request: SignInRequest, now: datetime) -> bool:
        limited = count(request=request, now=now)
        everybody_counted.wait(PATIENCE)
        return limited

    monkeypatch.setattr(locks, "lock_sign_in_requests", read_without_a_lock)
    monkeypatch.setattr(signing_in, "is_limited", count_together)
    make_user("hannah@example.org")
    answers = all_at_once(
        [partial(answer_request, request_id=request.pk) for request in requests_for("hannah@example.org")]
    )
    assert answers == [Answer.MAILED] * AT_ONCE


def test_a_request_that_two_workers_answer_gets_one_letter() -> None:
    make_user("hannah@example.org")
    request = signing_in.ask(email="hannah@example.org")
    answers = all_at_once([partial(answer_request, request_id=request.pk)] * AT_ONCE)
    assert (answers.count(Answer.MAILED), answers.count(None)) == (1, AT_ONCE - 1)
    assert Message.objects.count() == 1


def test_the_hour_moves_on() -> None:
    make_user("hannah@example.org")
    earlier = requests_for("hannah@example.org")[:5]
    SignInRequest.objects.exclude(pk__in=[request.pk for request in earlier]).delete()
    SignInRequest.objects.update(answer=Answer.MAILED, created_at=clock.now() - timedelta(minutes=61))
    late = signing_in.ask(email="hannah@example.org")
    assert answer_request(request_id=late.pk) == Answer.MAILED
