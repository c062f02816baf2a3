"""Addresses. Each app owns its own; the names in docs/decisions/0002 do not change."""

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz/", health.healthz, name="healthz"),
    path("readyz/", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("customers.urls")),
    path("", include("payments.urls")),
    path("", include("invoicing.urls")),
    path("", include("bookings.urls")),
]

handler400 = "config.error_views.bad_request"
handler403 = "config.error_views.permission_denied"
handler404 = "config.error_views.page_not_found"
handler500 = "config.error_views.server_error"
