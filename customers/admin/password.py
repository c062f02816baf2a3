"""One's own password, for the old one: in the place of Django's page, which may be asked for ever."""

from typing import Any, cast, override

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config.kernel import limits
from config.office import staff_page
from customers.admin.second_factor import ASKED_AGAIN
from customers.flows import log_in_changes
from customers.forms import OwnPasswordForm
from customers.models import User


@method_decorator([never_cache, require_http_methods(["GET", "HEAD", "POST"])], name="dispatch")
class OwnPasswordView(PasswordChangeView):
    """All other sessions end with the old password. Wrong ones are counted with those of the second factor's pages.

    They are counted by whose password it is, wherever the presses come from: whoever found a browser open is in it
    already, and may not find out the password as well.
    """

    form_class = OwnPasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    @override
    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        if self.request.POST.get("old_password"):
            given["wait"] = limits.begin_try(what=ASKED_AGAIN, whom=self._whom)
        return given

    @override
    def form_valid(self, form: Any) -> HttpResponse:
        limits.forget_tries(what=ASKED_AGAIN, whom=self._whom)
        with transaction.atomic():
            response = super().form_valid(form)
            log_in_changes.password_was_changed(user=self._me, told="Password changed")
        return response

    @override
    def form_invalid(self, form: Any) -> HttpResponse:
        is_waiting = form.has_error("old_password", "wait")
        if "old_password" in form.cleaned_data:
            limits.forget_tries(what=ASKED_AGAIN, whom=self._whom)
        return self.render_to_response(self.get_context_data(form=form), status=429 if is_waiting else 200)

    @override
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs)}

    @property
    def _me(self) -> User:
        return cast("User", self.request.user)

    @property
    def _whom(self) -> str:
        return str(self._me.pk)


@staff_page("password_change/", name="password_change", permission=None)
def own_password(request: HttpRequest) -> HttpResponse:
    """The name and address are Django's, whose own page lies behind this one and is never reached."""
    return cast("HttpResponse", OwnPasswordView.as_view()(request))
