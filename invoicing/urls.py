from django.urls import path

from invoicing import views

app_name = "invoicing"

urlpatterns = [
    path("bookings/<str:reference>/invoices/<str:number>.pdf", views.invoice_pdf, name="invoice_pdf"),
]
