"""What was written under an encryption key that is gone: nobody can read it, and nothing stands still because of it."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from pytest_django import Settings

from bookings import tasks
from bookings.models import Hold, SpecialRequirement
from config.kernel import clock
from tests.bookings.answers import name_people, take_places
from tests.factories import make_booking, make_hold, make_requirement, make_session

pytestmark = pytest.mark.django_db


def drop_the_key(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]


def test_the_sweep_removes_what_no_key_opens_like_the_rest(settings: Settings) -> None:
    make_hold(make_session(), draft={"first_name": "Hannah"}, expires_at=clock.now() - timedelta(days=2))
    attendee = make_booking().attendees.get()
    make_requirement(attendee, own_words="A chair for floor exercises.", delete_after=clock.london_today())
    drop_the_key(settings)

    tasks.sweep_confided()

    assert (Hold.objects.count(), SpecialRequirement.objects.count()) == (0, 0)


@pytest.mark.parametrize("step", ["", "people/", "requirements/", "check/"])
def test_who_comes_back_begins_anew(client: Client, settings: Settings, step: str) -> None:
    session = make_session()
    take_places(client, session)
    name_people(client, session, coming="on")
    drop_the_key(settings)

    page = client.get(f"/sessions/{session.code}/book/{step}", follow=True)

    assert page.status_code == 200
    assert page.wsgi_request.path == f"/sessions/{session.code}/book/"
    take_places(client, session)
    assert client.get(f"/sessions/{session.code}/book/people/").status_code == 200
    assert Hold.objects.defer("draft").count() == 2
