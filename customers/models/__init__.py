"""People, what is remembered about them, and how they get in without a password.

Bookings, money, paper and letters are in the apps above; nothing here points up at them. A timeline row or an access
link names its subject as text (kind, key).
"""

from customers.models.access import AccessLink, PortalVisit, SignInRequest, SignInRequestQuerySet
from customers.models.audit import Change, Viewing
from customers.models.people import (
    Activity,
    CustomerStatistics,
    Membership,
    Note,
    Organisation,
    Tag,
    User,
    UserManager,
)
from customers.models.searching import SearchWord
from customers.models.second_factor import RecoveryCode, SecondFactor

__all__ = [
    "AccessLink",
    "Activity",
    "Change",
    "CustomerStatistics",
    "Membership",
    "Note",
    "Organisation",
    "PortalVisit",
    "RecoveryCode",
    "SearchWord",
    "SecondFactor",
    "SignInRequest",
    "SignInRequestQuerySet",
    "Tag",
    "User",
    "UserManager",
    "Viewing",
]
