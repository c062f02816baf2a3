"""Visits to the portal: how they end, what they prove, and what is kept of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from psycopg import sql
from pytest_django import DjangoCaptureOnCommitCallbacks

from config.kernel import clock, jobs
from customers import tasks
from customers.models import AccessLink, PortalVisit, SignInRequest, User
from customers.services import signing_in, visits
from customers.visit_cookies import COOKIE_NAME
from tests.communications.builders import Started
from tests.customers.signing import signed_in
from tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hannah() -> User:
    return make_user("hannah@example.org")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """In the broker's place."""
    started = Started()
    monkeypatch.setattr(jobs, "_send", lambda name, ids, delay: started.tasks.append((name, ids, delay)))
    return started


def test_a_visit_is_found_by_its_secret_alone(hannah: User) -> None:
    begun = visits.begin_visit(user=hannah, keep=False)
    assert visits.find_visit(begun.token) == begun.visit
    assert visits.find_visit(begun.visit.token_hash) is None
    assert visits.find_visit("") is None


def test_the_secret_is_in_no_table(hannah: User) -> None:
    token = visits.begin_visit(user=hannah, keep=False).token
    query = sql.SQL("SELECT count(*) FROM customers_portalvisit AS stored WHERE stored::text LIKE {}")
    with connection.cursor() as cursor:
        cursor.execute(query.format(f"%{token}%"))
        assert cursor.fetchone() == (0,)


def test_it_ends_by_time(hannah: User) -> None:
    client = signed_in(hannah)
    PortalVisit.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert client.get("/my/")["Location"] == "/my/sign-in/"


def test_it_ends_for_who_may_not_sign_in_any_more(hannah: User) -> None:
    client = signed_in(hannah)
    User.objects.filter(pk=hannah.pk).update(is_active=False)
    assert client.get("/my/")["Location"] == "/my/sign-in/"


def test_signing_out_is_a_press_and_closes_this_browsers_visit_alone(hannah: User) -> None:
    here, there = signed_in(hannah), signed_in(hannah)
    assert here.get("/my/sign-out/").status_code == 405
    response = here.post("/my/sign-out/")
    assert (response.status_code, response["Location"]) == (302, "/my/sign-in/")
    assert response.cookies[COOKIE_NAME].value == ""
    assert [client.get("/my/").status_code for client in (here, there)] == [302, 200]
    assert PortalVisit.objects.filter(ended_at=None).count() == 1


def test_a_kept_cookie_opens_nothing_after_signing_out(hannah: User) -> None:
    client = signed_in(hannah)
    token = client.cookies[COOKIE_NAME].value
    client.post("/my/sign-out/")
    client.cookies[COOKIE_NAME] = token
    assert client.get("/my/").status_code == 302
    assert visits.end_visit(token) is False


def test_signing_out_here_leaves_the_office_open(hannah: User) -> None:
    client = signed_in(hannah)
    client.force_login(make_staff(is_superuser=True))
    client.post("/my/sign-out/")
    assert client.get("/admin/").status_code == 200


def test_the_office_is_not_the_portal() -> None:
    client = Client()
    client.force_login(make_staff(email="owner@example.org", is_superuser=True))
    assert client.get("/my/")["Location"] == "/my/sign-in/"


def test_another_site_cannot_sign_anybody_out(hannah: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies[COOKIE_NAME] = visits.begin_visit(user=hannah, keep=False).token
    assert client.post("/my/sign-out/").status_code == 403
    assert client.get("/my/").status_code == 200


def test_who_is_signed_in_goes_on_from_the_sign_in_page(hannah: User) -> None:
    assert signed_in(hannah).get("/my/sign-in/")["Location"] == "/my/"


def test_the_sweeper_starts_what_the_broker_lost_the_newest_first(
    started: Started, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    names = ("stuck", "lost", "fresh", "done")
    stuck, lost, fresh, done = (signing_in.ask(email=f"{name}@example.org") for name in names)
    SignInRequest.objects.filter(pk__in=[lost.pk, done.pk]).update(created_at=clock.now() - timedelta(minutes=1))
    SignInRequest.objects.filter(pk=stuck.pk).update(created_at=clock.now() - timedelta(days=1))
    SignInRequest.objects.filter(pk=done.pk).update(answer=SignInRequest.Answer.UNKNOWN)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_sign_ins()
    assert started.take(signing_in.ANSWER_TASK) == [([str(lost.pk)], 0), ([str(stuck.pk)], 0)]
    assert fresh.answer == SignInRequest.Answer.WAITING


def test_the_sweeper_forgets_requests_with_their_links_and_visits_that_ran_out(hannah: User) -> None:
    old, young = signing_in.ask(email="hannah@example.org"), signing_in.ask(email="hannah@example.org")
    for request in (old, young):
        signing_in.make_link(request=request)
    SignInRequest.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(days=7, minutes=1))
    over, open_visit = (visits.begin_visit(user=hannah, keep=False).visit for _ in range(2))
    PortalVisit.objects.filter(pk=over.pk).update(expires_at=clock.now() - timedelta(seconds=1))
    tasks.sweep_sign_ins()
    assert list(SignInRequest.objects.all()) == [young]
    assert list(AccessLink.objects.values_list("subject_key", flat=True)) == [str(young.pk)]
    assert list(PortalVisit.objects.all()) == [open_visit]


def test_the_task_answers_the_request() -> None:
    request = signing_in.ask(email="nobody.here@example.org")
    tasks.answer_sign_in_request(str(request.pk))
    request.refresh_from_db()
    assert request.answer == SignInRequest.Answer.UNKNOWN


def test_a_request_that_is_gone_is_no_mistake() -> None:
    request = signing_in.ask(email="nobody.here@example.org")
    request.delete()
    tasks.answer_sign_in_request("11111111-1111-4111-8111-111111111111")
    assert SignInRequest.objects.count() == 0


def test_nobody_asks_without_an_address() -> None:
    for nothing in ("", "none@none.com", "no address"):
        with pytest.raises(ValueError, match="without an address"):
            signing_in.ask(email=nothing)
