"""Dates that meet what people asked for, where the venue they chose does not."""

from collections.abc import Collection, Iterable
from datetime import datetime

from bookings import selectors
from bookings.models import BookingPolicy, CourseSession, RequirementTemplate
from bookings.views.offers import Offer, offers

_MOST = 5


def dates_that_fit(
    session: CourseSession,
    *,
    templates: Iterable[RequirementTemplate],
    slugs: Collection[str],
    places: int,
    policy: BookingPolicy,
    now: datetime,
) -> list[Offer]:
    """The next listed dates of the same course with room for so many, at venues that meet all that was chosen.

    All of it, and not only what this venue cannot meet: a date that solves one need must not bring another. One query.
    """
    facts = {template.venue_fact for template in templates if template.venue_fact and template.slug in slugs}
    fitting = selectors.sessions_that_fit(session, facts, now).select_related("venue")
    found = offers(fitting, policy=policy, now=now)
    return [one for one in found if one.can_be_booked and one.left >= places][:_MOST]
