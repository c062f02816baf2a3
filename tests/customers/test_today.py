"""The page the office opens on."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_staff

pytestmark = pytest.mark.django_db


def test_an_empty_office_is_calm(client: Client) -> None:
    client.force_login(make_staff(is_superuser=True))
    response = client.get(reverse("admin:index"))
    html = response.content.decode()
    assert response.status_code == 200
    assert "Nothing needs you. No course is planned." in html
