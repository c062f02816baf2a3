"""The list of payments, narrowed to a course."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Course
from config.kernel import clock
from config.office_words import moment_in_list
from customers import changelists
from payments.admin.payments import PaymentAdmin
from payments.models import Payment, PaymentAllocation
from tests.factories import make_booking, make_course, make_payment, make_session, make_staff

pytestmark = pytest.mark.django_db

URL = reverse("admin:payments_payment_changelist")
DAY = timedelta(days=1)


@pytest.fixture
def finance(client: Client) -> Client:
    client.force_login(make_staff("payments.view_payment"))
    return client


@pytest.fixture
def cpr() -> Course:
    return make_course(name="CPR and defibrillator", slug="cpr")


def paid(course: Course, *, days: int = 10) -> Payment:
    """For a session so many days from now, asked for a month before it."""
    session = make_session(course=course, starts_at=clock.now() + days * DAY)
    return make_payment(make_booking(session), created_at=session.starts_at - 30 * DAY)


def shown(client: Client, **query: str) -> Any:
    answer = client.get(URL, query)
    assert answer.status_code == 200
    return answer.context["cl"]


def test_a_course_leaves_its_own_payments_each_once(finance: Client, cpr: Course) -> None:
    earlier, later = paid(cpr), paid(cpr, days=20)
    paid(make_course(name="Outdoor First Aid", slug="outdoor"))
    # One payment may be for several bookings.
    session = make_session(course=cpr, starts_at=clock.now() + 5 * DAY)
    PaymentAllocation.objects.create(payment=later, booking=make_booking(session), amount=later.amount)

    cl = shown(finance, course=str(cpr.pk))

    assert list(cl.result_list) == [later, earlier]
    html = finance.get(URL, {"course": str(cpr.pk)}).content.decode()
    assert f'<option value="{cpr.pk}" selected>CPR and defibrillator</option>' in html
    assert "Outdoor First Aid</span>" not in html
    assert moment_in_list(earlier.created_at) in html


def test_what_is_long_ago_is_left_out_and_said_until_days_or_words_are_given(finance: Client, cpr: Course) -> None:
    old, new = paid(cpr, days=-400), paid(cpr, days=-300)
    course = {"course": str(cpr.pk)}

    cl = shown(finance, **course)

    assert list(cl.result_list) == [new]
    (note,) = cl.notes
    assert note.startswith("Payments for sessions of the last 12 months and for those to come. Give days under")
    for more in ({"asked_from": "2015-01-01"}, {"asked_to": "2199-12-31"}, {"q": "okafor"}):
        cl = shown(finance, **course, **more)
        assert (list(cl.result_list), cl.notes) == ([new, old], [])
    assert shown(finance).notes == []


@pytest.mark.parametrize("odd", ["x\0", "nonsense", "0192d3a4-0000-7000-8000-000000000001"])
def test_what_is_no_course_leads_back_to_the_list(finance: Client, odd: str) -> None:
    paid(make_course())
    answer = finance.get(URL, {"course": odd})
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}?e=1")


def test_a_course_costs_one_query_for_any_number_of_payments(finance: Client, cpr: Course) -> None:
    def queries(**query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(finance, **query)
        return len(captured)

    paid(cpr)
    queries()
    for_one = queries(course=str(cpr.pk))
    paid(cpr)
    paid(cpr)
    assert queries(course=str(cpr.pk)) == for_one == queries()


@pytest.mark.parametrize("near", [1, 3, 100])
def test_with_days_every_page_is_what_it_would_be_in_one_list(
    finance: Client, cpr: Course, monkeypatch: pytest.MonkeyPatch, near: int
) -> None:
    """Whether a page is filled by the next few payments, or its own are gathered: the same, in the same order."""
    outdoor = make_course(name="Outdoor First Aid", slug="outdoor")
    courses = [cpr, cpr, outdoor, cpr, cpr, cpr, outdoor, outdoor, outdoor, outdoor, cpr]
    payments = [paid(course, days=-400 - number) for number, course in enumerate(courses)]
    own = [payment for payment, course in zip(payments, courses, strict=True) if course == cpr]
    Payment.objects.filter(pk__in=[own[2].pk, own[3].pk]).update(created_at=own[2].created_at)
    own[2:4] = sorted(own[2:4], key=lambda payment: payment.pk, reverse=True)
    paid(cpr, days=-900)
    first_day = clock.london_date(payments[-1].created_at).isoformat()
    monkeypatch.setattr(changelists, "NEAR", near)
    monkeypatch.setattr(PaymentAdmin, "list_per_page", 2)

    pages = [shown(finance, course=str(cpr.pk), asked_from=first_day)]
    while older := pages[-1].older_url:
        pages.append(finance.get(f"{URL}{older}").context["cl"])
    assert [list(page.result_list) for page in pages] == [own[:2], own[2:4], own[4:]]
    while newer := pages[-1].newer_url:
        pages.append(finance.get(f"{URL}{newer}").context["cl"])
    assert [list(page.result_list) for page in pages[3:]] == [own[2:4], own[:2]]


def test_a_page_that_the_next_payments_fill_is_not_gathered(
    finance: Client, cpr: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is found within reach costs no look at all that the course ever brought in; each is planned for itself."""
    for _ in range(4):
        paid(cpr)
    monkeypatch.setattr(PaymentAdmin, "list_per_page", 2)

    def looks(near: int) -> list[str]:
        monkeypatch.setattr(changelists, "NEAR", near)
        with CaptureQueriesContext(connection) as captured:
            shown(finance, course=str(cpr.pk), asked_from="2015-01-01")
        statements = [query["sql"] for query in captured]
        since = statements.index("SET LOCAL plan_cache_mode = force_custom_plan")
        return [statement for statement in statements[since:] if " LIMIT 3" in statement]

    assert [len(looks(near)) for near in (3, 2, 1, 4)] == [1, 1, 2, 2]
