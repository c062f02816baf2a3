"""A course as search engines read it: schema.org Course with its dates and offers, as JSON-LD."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from bookings.models import Course, Venue
from bookings.views.offers import Offer

# A script element ends at "</script>" wherever that stands; JSON may spell these three in another way.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def course(shown: Course, dates: Iterable[Offer], *, address: str, provider: str) -> SafeString:
    """JSON for a `script` of type application/ld+json; safe there whatever the names contain."""
    facts = {
        "@context": "https://schema.org",
        "@type": "Course",
        "name": shown.name,
        "description": shown.summary,
        "url": address,
        "provider": {"@type": "Organization", "name": provider, "url": settings.SITE_URL + "/"},
        "hasCourseInstance": [_instance(one) for one in dates if not one.is_cancelled],
    }
    return SafeString(json.dumps(facts).translate(_ESCAPES))


def _instance(one: Offer) -> dict[str, Any]:
    session = one.session
    instance = {
        "@type": "CourseInstance",
        "courseMode": "Onsite",
        "startDate": session.starts_at.isoformat(),
        "endDate": session.ends_at.isoformat(),
        "offers": {
            "@type": "Offer",
            "category": "Paid" if session.price else "Free",
            "price": str(session.price),
            "priceCurrency": "GBP",
            # For one person, whatever number the page was asked for.
            "availability": f"https://schema.org/{'InStock' if one.left and not one.is_closed else 'SoldOut'}",
            "url": settings.SITE_URL + reverse("bookings:book", args=[session.code]),
        },
    }
    return instance | {"location": _place(session.venue)} if session.venue else instance


def _place(venue: Venue) -> dict[str, Any]:
    return {
        "@type": "Place",
        "name": venue.name,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": venue.address,
            "addressLocality": venue.town,
            "postalCode": venue.postcode,
            "addressCountry": "GB",
        },
    }
