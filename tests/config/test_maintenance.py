"""While somebody works on the site: everybody gets the page, and the database is left alone."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from payments.models import StripeEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def switch(settings: Settings, tmp_path: Path) -> Path:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    return settings.MAINTENANCE_FILE


def test_the_file_switches_it_on_and_off_at_once(client: Client, switch: Path) -> None:
    assert client.get("/help/").status_code == 200
    switch.touch()
    assert client.get("/help/").status_code == 503
    switch.unlink()
    assert client.get("/help/").status_code == 200


@pytest.mark.parametrize("address", ["/", "/help/", "/admin/", "/my/", "/bookings/RFT-7K4M-Q2/", "/nothing/"])
def test_every_page_says_so(
    client: Client, switch: Path, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    switch.touch()
    with django_assert_num_queries(0):
        response = client.get(address)
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "600")
    assert "<h1>We’re working on the website</h1>" in page
    assert 'href="tel:+441144960321"' in page
    assert "no-store" in response["Cache-Control"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/webhooks/stripe/", "/api/webhooks/stripe"])
def test_stripe_is_asked_to_come_again(client: Client, switch: Path, address: str) -> None:
    switch.touch()
    response = client.post(address, "{}", content_type="application/json", headers={"Stripe-Signature": "t=1,v1=x"})
    assert response.status_code == 503
    assert StripeEvent.objects.count() == 0


def test_who_watches_the_site_is_answered(client: Client, switch: Path) -> None:
    switch.touch()
    assert client.get("/healthz/").json() == {"up": True}
    assert set(client.get("/readyz/").json()) == {"database", "broker", "worker"}
