from django.urls import path

from payments import views

app_name = "payments"

urlpatterns = [
    path("bookings/<str:reference>/pay/", views.pay, name="pay"),
    path("bookings/<str:reference>/pay/form/", views.form, name="form"),
    path("bookings/<str:reference>/pay/ask/", views.ask, name="ask"),
    path("bookings/<str:reference>/pay/more-time/", views.more_time, name="more_time"),
    path("bookings/<str:reference>/paid/", views.returned, name="returned"),
    path("webhooks/stripe/", views.stripe_webhook, name="stripe_webhook"),
    # Where the old system received them; Stripe's dashboard may still say so.
    path("api/webhooks/stripe", views.stripe_webhook, name="stripe_webhook_old"),
]
