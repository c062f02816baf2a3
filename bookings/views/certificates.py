"""Is this certificate one of ours? For employers and inspectors, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.forms.certificates import CertificateForm
from bookings.forms.problems import problems_of
from config.kernel import clock


@never_cache
@require_safe
def verify_certificate(request: HttpRequest) -> HttpResponse:
    """A plain GET form, so that a printed code can lead straight to the answer.

    No certificate has been issued through this site yet, so the answer is that there is none, and what to do then.
    """
    form = CertificateForm(request.GET if "code" in request.GET else None)
    is_checked = form.is_bound and form.is_valid()
    context = {
        "form": form,
        "problems": problems_of(form) if form.is_bound else [],
        "code": form.cleaned_data["code"] if is_checked else "",
        "checked_at": clock.now(),
    }
    return render(request, "bookings/verify_certificate.html", context)
