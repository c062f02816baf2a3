"""From a booking to what would help its booker, where they take one of its places themselves.

A link to a booking may have been passed on, so nothing here shows or changes what they said: only that something is on
record, as the booking's page has it. To see or change it they sign in, which proves the mailbox to be theirs, and are
led on to their place. Taking it back asks for no more than this page, since it must be as easy as saying it was (UK
GDPR art. 7(3)). Whoever else holds the link could press that too: they would learn nothing by it, and the timeline
tells the office that it was done. What colleagues said about themselves has no way here, and no trace.
"""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import selectors
from bookings.access import is_visitors_place, opened_booking
from bookings.models import Attendee, Booking
from bookings.services.requirements import remove_requirement
from communications import recipients
from config.kernel import clock
from customers.email_keys import email_key


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_needs(request: HttpRequest, reference: str) -> HttpResponse:
    booking = opened_booking(request, reference, selectors.bookings_with_session())
    own = selectors.people_for_booker().filter(booking=booking, is_booker=True).first()
    if own is None:
        raise Http404
    if "remove" in request.POST:
        remove_requirement(attendee_id=own.pk)
        return redirect("bookings:own_needs", booking.reference)
    if is_visitors_place(request, own.pk):
        return HttpResponseRedirect(reverse("bookings:place", args=[own.pk]) + "#helps")
    context = {
        "booking": booking,
        "session": booking.session,
        "course": booking.session.course,
        "own": own,
        "can_say": can_say(booking, clock.now()),
        "mails_go_to": _proving_address(booking, own),
    }
    return render(request, "bookings/own_needs.html", context)


def can_say(booking: Booking, now: datetime) -> bool:
    """Whether people on it can still say what would help them: for what pages offer. The service decides it."""
    return booking.status == Booking.Status.CONFIRMED and now < booking.session.starts_at


def _proving_address(booking: Booking, own: Attendee) -> str:
    """Where a link to sign in goes that leads to the place; empty for nowhere.

    Nowhere also once the booker's letters go elsewhere: the place's address was then mistyped, and may be somebody's.
    """
    booker = recipients.booker(booking)
    is_theirs = booker is not None and email_key(own.email) == email_key(booker.email)
    return own.email if booking.confirmed_at and is_theirs else ""
