""" "and 12 more like this" leads to a list that knows the filter it is asked for."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from config.kernel import clock
from customers.flows.desk.board import KINDS
from tests.customers.waiting import needs, taught
from tests.factories import make_staff, offer_first_templates

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


def test_there_is_none_for_who_may_not_see_it(client: Client) -> None:
    """An instructor sees what was said by people of theirs, and not the list of everybody's."""
    instructor = make_staff("bookings.read_adjustments")
    session = taught(starts_at=clock.now() + timedelta(days=5))
    session.instructors.add(instructor)
    offer_first_templates()
    for _ in range(6):
        needs(session, "large-print")
    client.force_login(instructor)

    html = client.get("/admin/").content.decode()

    assert '<li class="desk-more">and 1 more like this</li>' in html
