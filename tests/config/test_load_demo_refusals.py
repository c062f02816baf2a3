"""What `load_demo` does not do, and what it says about it. Nothing is loaded here."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from bookings.models import Course
from customers.models import User
from payments import stripe_gateway
from tests.factories import make_course, make_user
from tests.system.stand_in import StandIn

pytestmark = pytest.mark.django_db


def run(*options: str) -> str:
    printed = io.StringIO()
    call_command("load_demo", *options, stdout=printed)
    return printed.getvalue()


def test_a_dry_run_says_what_would_be_made_and_makes_nothing(stripe_stand_in: StandIn) -> None:
    would_make: dict[str, Any] = json.loads(run("--dry-run", "--json"))["would_make"]
    assert (would_make["courses"], would_make["customers"], would_make["staff"]) == (7, 40, 4)
    assert run("--dry-run").startswith("Would make 7 courses, 5 venues, 3 instructors, ")
    assert (Course.objects.count(), User.objects.count()) == (0, 0)
    assert stripe_stand_in.state()["objects"] == {}


@pytest.mark.parametrize(
    "key, address",
    [
        ("sk_live_something", "http://127.0.0.1:9"),
        ("sk_test_something", "https://api.stripe.com"),
        ("sk_test_something", "http://127.0.0.1:9"),
    ],
)
def test_without_the_stand_in_nothing_is_done(settings: Settings, key: str, address: str) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = key, address
    stripe_gateway.forget_client()
    with pytest.raises(CommandError, match="stand-in for Stripe"):
        run()
    assert (Course.objects.count(), User.objects.count()) == (0, 0)


def test_it_does_not_mix_with_a_real_customer(stripe_stand_in: StandIn) -> None:
    make_user("")
    with pytest.raises(CommandError, match="not demo data"):
        run()
    assert (Course.objects.count(), User.objects.count()) == (0, 1)
    assert stripe_stand_in.state()["objects"] == {}


def test_if_empty_leaves_somebody_elses_courses_alone() -> None:
    make_course()
    assert run("--if-empty", "--print-logins") == ""
    assert run("--if-empty") == "Made nothing: there are courses here already.\n"
    assert (Course.objects.count(), User.objects.count()) == (1, 0)
