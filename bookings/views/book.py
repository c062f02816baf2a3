"""Step 1: how many places. Leaving it takes the hold."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings.exceptions import BookingClosed, BookingRefused, NotEnoughPlaces, TooManyPlaces
from bookings.forms.problems import problems_of
from bookings.forms.steps import PlacesForm
from bookings.services import holding
from bookings.views import wizard
from bookings.views.offers import other_dates
from invoicing.selectors import current_supplier

VIEW = "bookings:book"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, code: str) -> HttpResponse:
    visit = wizard.arrive(request, code)
    if request.method != "POST":
        typed = {"places": visit.hold.places} if visit.hold else {}
        return _page(visit, PlacesForm(most=visit.policy.max_places, initial=typed))
    if "extend" in request.POST:
        refusal = wizard.extend(visit)
        form = PlacesForm(most=visit.policy.max_places, initial={"places": visit.hold.places if visit.hold else ""})
        return _page(visit, form, refusal) if refusal else visit.to(VIEW)
    form = PlacesForm(request.POST, most=visit.policy.max_places)
    if not form.is_valid():
        return _page(visit, form)
    return _take(visit, form)


def _take(visit: wizard.Visit, form: PlacesForm) -> HttpResponse:
    try:
        taken = holding.take_hold(session_id=visit.session.pk, places=form.cleaned_data["places"], secret=visit.secret)
    except NotEnoughPlaces as refusal:
        if refusal.left:
            form.add_error("places", wizard.sentence(refusal))
        return _page(visit, form, refusal)
    except TooManyPlaces:
        form.add_error("places", form.fields["places"].error_messages["required"])
        return _page(visit, form)
    except BookingClosed as refusal:
        return _page(visit, form, refusal)
    response = visit.to("bookings:people")
    wizard.keep_hold(response, code=visit.session.code, secret=taken.secret)
    return response


def _page(visit: wizard.Visit, form: PlacesForm, refusal: BookingRefused | None = None) -> HttpResponse:
    offer = visit.offer()
    places = form.cleaned_data.get("places", 1) if form.is_bound else 1
    dates = (
        []
        if offer.can_be_booked and not refusal
        else other_dates(visit.session, places=places, policy=visit.policy, now=visit.now)
    )
    return wizard.show(
        visit,
        "bookings/book.html",
        view=VIEW,
        refusal=refusal,
        form=form,
        problems=problems_of(form),
        offer=offer,
        other_dates=dates,
        shows_vat=current_supplier().vat_registered,
    )
