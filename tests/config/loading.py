"""The demo as the tests load it: once broken off and started again, and once as a whole."""

import io
import json
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from bookings.models import Attendee, Booking, CourseSession
from config.demo import upcoming
from config.kernel import clock
from invoicing.models import Invoice
from payments.models import Refund
from tests.system.stand_in import StandIn


def load(*options: str) -> str:
    printed = io.StringIO()
    call_command("load_demo", *options, stdout=printed)
    return printed.getvalue()


def facts() -> dict[str, list[Any]]:
    """Everything that has to be equal at two loads on one day; keys, codes and references are random."""
    return {
        "sessions": list(
            CourseSession.objects.order_by("starts_at", "course__slug", "venue__town").values_list(
                "course__slug", "venue__town", "starts_at", "ends_at", "status", "price", "instructors__email"
            )
        ),
        "bookings": list(
            Booking.objects.order_by("session__starts_at", "session__course__slug", "contact_email").values_list(
                "contact_email", "session__course__slug", "session__starts_at", "status", "total", "cancelled_at"
            )
        ),
        "attendees": sorted(Attendee.objects.values_list("booking__contact_email", "first_name", "last_name", "email")),
        "invoices": list(Invoice.objects.order_by("number").values_list("number", "customer_name", "total", "paid_on")),
        "refunds": list(Refund.objects.order_by("created_at", "amount").values_list("created_at", "amount", "status")),
    }


class BrokenOff(Exception):
    """Stands for a load that was killed."""


class Loaded:
    """The demo after a whole load, and what an earlier load left that was broken off and started again."""

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        with transaction.atomic():
            self.seen_broken_off = self._break_off()
            self.made_after_it = json.loads(load("--json"))["made"]
            self.finished_facts = facts()
            transaction.set_rollback(True)
        stand_in.control("reset")
        self.result = json.loads(load("--json"))

    def _break_off(self) -> tuple[int, int]:
        """Stops between the fourth order for the time ahead and its payment; how many are pending and booked then."""
        orders = count(1)
        complete = upcoming._complete

        def complete_three(*args: Any) -> None:
            if next(orders) > 3:
                raise BrokenOff
            complete(*args)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(upcoming, "_complete", complete_three)
            with pytest.raises(BrokenOff):
                load()
        ahead = Booking.objects.filter(session__starts_at__gt=clock.now())
        return ahead.filter(status="pending").count(), ahead.filter(status="confirmed").count()
