from django.urls import path

from customers import views

app_name = "customers"

urlpatterns = [
    path("access/<str:token>/", views.open_link, name="open_link"),
]
