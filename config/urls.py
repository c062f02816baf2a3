"""Addresses. Each app owns its own; the names in docs/decisions/0002 do not change."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from config import health


class Favicon(RedirectView):
    """Browsers ask for this address wherever a page names no icon, as Django's own admin does not."""

    def get_redirect_url(self, *_args: object, **_kwargs: object) -> str:
        return static("img/mark.svg")


urlpatterns = [
    path("favicon.ico", Favicon.as_view(), name="favicon"),
    path("healthz/", health.healthz, name="healthz"),
    path("readyz/", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("customers.urls")),
    path("", include("payments.urls")),
    path("", include("invoicing.urls")),
    path("", include("communications.urls")),
    path("", include("bookings.urls")),
]

handler400 = "config.error_views.bad_request"
handler403 = "config.error_views.permission_denied"
handler404 = "config.error_views.page_not_found"
handler500 = "config.error_views.server_error"
