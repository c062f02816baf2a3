"""What can be asked of a list by its address is what is shown in it: asking for letters reads no secret."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from customers.models import User, Viewing
from customers.roles import RoleName
from customers.services.roles import ensure_roles
from tests.factories import make_booking, make_requirement, make_session, make_staff, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "asked",
    [
        "customers/accesslink/?token_hash__startswith=a",
        "customers/portalvisit/?token_hash__gt=8",
        "customers/secondfactor/?secret__isnull=0",
        "customers/secondfactor/?recovery_codes__code_hash__startswith=a",
        "customers/user/?password__startswith=p",
        "customers/user/?second_factors__secret__isnull=0",
        "customers/user/?session_round=1",
        "customers/activity/?user__password__startswith=p",
        "bookings/booking/?customer__password__startswith=p",
        "bookings/hold/?secret_hash__startswith=a",
        "bookings/hold/?draft__isnull=0",
        "bookings/specialrequirement/?own_words__isnull=0",
        "bookings/attendee/?special_requirement__own_words__isnull=0",
        "communications/mailboxmessage/?raw__isnull=0",
    ],
)
def test_a_secret_cannot_be_asked_for(client: Client, asked: str) -> None:
    client.force_login(make_staff(is_superuser=True))
    assert client.get(f"/admin/{asked}").status_code == 400


def test_what_is_shown_can_be_asked_for(client: Client) -> None:
    client.force_login(make_staff(is_superuser=True))
    ann, booking = make_user(), make_booking()
    for asked in (
        f"bookings/booking/?customer__id__exact={ann.pk}",
        f"bookings/booking/?session__id__exact={booking.session_id}",
        f"customers/activity/?user__id__exact={ann.pk}",
        "customers/user/?kind__exact=customer",
        "customers/user/?is_staff__exact=1",
    ):
        assert client.get(f"/admin/{asked}").status_code == 200


def test_an_instructor_is_told_of_their_own_sessions_only(client: Client) -> None:
    ensure_roles()
    jo = make_user("jo@example.org", kind=User.Kind.INSTRUCTOR, is_staff=True)
    jo.groups.add(Group.objects.get(name=RoleName.INSTRUCTOR))
    own, other = make_session(), make_session()
    own.instructors.add(jo)
    mine = make_booking(own, people=[("Ann", "Lee", "ann@example.com")])
    theirs = make_booking(other, people=[("Bea", "Moss", "bea@example.com")])
    client.force_login(jo)
    for page in ("coursesession", "attendee"):
        shown = client.get(f"/admin/bookings/{page}/").content.decode()
        searched = client.get(f"/admin/bookings/{page}/?q=e").content.decode()
        for text in (shown, searched):
            assert other.code not in text
            assert "Moss" not in text
            assert "ann@example.com" not in text
    assert own.code in client.get("/admin/bookings/coursesession/").content.decode()
    assert "Ann Lee" in client.get("/admin/bookings/attendee/").content.decode()
    # A page of something that is not theirs does not even say that it is there.
    for row in (f"coursesession/{other.pk}", f"attendee/{theirs.attendees.get().pk}"):
        answer = client.get(f"/admin/bookings/{row}/change/")
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/admin/")
    assert client.get(f"/admin/bookings/coursesession/{other.pk}/history/").status_code == 404
    assert client.get(f"/admin/bookings/attendee/{mine.attendees.get().pk}/history/").status_code == 403
    for address in (f"coursesession/{own.pk}/change/", f"attendee/{mine.attendees.get().pk}/change/"):
        assert client.get(f"/admin/bookings/{address}").status_code == 200
    for what in ("", "people/"):
        assert client.get(f"/admin/bookings/coursesession/{own.pk}/{what}").status_code == 200
        assert client.get(f"/admin/bookings/coursesession/{other.pk}/{what}").status_code == 404
    requirement = make_requirement(theirs.attendees.get(), said_by="booker", adjustments={"slugs": ["chair"]})
    address = f"/admin/bookings/specialrequirement/{requirement.pk}/"
    assert [client.get(address).status_code, client.post(address).status_code] == [404, 404]
    assert not Viewing.objects.exists()
    # Not by asking for letters of what is left out for them, and not through the fields that look something up.
    assert client.get("/admin/bookings/attendee/?email__startswith=ann").status_code == 400
    assert client.get("/admin/bookings/attendee/?booking__contact_email__startswith=a").status_code == 400
    for app, model, field, status in (
        ("bookings", "hold", "session", 200),
        ("bookings", "attendee", "booking", 403),
        ("bookings", "attendee", "user", 403),
        ("customers", "membership", "organisation", 403),
        ("payments", "refund", "payment", 403),
    ):
        given = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
        answer = client.get("/admin/autocomplete/", given)
        assert answer.status_code == status
        if status == 200:
            assert [row["id"] for row in answer.json()["results"]] == [str(own.pk)]
