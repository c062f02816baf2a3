"""The plain pages (help, terms, privacy, accessibility), each one query; and the confirmation sent again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings.access import opened_booking
from bookings.models import BookingPolicy
from bookings.selectors import add_details, bookings_with_session, current_policy
from bookings.services import consumers
from communications.models import PageText
from communications.pages import page_html
from communications.selectors import page_text
from communications.services.copies import ask_for_copy
from config.kernel.markdown import as_html


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return _page(request, PageText.Page.HELP, "pages/help.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _page(request, PageText.Page.PRIVACY)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return _page(request, PageText.Page.ACCESSIBILITY)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The policy in force: its words, and its days and shares in sentences."""
    return _terms(request, current_policy(), is_current=True)


@require_safe
def terms_version(request: HttpRequest, version: int) -> HttpResponse:
    """One version of it, for who booked under that one."""
    policy = get_object_or_404(BookingPolicy, version=version)
    return _terms(request, policy, is_current=policy == current_policy())


def _terms(request: HttpRequest, policy: BookingPolicy, *, is_current: bool) -> HttpResponse:
    context = {
        "policy": policy,
        "terms": as_html(policy.terms),
        "is_current": is_current,
        "days_to_change_mind": consumers.DAYS,
    }
    return render(request, "pages/terms.html", context)


@never_cache
@require_POST
def confirmation_again(request: HttpRequest, reference: str) -> HttpResponse:
    """Sends the confirmation again, unless that is too soon; the booking's page says which."""
    booking = add_details(opened_booking(request, reference, bookings_with_session()))
    ask_for_copy(booking=booking)
    return redirect("bookings:booking", reference=booking.reference)


def _page(request: HttpRequest, page: PageText.Page, template: str = "pages/page.html") -> HttpResponse:
    text = page_text(page)
    return render(request, template, {"text": text, "body": page_html(text.body)})
