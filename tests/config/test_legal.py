"""The line at the foot of every page: the company as staff have written it, asked for once in a while."""

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from config import legal
from invoicing.models import SupplierProfile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    cache.clear()


def issue(**changed: object) -> None:
    newest = SupplierProfile.objects.order_by("-version")[0]
    fields = {
        "version": newest.version + 1,
        "legal_name": "Example First Aid Ltd",
        "address": "1 Example Road",
        "email": "hello@example.org",
        "phone": "0114 496 0000",
        "company_number": "07654321",
        "vat_registered": True,
        "vat_number": "GB 987 6543 21",
    }
    SupplierProfile.objects.create(**fields | changed)


@pytest.mark.parametrize(
    "changed, expected",
    [
        ({}, "Example First Aid Ltd · Company no. 07654321 · VAT no. GB 987 6543 21 · All prices include VAT"),
        ({"vat_registered": False, "vat_number": ""}, "Example First Aid Ltd · Company no. 07654321"),
        ({"vat_registered": False, "vat_number": "", "company_number": ""}, "Example First Aid Ltd"),
    ],
)
def test_the_newest_profile_says_who_we_are(changed: dict[str, object], expected: str) -> None:
    issue(**changed)
    assert legal.legal_line() == expected


def test_the_line_is_asked_for_once_in_a_while(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        first = legal.legal_line()
    issue()
    with django_assert_num_queries(0):
        assert legal.legal_line() == first
    cache.clear()
    assert legal.legal_line() != first


def test_it_stands_at_the_foot_of_pages(client: Client) -> None:
    issue(legal_name="Smith & Daughters Ltd", vat_registered=False, vat_number="")
    assert "<p>Smith &amp; Daughters Ltd · Company no. 07654321</p>" in client.get("/help/").content.decode()
