"""The numbers of the booking policy: what the form says of those that can't be meant, and what no row may hold."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from bookings.models import BookingPolicy
from tests.bookings.migrating import in_the_shape_of
from tests.factories import make_staff

ADD = "admin:bookings_bookingpolicy_add"
MINUTES = ("hold_minutes", "extension_minutes", "declined_extra_minutes", "payment_minutes")
DAYS = ("full_refund_days", "part_refund_days", "free_move_days")
TOO_FEW_EXTENSIONS = "Enter 10 or more: some people need ten times as long to fill in a form (WCAG 2.2.1)"
# What the database holds each number to.
BOUNDS: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(MINUTES, (1, None)),
    "max_extensions": (10, None),
    "payment_link_hours": (1, 336),
    "max_places": (1, 30),
    "part_refund_percent": (0, 100),
}


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_staff(is_superuser=True))
    return client


def add(office: Client, **changed: int) -> dict[str, list[str]]:
    """Adds a version with these numbers; what the form says of them, nothing if it was stored."""
    address = reverse(ADD)
    answers = dict(office.get(address).context["adminform"].form.initial) | changed
    response = office.post(address, answers)
    if response.status_code == 302:
        return {}
    assert response.status_code == 200
    return dict(response.context["adminform"].form.errors)


@pytest.mark.django_db
def test_the_form_says_what_a_number_may_be(office: Client) -> None:
    too_low = dict.fromkeys((*MINUTES, "payment_link_hours", "max_places"), 0)
    says = {name: ["Enter 1 or more"] for name in too_low}
    for few in (0, 9):
        assert add(office, **too_low, max_extensions=few) == says | {"max_extensions": [TOO_FEW_EXTENSIONS]}
    too_high = {
        **dict.fromkeys(MINUTES, (1441, "Enter 1440 or less: that’s a day")),
        **dict.fromkeys(DAYS, (366, "Enter 365 or less: that’s a year")),
        **dict.fromkeys(("payment_link_hours", "closing_hours"), (337, "Enter 336 or less: that’s two weeks")),
        "max_places": (31, "Enter 30 or less: who books for more people is better helped by telephone"),
        "part_refund_percent": (101, "Enter 100 or less"),
        "requirement_retention_days": (
            366,
            "Enter 365 or less: what people need to take part is kept no longer than a year",
        ),
    }
    told = add(office, **{name: number for name, (number, _says) in too_high.items()})
    assert told == {name: [says] for name, (_number, says) in too_high.items()}
    assert BookingPolicy.objects.count() == 1


@pytest.mark.django_db
def test_the_ends_of_what_they_may_be_are_taken(office: Client) -> None:
    least = dict.fromkeys((*DAYS, "closing_hours", "requirement_retention_days"), 0)
    assert add(office, **{name: number for name, (number, _most) in BOUNDS.items()} | least) == {}
    most = dict.fromkeys(DAYS, 365) | dict.fromkeys(MINUTES, 1440)
    most |= {"payment_link_hours": 336, "closing_hours": 336, "max_places": 30, "part_refund_percent": 100}
    assert add(office, **most, requirement_retention_days=365) == {}
    assert BookingPolicy.objects.count() == 3


@pytest.mark.django_db
def test_no_row_holds_what_a_booking_could_not_work_with() -> None:
    before = BookingPolicy.objects.values().get()
    beyond = [(name, least - 1) for name, (least, _most) in BOUNDS.items() if least]
    beyond += [(name, most + 1) for name, (_least, most) in BOUNDS.items() if most]
    assert len(beyond) == 10
    for name, number in beyond:
        with pytest.raises(IntegrityError, match='violates check constraint "policy_'), transaction.atomic():
            BookingPolicy.objects.update(**{name: number})
    assert BookingPolicy.objects.values().get() == before


@pytest.mark.django_db(transaction=True)
def test_rows_from_before_are_brought_within_bounds() -> None:
    numbers = dict.fromkeys(BOUNDS, 0) | {"part_refund_percent": 500, "max_places": 500, "part_refund_days": 3}
    with in_the_shape_of("bookings", "0019_taking_part"):
        BookingPolicy.objects.create(version=2, **numbers)
        BookingPolicy.objects.create(version=3)
    clamped = BookingPolicy.objects.values(*numbers).get(version=2)
    assert clamped == {name: least for name, (least, _most) in BOUNDS.items()} | {
        "part_refund_percent": 100,
        "max_places": 30,
        "part_refund_days": 3,
    }
    untouched = BookingPolicy(version=3)
    kept = BookingPolicy.objects.get(version=3)
    assert [getattr(kept, name) for name in numbers] == [getattr(untouched, name) for name in numbers]
