"""Who acts: named where known, and never looked up unless somebody asks."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from pytest_django import DjangoAssertNumQueries

from config.kernel.actor import (
    CUSTOMER,
    STRIPE,
    SYSTEM,
    Actor,
    ActorMiddleware,
    acting_as,
    current_actor,
)

KEY = UUID("6f1d6f0e-7d0c-4f0e-9a55-0c6b1f4a3c11")


def person(*, staff: bool, name: str = "Sam Office") -> Any:
    return SimpleNamespace(is_authenticated=True, is_staff=staff, pk=KEY, get_full_name=lambda: name)


def actor_during(request: HttpRequest) -> Actor:
    seen: list[Actor] = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(current_actor())
        return HttpResponse()

    ActorMiddleware(view)(request)
    [actor] = seen
    return actor


def request_of(user: Any) -> HttpRequest:
    request = HttpRequest()
    request.user = user
    return request


def test_outside_a_request_it_is_the_system() -> None:
    assert current_actor() == SYSTEM


def test_blocks_nest_and_end_also_when_something_breaks() -> None:
    with acting_as(STRIPE):
        assert current_actor() == STRIPE
        with acting_as(CUSTOMER) as actor:
            assert current_actor() is actor is CUSTOMER
        assert current_actor() == STRIPE
        with pytest.raises(ZeroDivisionError), acting_as(CUSTOMER):
            1 / 0  # noqa: B018 - something breaks
        assert current_actor() == STRIPE
    assert current_actor() == SYSTEM


def test_a_member_of_staff_is_named() -> None:
    assert actor_during(request_of(person(staff=True))) == Actor("staff", "Sam Office", KEY)


@pytest.mark.parametrize("name", ["", "sam@example.org"])
def test_a_label_is_never_an_address(name: str) -> None:
    assert actor_during(request_of(person(staff=True, name=name))) == Actor("staff", "Staff", KEY)
    with pytest.raises(ValueError, match="e-mail address"):
        Actor("staff", "sam@example.org", KEY)


@pytest.mark.parametrize("user", [person(staff=False), SimpleNamespace(is_authenticated=False, is_staff=False)])
def test_everybody_else_is_a_customer_of_whom_nothing_is_known(user: Any) -> None:
    assert actor_during(request_of(user)) == Actor("customer", "Customer", None)


def test_nobody_is_looked_up_unless_the_actor_is_asked_for() -> None:
    class Untouchable:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"request.user.{name} was read")

    response = ActorMiddleware(lambda _request: HttpResponse("done"))(request_of(Untouchable()))
    assert response.status_code == 200


def test_after_a_request_that_broke_it_is_the_system_again() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ActorMiddleware(view)(request_of(person(staff=True)))
    assert current_actor() == SYSTEM


@pytest.mark.django_db
def test_an_anonymous_visitor_costs_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    seen: list[Actor] = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(current_actor())
        return HttpResponse()

    stack = SessionMiddleware(AuthenticationMiddleware(ActorMiddleware(view)))
    with django_assert_num_queries(0):
        stack(HttpRequest())
    assert seen == [CUSTOMER]
