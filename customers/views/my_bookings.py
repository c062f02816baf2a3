"""What is booked, for who is signed in."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.kernel import clock
from customers.flows.portal import portal
from customers.visit_cookies import current_visit


@never_cache
@require_safe
def my_bookings(request: HttpRequest) -> HttpResponse:
    visit = current_visit(request)
    if visit is None:
        return HttpResponseRedirect(reverse("customers:sign_in"))
    shown = portal(user=visit.user, page=request.GET.get("page", ""), now=clock.now())
    return render(request, "customers/my_bookings.html", {"visit": visit, "portal": shown})
