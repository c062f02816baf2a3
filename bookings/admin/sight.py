"""What somebody in the office may see of bookings and sessions."""

from typing import cast

from django.http import HttpRequest

from customers.models import User

_NEEDS = ("bookings.view_specialrequirement", "bookings.read_adjustments")


def user_of(request: HttpRequest) -> User:
    """Who is logged in; the frame of the office lets in nobody else."""
    return cast("User", request.user)


def may(request: HttpRequest, permission: str) -> bool:
    return request.user.has_perm(permission)


def sees_bookings(request: HttpRequest) -> bool:
    """Else they teach, and see their own sessions and the names of the people in them."""
    return may(request, "bookings.view_booking")


def sees_needs(request: HttpRequest) -> bool:
    """Whether they may know that something is on record for somebody, which says something of their health."""
    return any(may(request, one) for one in _NEEDS)
