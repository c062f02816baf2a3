"""The office's pages about courses, sessions and bookings. Imported by Django's autodiscovery, which registers them."""

from bookings.admin import (
    booking_page,
    bookings,
    cancelling,
    catalogue,
    export,
    new_booking,
    orders,
    payment_link,
    requirement_page,
    requirements,
    session_moves,
    session_page,
    terms,
)

__all__ = [
    "booking_page",
    "bookings",
    "cancelling",
    "catalogue",
    "export",
    "new_booking",
    "orders",
    "payment_link",
    "requirement_page",
    "requirements",
    "session_moves",
    "session_page",
    "terms",
]
