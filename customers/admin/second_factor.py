"""One's own second factor: setting up, replacing, codes for paper, removing. And an owner's help for a lost device."""

import time
from typing import Any, cast, override
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from config.kernel import limits
from config.office import office_page, staff_page
from customers.admin_bases import FoundByPersonAdmin, KeptInline, ReadOnlyAdmin
from customers.flows import log_in_changes
from customers.forms import PasswordAgainForm, SecondCodeForm
from customers.models import RecoveryCode, SecondFactor, User
from customers.services import second_factor

_GROUP = 4
# In the session: until when the password counts as given again, for the page with the picture.
_MAY_SET_UP = "second_factor_set_up_until"
_METHODS = ["GET", "HEAD", "POST"]
# What tries at one's own password are counted under, on every page that asks for it again.
ASKED_AGAIN = "password again"


@staff_page("second-factor/", name="second_factor", permission=None)
@never_cache
@require_http_methods(["GET", "HEAD"])
def overview(request: HttpRequest) -> HttpResponse:
    """How one's own second factor stands, and what can be done about it."""
    context = {
        "standing": second_factor.standing_of(_me(request).pk),
        "is_required": settings.STAFF_SECOND_FACTOR_REQUIRED,
    }
    return office_page(request, "staff/second_factor/overview.html", context, title="Your second factor")


@staff_page("second-factor/begin/", name="second_factor_begin", permission=None)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(_METHODS)
def begin(request: HttpRequest) -> HttpResponse:
    """The password again, then the picture."""
    form = _asked_again(request)
    if form.is_bound and form.is_valid():
        second_factor.begin_set_up(user=_me(request))
        request.session[_MAY_SET_UP] = time.time() + second_factor.SET_UP_LIFE.total_seconds()
        return HttpResponseRedirect(reverse("admin:second_factor_set_up"))
    has_one = second_factor.standing_of(_me(request).pk) is not None
    title = "Replace your device" if has_one else "Set up a second factor"
    return _again_page(request, form, "begin", title, has_one=has_one)


@staff_page("second-factor/set-up/", name="second_factor_set_up", permission=None)
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(_METHODS)
def set_up(request: HttpRequest) -> HttpResponse:
    """The picture, until a code from it was typed. The old device counts until then."""
    user = _me(request)
    factor = second_factor.being_set_up(user.pk)
    if factor is None or time.time() >= request.session.get(_MAY_SET_UP, 0):
        return HttpResponseRedirect(reverse("admin:second_factor_begin"))
    form = SecondCodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        codes = log_in_changes.set_up_device(user=user, code=form.cleaned_data["code"])
        if codes:
            del request.session[_MAY_SET_UP]
            update_session_auth_hash(request, user)
            return codes_page(request, codes, onward=reverse("admin:second_factor"))
        form.add_error("code", form.refusal)
    return set_up_page(request, factor, form)


@staff_page("second-factor/codes/", name="second_factor_codes", permission=None)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(_METHODS)
def new_codes(request: HttpRequest) -> HttpResponse:
    """New codes for paper in the place of the old ones, for the password again."""
    form = _asked_again(request)
    if form.is_bound and form.is_valid() and (codes := log_in_changes.replace_codes(user=_me(request))):
        return codes_page(request, codes, onward=reverse("admin:second_factor"))
    if second_factor.standing_of(_me(request).pk) is None:
        return HttpResponseRedirect(reverse("admin:second_factor"))
    return _again_page(request, form, "codes", "Make new recovery codes")


@staff_page("second-factor/remove/", name="second_factor_remove", permission=None)
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(_METHODS)
def remove(request: HttpRequest) -> HttpResponse:
    """Away with it, for the password again; not where everybody has to have one."""
    user = _me(request)
    if settings.STAFF_SECOND_FACTOR_REQUIRED or second_factor.standing_of(user.pk) is None:
        return HttpResponseRedirect(reverse("admin:second_factor"))
    form = _asked_again(request)
    if form.is_bound and form.is_valid():
        log_in_changes.remove_device(user=user)
        update_session_auth_hash(request, user)
        messages.success(request, "Your second factor is removed. You log in with your password alone.")
        return HttpResponseRedirect(reverse("admin:second_factor"))
    return _again_page(request, form, "remove", "Remove your second factor")


