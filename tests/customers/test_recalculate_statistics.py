"""The command: what it prints, what it changes and how it ends."""

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from customers.models import CustomerStatistics, User
from tests.customers.conftest import MakeBooking, MakeUser

pytestmark = pytest.mark.django_db


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def run(*arguments: str, stderr: StringIO | None = None) -> str:
    out = StringIO()
    call_command("recalculate_statistics", *arguments, stdout=out, stderr=stderr or StringIO())
    return out.getvalue()


@pytest.fixture
def ann(make_user: MakeUser, make_booking: MakeBooking) -> User:
    ann = make_user("Ann@Example.com")
    make_booking(ann, places=2, created_at=datetime(2026, 10, 3, 9, 0, tzinfo=UTC))
    return ann


@pytest.fixture
def bea(make_user: MakeUser, make_booking: MakeBooking) -> User:
    bea = make_user("bea@example.com")
    make_booking(bea, created_at=datetime(2026, 3, 3, 9, 0, tzinfo=UTC))
    return bea


def rows() -> set[Any]:
    return set(CustomerStatistics.objects.values_list("user__email", "bookings_count", "places_count"))


def test_everybody(ann: User, bea: User) -> None:
    assert run() == "Recomputed 2 customers.\n"
    assert rows() == {("Ann@Example.com", 1, 2), ("bea@example.com", 1, 1)}
    assert run() == "Recomputed 2 customers.\n"


def test_one_customer_in_whatever_spelling(ann: User, bea: User) -> None:
    assert run("--customer", "ANN@example.com.") == "Recomputed 1 customer.\n"
    assert rows() == {("Ann@Example.com", 1, 2)}


def test_since(ann: User, bea: User) -> None:
    assert run("--since", "2026-10-01") == "Recomputed 1 customer.\n"
    assert rows() == {("Ann@Example.com", 1, 2)}


def test_json(ann: User, bea: User) -> None:
    assert json.loads(run("--json")) == {"recalculated": 2}
    assert json.loads(run("--check", "--json")) == {"differences": []}


@pytest.mark.parametrize("address", ["nobody@example.com", "", " ; "])
def test_an_unknown_customer_is_a_sentence_and_a_failure(ann: User, make_user: MakeUser, address: str) -> None:
    make_user("")
    with pytest.raises(CommandError, match="There is no customer with the email address") as failure:
        run("--customer", address)
    assert failure.value.returncode == 1
    assert rows() == set()


@pytest.mark.parametrize(
    "arguments",
    [["--since", "yesterday"], ["--since", "2026-10-01", "--customer", "ann@example.com"], ["--check", "--dry-run"]],
)
def test_what_cannot_be_meant_is_refused(ann: User, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="argument"):
        run(*arguments)
    assert rows() == set()


def test_check_is_content_with_what_is_right(ann: User, bea: User) -> None:
    run()
    assert run("--check") == "0 differences at 0 customers.\n"


def test_check_names_the_row_and_the_figure_and_fails(ann: User, bea: User) -> None:
    run()
    CustomerStatistics.objects.filter(user=ann).update(places_count=3)
    out = StringIO()
    with pytest.raises(CommandError, match="1 stored figure differs from") as failure:
        call_command("recalculate_statistics", "--check", stdout=out)
    assert failure.value.returncode == 1
    assert out.getvalue() == (
        f"Ann@Example.com ({ann.pk}): places_count is 3, should be 2\n1 difference at 1 customer.\n"
    )
    assert CustomerStatistics.objects.get(user=ann).places_count == 3


def test_check_as_json_and_for_one_customer(ann: User, bea: User) -> None:
    run()
    CustomerStatistics.objects.update(places_count=3)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("recalculate_statistics", "--check", "--json", "--customer", "bea@example.com", stdout=out)
    assert json.loads(out.getvalue()) == {
        "differences": [
            {
                "user_id": str(bea.pk),
                "email": "bea@example.com",
                "field": "places_count",
                "stored": "3",
                "expected": "1",
            }
        ]
    }


def test_a_dry_run_says_what_would_change_and_changes_nothing(ann: User, bea: User) -> None:
    run()
    CustomerStatistics.objects.filter(user=ann).update(places_count=3)
    assert run("--dry-run") == (
        f"Ann@Example.com ({ann.pk}): places_count is 3, should be 2\n1 difference at 1 customer.\n"
    )
    assert CustomerStatistics.objects.get(user=ann).places_count == 3


def test_progress_is_for_a_terminal(ann: User, bea: User) -> None:
    terminal, file = Terminal(), StringIO()
    run(stderr=terminal)
    run(stderr=file)
    assert terminal.getvalue() == "\r2 of 2 customers\n"
    assert file.getvalue() == ""


def test_a_database_that_does_not_answer_is_a_sentence() -> None:
    with (
        mock.patch("customers.flows.statistics.recalculate", side_effect=OperationalError("gone")),
        pytest.raises(CommandError, match="The database did not answer"),
    ):
        run()
