""" "and 12 more like this" leads to a list that knows the filter it is asked for."""

from typing import Any

import pytest
from django.test import Client

from config.kernel import clock
from customers.flows.desk.board import KINDS
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_list_behind_a_kind_opens(client: Client, kind: Any) -> None:
    owner = make_staff(is_superuser=True)
    client.force_login(owner)
    shown = kind(owner, clock.now())
    response = client.get(shown.list_address)
    assert response.status_code == 200
    if shown.list_filter:
        assert response.context["cl"].is_narrowed
