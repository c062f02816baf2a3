"""Step 2: who books and who comes. Whatever was typed is kept, whatever is wrong with it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.exceptions import BookingRefused
from bookings.forms.people import PeopleStep
from bookings.services import holding
from bookings.views import wizard

VIEW = "bookings:people"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, code: str) -> HttpResponse:
    visit = wizard.arrive(request, code)
    hold = visit.hold
    if hold is None:
        return visit.to("bookings:book")
    if hold.ordered_at:
        return wizard.show_ordered(visit)
    if request.method != "POST":
        return _page(visit, PeopleStep(places=hold.places, draft=hold.draft))
    step = PeopleStep(places=hold.places, data=request.POST)
    # What people beyond the present number of places were called stays, in case the number goes up again.
    holding.save_draft(hold=hold, draft=hold.draft | step.draft())
    if "extend" in request.POST:
        refusal = wizard.extend(visit)
        return _page(visit, PeopleStep(places=hold.places, draft=hold.draft), refusal) if refusal else visit.to(VIEW)
    refusal = wizard.retake(visit) if step.is_valid() else None
    return _page(visit, step, refusal) if refusal or step.problems() else visit.to("bookings:check")


def _page(visit: wizard.Visit, step: PeopleStep, refusal: BookingRefused | None = None) -> HttpResponse:
    return wizard.show(visit, "bookings/people.html", view=VIEW, refusal=refusal, step=step, problems=step.problems())
