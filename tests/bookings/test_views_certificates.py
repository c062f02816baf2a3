"""Checking a certificate: a form that forgives, and an honest answer."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

ADDRESS = "/certificates/verify/"

pytestmark = pytest.mark.django_db


def heading(response) -> str:
    found: list[str] = re.findall(r"<h1[^>]*>(.*?)</h1>", response.content.decode())
    assert len(found) == 1
    return found[0]


def test_the_page_asks_for_the_number(client: Client) -> None:
    response = client.get(ADDRESS)
    assert (response.status_code, heading(response)) == (200, "Check a certificate")
    assert response.context["problems"] == []
    assert "noindex" not in response.content.decode()


@pytest.mark.parametrize("typed", ["C-2026-01873", " c 2026 01873 ", "c–2026–01873", "<b>x</b>", "☂"])
def test_what_we_did_not_issue_is_not_found(client: Client, typed: str) -> None:
    response = client.get(ADDRESS, {"code": typed})
    page = response.content.decode()
    assert (response.status_code, heading(response)) == (200, "We can’t find that certificate")
    assert response.context["code"] == typed.strip()
    assert "noindex" in page
    assert "<b>x</b>" not in page
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "typed, problem",
    [
        ("", "Enter the number or code on the certificate"),
        ("  ", "Enter the number or code on the certificate"),
        ("\0", "Type this again: it holds characters that we can’t store"),
        ("1" * 61, "Shorten this to 60 characters or fewer"),
    ],
)
def test_what_cannot_be_read_is_asked_for_again(client: Client, typed: str, problem: str) -> None:
    response = client.get(ADDRESS, {"code": typed})
    page = response.content.decode()
    assert (response.status_code, heading(response)) == (200, "Check a certificate")
    assert [shown.message for shown in response.context["problems"]] == [problem]
    assert "<title>Error: Check a certificate" in page
    assert 'href="#id_code"' in page


def test_nothing_is_asked_of_the_database_and_nothing_can_be_posted(client: Client) -> None:
    client.get(ADDRESS)  # what pages read once a process is read
    with CaptureQueriesContext(connection) as queries:
        client.get(ADDRESS, {"code": "C-2026-01873"})
    assert len(queries) == 0
    assert client.post(ADDRESS, {"code": "C-2026-01873"}).status_code == 405
