"""The office's pages about courses, sessions and bookings. Imported by Django's autodiscovery, which registers them."""

from bookings.admin import (
    cancelling,
    catalogue,
    new_booking,
    orders,
    payment_link,
    requirement_page,
    requirements,
    terms,
)

__all__ = [
    "cancelling",
    "catalogue",
    "new_booking",
    "orders",
    "payment_link",
    "requirement_page",
    "requirements",
    "terms",
]