@staff_page(
    "customers/user/<uuid:key>/second-factor/",
    name="customers_user_second_factor",
    permission="customers.manage_staff",
)
@never_cache
@require_http_methods(_METHODS)
def help_with_lost_device(request: HttpRequest, key: UUID) -> HttpResponse:
    """An owner takes away a colleague's lost device. Theirs alone: one's own is removed for the password."""
    person = get_object_or_404(User, pk=key, is_staff=True)
    standing = second_factor.standing_of(key)
    is_refused = person.pk == _me(request).pk or (person.is_superuser and not _me(request).is_superuser)
    if request.method == "POST" and not is_refused:
        if log_in_changes.remove_device(user=person):
            messages.success(request, f"{person}’s device is removed, and they are logged out everywhere.")
        return HttpResponseRedirect(reverse("admin:customers_user_role", args=[key]))
    context = {
        "person": person,
        "standing": standing,
        "is_refused": is_refused,
        "is_required": settings.STAFF_SECOND_FACTOR_REQUIRED,
    }
    return office_page(request, "staff/second_factor/lost.html", context, title="Remove a lost device")


class RecoveryCodesInline(KeptInline[RecoveryCode, SecondFactor]):
    model = RecoveryCode
    fields = ("used_at",)
    readonly_fields = ("used_at",)
    show_change_link = False

    @override
    def has_add_permission(self, request: HttpRequest, obj: SecondFactor | None = None) -> bool:
        return False


@admin.register(SecondFactor)
class SecondFactorAdmin(FoundByPersonAdmin[SecondFactor], ReadOnlyAdmin[SecondFactor]):
    """Who has a device, since when. What is secret about it is shown nowhere, and not even fetched."""

    list_display = ("user", "created_at", "confirmed_at")
    list_select_related = ("user",)
    ordering = ("-created_at", "-id")
    fields = ("user", "created_at", "confirmed_at")
    inlines = (RecoveryCodesInline,)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[SecondFactor]:
        return super().get_queryset(request).defer("secret")


def set_up_page(
    request: HttpRequest, factor: SecondFactor, form: SecondCodeForm, *, frame: str = "staff-page"
) -> TemplateResponse:
    """The picture for the app, the same in letters, and a field for the first code. `frame` is a class of the page."""
    secret = factor.secret
    context = {
        "form": form,
        "frame": frame,
        "picture": _picture(second_factor.address_for_app(factor)),
        "key": " ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP)),
        "email": factor.user.email,
    }
    return office_page(request, "staff/second_factor/set_up.html", context, title="Set up your second factor")


def codes_page(request: HttpRequest, codes: list[str], *, onward: str, frame: str = "staff-page") -> TemplateResponse:
    """New codes for paper. They are in no session and no message: this answer is the only place they are told."""
    context = {"codes": codes, "onward": onward, "frame": frame}
    return office_page(request, "staff/second_factor/codes.html", context, title="Keep your recovery codes")


def _again_page(
    request: HttpRequest, form: PasswordAgainForm, what: str, title: str, **context: Any
) -> TemplateResponse:
    status = 429 if form.has_error("password", "wait") else 200
    context |= {"form": form, "what": what}
    return office_page(request, "staff/second_factor/again.html", context, title=title, status=status)


def _asked_again(request: HttpRequest) -> PasswordAgainForm:
    """The form, with the password looked at: who walks up to an open office does not know it, and may not guess."""
    form = PasswordAgainForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        user = _me(request)
        wait = limits.begin_try(what=ASKED_AGAIN, whom=str(user.pk))
        if wait:
            form.add_error("password", form.wait_error(wait))
        elif user.check_password(form.cleaned_data["password"]):
            limits.forget_tries(what=ASKED_AGAIN, whom=str(user.pk))
        else:
            form.add_error("password", form.refusal)
    return form


def _picture(text: str) -> SafeString:
    """A QR code as SVG, drawn by attributes alone: the site's policy allows no styles inside a page."""
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(scale=4, border=4, light="#fff", svgclass=None, lineclass=None)
    return mark_safe(drawn)  # noqa: S308 - made of numbers by segno; the text is not in it


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)
