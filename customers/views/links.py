"""Opening an access link. What it opens is shown by the apps that own it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from bookings import selectors as bookings
from customers.access_cookies import set_access_cookie
from customers.models import AccessLink
from customers.services import access


@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks for one press, then exchanges the link for a cookie and goes to the page.

    Mail scanners follow links, so looking at it uses nothing up and opens nothing. Unknown, expired and revoked links
    are answered alike.
    """
    link = access.find_live_link(token)
    if link is None or link.purpose == AccessLink.Purpose.SIGN_IN:
        return kept_private(render(request, "customers/link_unknown.html", status=404))
    if request.method != "POST":
        return kept_private(render(request, "customers/open_link.html", {"link": link}))
    access.mark_used(link)
    path, goal = _pages_of(link, request.GET.get("to", ""))
    response = HttpResponseRedirect(goal)
    set_access_cookie(response, token=token, path=path)
    return kept_private(response)


def _pages_of(link: AccessLink, to: str) -> tuple[str, str]:
    """Where the subject is shown, and where the press leads: there, or on to the payment for a letter that asks for it.

    A link's subject is never deleted, so the page is there. The page of the payment lies below the booking's and leads
    back to it where there is nothing to pay (any more).
    """
    if link.purpose != AccessLink.Purpose.BOOKING:
        place = reverse("bookings:place", args=[link.subject_key])
        return place, place
    booking = bookings.booking_with_session(UUID(link.subject_key))
    page = reverse("bookings:booking", args=[booking.reference])
    return page, reverse("payments:pay", args=[booking.reference]) if to == "pay" else page


def kept_private(response: HttpResponse) -> HttpResponse:
    """The address of this page is a secret: nobody stores it, and no other page is told where somebody came from.

    Not "no-referrer": under that browsers send "Origin: null" with the press of the button, and it would be refused
    as a forgery. "strict-origin" names the site and never the page.
    """
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "strict-origin"
    return response
