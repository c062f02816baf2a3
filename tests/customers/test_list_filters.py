"""What narrows the short lists of the office, and the history of all."""

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Venue
from customers.models import Change
from tests.factories import make_staff, make_venue

pytestmark = pytest.mark.django_db


def test_venues_by_what_they_have_and_by_town(office: Client) -> None:
    with_loop = make_venue(name="Calder House", town="Leeds", hearing_loop=True)
    without = make_venue(name="Kelham Works", town="Sheffield", hearing_loop=False)

    def shown(**asked: str) -> set[Venue]:
        return set(office.get(reverse("admin:bookings_venue_changelist"), asked).context["cl"].result_list)

    assert shown() == {with_loop, without}
    assert shown(hearing_loop__exact="1") == {with_loop}
    assert shown(hearing_loop__exact="0") == {without}
    assert shown(town="Sheffield") == shown(town="Sheffield", hearing_loop__exact="0") == {without}
    assert shown(town="Sheffield", hearing_loop__exact="1") == set()
    refused = office.get(reverse("admin:bookings_venue_changelist"), {"town": "Atlantis"})
    assert refused["Location"].endswith("?e=1")


def test_the_history_is_narrowed_by_who_and_by_records_that_one_may_see(client: Client) -> None:
    venue, note = (
        Change.objects.create(record_kind=kind, record_key="1", action="changed", actor_kind=actor)
        for kind, actor in (("bookings.Venue", "staff"), ("customers.Note", "customer"))
    )
    client.force_login(make_staff("customers.view_change", "bookings.view_venue", "customers.view_note"))
    address = reverse("admin:customers_change_changelist")

    def shown(**asked: str) -> list[Change]:
        return list(client.get(address, asked).context["cl"].result_list)

    assert set(shown()) == {venue, note}
    assert (shown(actor_kind="customer"), shown(record_kind="bookings.Venue")) == ([note], [venue])
    records = next(one for one in client.get(address).context["cl"].filter_specs if one.title == "kind of record")
    assert records.lookup_choices == [("", "All"), ("customers.Note", "Note"), ("bookings.Venue", "Venue")]
    # A kind that is not theirs to see is no choice.
    assert client.get(address, {"record_kind": "bookings.Booking"})["Location"] == f"{address}?e=1"
