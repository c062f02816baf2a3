"""The office gives back places that somebody keeps."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Hold
from config.kernel import clock
from tests.factories import make_hold, make_session, make_staff

pytestmark = pytest.mark.django_db

HOLDS = "admin:bookings_hold_changelist"


def press(client: Client, *permissions: str) -> None:
    client.force_login(make_staff("bookings.view_hold", *permissions))
    chosen = [str(pk) for pk in Hold.objects.values_list("pk", flat=True)]
    client.post(reverse(HOLDS), {"action": "release", "_selected_action": chosen})


def test_live_holds_are_given_back_and_lapsed_ones_left_alone(client: Client) -> None:
    live = make_hold(make_session(), secret="one")
    lapsed = make_hold(make_session(), secret="two", expires_at=clock.now() - timedelta(minutes=1))

    press(client, "bookings.change_hold")

    assert "1 of 2 holds were given back." in client.get(reverse(HOLDS)).content.decode()
    assert list(Hold.objects.exclude(released_at=None)) == [live]
    assert Hold.objects.get(pk=lapsed.pk).released_at is None


def test_who_may_only_look_gives_nothing_back(client: Client) -> None:
    make_hold(make_session())

    press(client)

    assert Hold.objects.filter(released_at=None).count() == 1
