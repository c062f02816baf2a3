"""Logging in to the office: a password, then a code where there is a device, or must be one. In only after both.

Between the two steps nobody is logged in. Who gave the right password stands in a session made new for it, for five
minutes, together with what a log-in depends on: a password changed meanwhile, or rights taken away, end it.
"""

import logging
import time
from datetime import timedelta
from typing import Any, override
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from config.error_views import too_many_requests
from config.kernel import limits, signing
from config.kernel.actor import acting_as, staff_actor
from config.office import office_page, open_page
from customers.admin.second_factor import codes_page, set_up_page
from customers.email_keys import email_key
from customers.flows import log_in_changes
from customers.flows.log_in_changes import UsedCode
from customers.forms import LogInForm, SecondCodeForm, too_many_tries
from customers.log_in_cookies import remember_browser, who_tries
from customers.models import User
from customers.services import second_factor

logger = logging.getLogger(__name__)

# From one household or office in a minute; a person who mistypes needs two or three.
MOST_A_MINUTE = 10
CODE_LIFE = timedelta(minutes=5)
_PENDING = "pending_log_in"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class LogInView(LoginView):
    """The first step. The answer to a wrong password and to an unknown address is the same, after the same work."""

    template_name = "admin/login.html"
    authentication_form = LogInForm

    @override
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if admin.site.has_permission(request):
            return HttpResponseRedirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    @override
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not limits.is_within_limit(request, what="log-in", most=MOST_A_MINUTE):
            return too_many_requests(request)
        return super().post(request, *args, **kwargs)

    @override
    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        if self.request.method == "POST" and (whom := self._whom()):
            given["wait"] = limits.begin_try(what="log-in", whom=whom)
        return given

    @override
    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        limits.forget_tries(what="log-in", whom=self._whom())
        standing = second_factor.standing_of(user.pk)
        if standing is None and not settings.STAFF_SECOND_FACTOR_REQUIRED:
            return _enter(self.request, user, HttpResponseRedirect(self.get_success_url()))
        life = CODE_LIFE if standing else second_factor.SET_UP_LIFE
        _keep_pending(self.request, user, self.get_success_url(), life)
        return HttpResponseRedirect(reverse("admin:login_code" if standing else "admin:login_set_up"))

    @override
    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        is_waiting = form.has_error("__all__", "wait")
        logger.warning("A log-in was refused.", extra={"reason": "too many tries" if is_waiting else "not right"})
        return self.render_to_response(self.get_context_data(form=form), status=429 if is_waiting else 200)

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            **admin.site.each_context(self.request),
            **context,
            "title": "Log in",
            "app_path": self.request.get_full_path(),
            REDIRECT_FIELD_NAME: self.get_success_url(),
        }

    def _whom(self) -> str:
        key = email_key(self.request.POST.get("username", "")[:254])
        return who_tries(self.request, email_key=key) if key else ""


log_in = open_page("login/", name="login")(LogInView.as_view())


@open_page("login/code/", name="login_code")
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponse:
    """The second step, for who has a device: its code, or one from paper."""
    user = _pending_user(request)
    if user is None:
        return _from_the_start(request)
    form = SecondCodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        wait = limits.begin_try(what="log-in code", whom=str(user.pk))
        with acting_as(staff_actor(user.full_name, user.pk)):
            used = None if wait else log_in_changes.use_code(user=user, code=form.cleaned_data["code"])
        if used:
            return _proved(request, user, used)
        status = 429 if wait else 200
        logger.warning("A log-in was refused.", extra={"reason": "too many codes" if wait else "code not right"})
        form.add_error("code", too_many_tries(wait) if wait else form.refusal)
    return office_page(
        request, "staff/second_factor/code.html", {"form": form, "person": user}, title="Enter your code", status=status
    )


@open_page("login/set-up/", name="login_set_up")
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in_set_up(request: HttpRequest) -> HttpResponse:
    """The second step where a second factor is required, for who has none: they set it up and are in."""
    user = _pending_user(request)
    if user is None or second_factor.standing_of(user.pk):
        return _from_the_start(request)
    form = SecondCodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with acting_as(staff_actor(user.full_name, user.pk)):
            codes = log_in_changes.set_up_device(user=user, code=form.cleaned_data["code"])
        if codes:
            onward: str = request.session[_PENDING]["onward"]
            return _enter(request, user, codes_page(request, codes, onward=onward, frame="entrance"))
        form.add_error("code", form.refusal)
    factor = second_factor.being_set_up(user.pk) or second_factor.begin_set_up(user=user)
    return set_up_page(request, factor, form, frame="entrance")


def _proved(request: HttpRequest, user: User, used: UsedCode) -> HttpResponse:
    limits.forget_tries(what="log-in code", whom=str(user.pk))
    response = _enter(request, user, HttpResponseRedirect(request.session[_PENDING]["onward"]))
    if used.told:
        messages.warning(request, f"{used.told}. Make new ones, or set up a new device.")
    return response


def _enter(request: HttpRequest, user: User, response: HttpResponse) -> HttpResponse:
    """Logs in, under a session key that nobody knew before."""
    request.session.pop(_PENDING, None)
    login(request, user, backend=_BACKEND)
    remember_browser(response, email_key=user.email_key or "")
    return response


def _keep_pending(request: HttpRequest, user: User, onward: str, life: timedelta) -> None:
    """Whatever the session held goes, with its key: it may have been made by somebody else."""
    request.session.flush()
    request.session[_PENDING] = {
        "user": str(user.pk),
        "hash": user.get_session_auth_hash(),
        "until": time.time() + life.total_seconds(),
        "onward": onward,
    }


def _pending_user(request: HttpRequest) -> User | None:
    """Who gave the right password here and is not in yet, if they still may."""
    pending: dict[str, Any] | None = request.session.get(_PENDING)
    if pending is None or time.time() >= pending["until"]:
        return None
    user = User.objects.filter(pk=UUID(pending["user"]), is_active=True, is_staff=True).first()
    if user is None or not signing.constant_time_equal(pending["hash"], user.get_session_auth_hash()):
        return None
    return user


def _from_the_start(request: HttpRequest) -> HttpResponse:
    """Where a step is opened without the one before, or too late."""
    pending: dict[str, Any] = request.session.pop(_PENDING, {})
    onward = {REDIRECT_FIELD_NAME: pending["onward"]} if pending else {}
    return HttpResponseRedirect(f"{reverse('admin:login')}{'?' if onward else ''}{urlencode(onward)}")
