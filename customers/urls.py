from django.urls import path

from customers.views import links, my_bookings, sign_in

app_name = "customers"

urlpatterns = [
    path("access/<str:token>/", links.open_link, name="open_link"),
    path("my/", my_bookings.my_bookings, name="my_bookings"),
    path("my/sign-in/", sign_in.ask, name="sign_in"),
    path("my/sign-in/sent/", sign_in.sent, name="sign_in_sent"),
    path("my/sign-in/<str:token>/", sign_in.finish, name="finish_sign_in"),
    path("my/sign-out/", sign_in.sign_out, name="sign_out"),
]
