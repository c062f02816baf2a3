"""Signing in and out of the portal, by a link in a letter.

Asking is answered alike for every address: the same page after the same work. Who it belongs to is looked up in the
worker (flows.signing_in).
"""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.forms.problems import problems_of
from config.error_views import too_many_requests
from config.kernel import clock
from config.kernel.limits import is_within_limit
from customers.flows import signing_in as flow
from customers.forms import SignInCodeForm, SignInForm
from customers.services import signing_in, visits
from customers.services.signing_in import LinkState, SignInLink
from customers.views.links import kept_private
from customers.visit_cookies import current_visit, forget_visit_cookie, read_visit_token, set_visit_cookie

# From one household or office in a minute; a person who mistypes needs two or three.
MOST_A_MINUTE = 10
# The address just asked for, so that the next page can show it, and the request, so that it can take its code. Signed:
# nobody can make that page show another's, or take the code of a request that another browser made.
ASKED_COOKIE = "sign_in"
_ASKED_PATH = "/my/sign-in/"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Takes an email address. Who is signed in already goes on to their bookings."""
    if request.method != "POST":
        if current_visit(request):
            return HttpResponseRedirect(reverse("customers:my_bookings"))
        return render(request, "customers/sign_in.html", {"form": SignInForm(), "problems": []})
    if not is_within_limit(request, what="sign-in", most=MOST_A_MINUTE):
        return too_many_requests(request)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return render(request, "customers/sign_in.html", {"form": form, "problems": problems_of(form)})
    return _asked(form.cleaned_data["email"])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest) -> HttpResponse:
    """ "Check your email": what was asked for in this browser, known or not. Takes the code from the letter."""
    try:
        email, request_id = signing.loads(
            request.COOKIES.get(ASKED_COOKIE, ""), salt=ASKED_COOKIE, max_age=signing_in.LINK_LIFE
        )
    except signing.BadSignature:
        return HttpResponseRedirect(reverse("customers:sign_in"))
    form = SignInCodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and not is_within_limit(request, what="sign-in code", most=MOST_A_MINUTE):
        return too_many_requests(request)
    if form.is_bound and form.is_valid():
        keep: bool = form.cleaned_data["keep"]
        if begun := flow.sign_in_by_code(request_id=UUID(request_id), code=form.cleaned_data["code"], keep=keep):
            return _signed_in(request, begun, keep=keep)
        form.add_error("code", form.refusal)
    context = {"email": email, "form": form, "problems": problems_of(form) if form.is_bound else []}
    return render(request, "customers/sign_in_sent.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link leads: one press signs in. Looking uses nothing up, since mail scanners look."""
    found = signing_in.find_link(token)
    if found is None:
        return kept_private(render(request, "customers/sign_in_unknown.html", status=404))
    if request.method == "POST" and "again" in request.POST:
        return kept_private(_ask_again(request, found))
    keep = "keep" in request.POST
    if request.method == "POST" and (begun := flow.sign_in(token=token, keep=keep)):
        return kept_private(_signed_in(request, begun, keep=keep))
    return kept_private(_state_page(request, found))


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    visits.end_visit(read_visit_token(request))
    response = HttpResponseRedirect(reverse("customers:sign_in"))
    forget_visit_cookie(response)
    return response


def _signed_in(request: HttpRequest, begun: visits.BegunVisit, *, keep: bool) -> HttpResponse:
    """A browser that was signed in before, perhaps as somebody else, is not any more."""
    visits.end_visit(read_visit_token(request))
    response = HttpResponseRedirect(reverse("customers:my_bookings"))
    set_visit_cookie(response, token=begun.token, keep=keep)
    response.delete_cookie(ASKED_COOKIE, path=_ASKED_PATH)
    return response


def _asked(email: str) -> HttpResponse:
    asked = signing_in.ask(email=email)
    response = HttpResponseRedirect(reverse("customers:sign_in_sent"))
    response.set_cookie(
        ASKED_COOKIE,
        # In letters that a cookie can carry, whatever script the address is in.
        signing.dumps([email, str(asked.pk)], salt=ASKED_COOKIE),
        max_age=signing_in.LINK_LIFE,
        path=_ASKED_PATH,
        secure=settings.SITE_IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def _ask_again(request: HttpRequest, found: SignInLink) -> HttpResponse:
    """A fresh link in one press, to the address that the old one went to."""
    if not is_within_limit(request, what="sign-in", most=MOST_A_MINUTE):
        return too_many_requests(request)
    return _asked(found.request.email)


def _state_page(request: HttpRequest, found: SignInLink) -> HttpResponse:
    """The button while the link is live, else what became of it. Who came in by it is let through."""
    state = found.state(clock.now())
    if state == LinkState.LIVE and request.method != "POST":
        return render(request, "customers/sign_in_continue.html", {"email": found.request.email})
    visit = current_visit(request)
    if visit and visit.user.email_key == found.request.email_key:
        return HttpResponseRedirect(reverse("customers:my_bookings"))
    return render(request, "customers/sign_in_over.html", {"is_used": state != LinkState.EXPIRED}, status=410)
