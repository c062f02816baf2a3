"""Step 3: what would help each of the people take part. Encrypted in the hold with everything else that is typed."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import selectors
from bookings.exceptions import BookingRefused
from bookings.forms.everyones_needs import NeedsStep
from bookings.forms.people import PeopleStep
from bookings.models import Hold, RequirementTemplate
from bookings.services import holding
from bookings.views import wizard
from bookings.views.fitting import dates_that_fit

VIEW = wizard.REQUIREMENTS


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def requirements(request: HttpRequest, code: str) -> HttpResponse:
    visit = wizard.arrive(request, code)
    hold = visit.hold
    elsewhere = wizard.astray(visit, VIEW)
    if elsewhere or hold is None:
        return elsewhere or visit.to(wizard.BOOK)
    people_step = PeopleStep(places=hold.places, data=hold.draft)
    if not people_step.is_valid():
        return visit.to(wizard.PEOPLE)
    people, templates = people_step.people_coming(), selectors.offered_templates()
    if request.method != "POST":
        given = {"data" if visit.is_judged else "draft": hold.draft}
        step = NeedsStep(people=people, templates=templates, **given)
        return _page(visit, step, mismatch=_mismatch(visit, hold, step, templates))
    step = NeedsStep(people=people, templates=templates, data=request.POST)
    holding.save_draft(hold=hold, draft=hold.draft | step.draft())
    if request.POST.get("session"):
        return wizard.move(visit, request.POST["session"])
    if "extend" in request.POST:
        refusal = wizard.extend(visit)
        shown = NeedsStep(people=people, templates=templates, draft=hold.draft)
        return _page(visit, shown, refusal) if refusal else visit.to(VIEW)
    return _continue(visit, step, templates)


def _continue(visit: wizard.Visit, step: NeedsStep, templates: Sequence[RequirementTemplate]) -> HttpResponse:
    if not step.is_valid():
        return visit.judged(VIEW)
    gaps = selectors.venue_gaps(visit.session.venue, templates, step.slugs())
    # Said once, before anything is paid; who knows better, or will ring, goes on with the second press.
    if {gap.slug for gap in gaps} - set(visit.request.POST.getlist("knows_gap")):
        return visit.judged(VIEW)
    refusal = wizard.retake(visit)
    return _page(visit, step, refusal) if refusal else visit.onwards(wizard.CHECK)


def _mismatch(
    visit: wizard.Visit, hold: Hold, step: NeedsStep, templates: Sequence[RequirementTemplate]
) -> dict[str, Sequence[object]]:
    """What was ticked and the venue can't meet, with the dates that can; only where the answers are judged."""
    slugs = step.slugs() if visit.is_judged and step.is_valid() else set()
    gaps = selectors.venue_gaps(visit.session.venue, templates, slugs)
    if not gaps:
        return {}
    fitting = dates_that_fit(
        visit.session, templates=templates, slugs=slugs, places=hold.places, policy=visit.policy, now=visit.now
    )
    return {"gaps": gaps, "dates_that_fit": fitting}


def _page(
    visit: wizard.Visit,
    step: NeedsStep,
    refusal: BookingRefused | None = None,
    mismatch: Mapping[str, Sequence[object]] | None = None,
) -> HttpResponse:
    problems = step.problems()
    return wizard.show(
        visit, "bookings/requirements.html", view=VIEW, refusal=refusal, step=step, problems=problems, **mismatch or {}
    )
