from django.urls import path

from communications import views

app_name = "communications"

urlpatterns = [
    path("bookings/<str:reference>/email/", views.confirmation_again, name="confirmation_again"),
    path("help/", views.help_page, name="help"),
    path("terms/", views.terms, name="terms"),
    path("terms/<int:version>/", views.terms_version, name="terms_version"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
