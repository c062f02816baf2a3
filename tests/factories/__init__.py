"""Rows for tests, made plainly: every fact a test relies on is an argument, and nothing happens behind its back.

Orders placed the real way, through flows, are in tests/factories/orders.py.
"""

from tests.factories.facts import (
    make_booking,
    make_course,
    make_hold,
    make_payment,
    make_refund,
    make_requirement,
    make_session,
    make_staff,
    make_user,
    make_venue,
    offer_first_templates,
)

__all__ = [
    "make_booking",
    "make_course",
    "make_hold",
    "make_payment",
    "make_refund",
    "make_requirement",
    "make_session",
    "make_staff",
    "make_user",
    "make_venue",
    "offer_first_templates",
]
