from django.urls import path

from invoicing import views

app_name = "invoicing"

urlpatterns = [
    path("bookings/<str:reference>/confirmation.pdf", views.confirmation_pdf, name="confirmation_pdf"),
    path("bookings/<str:reference>/invoices/<str:number>.pdf", views.invoice_pdf, name="invoice_pdf"),
]
