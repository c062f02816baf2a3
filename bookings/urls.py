from django.contrib.sitemaps.views import sitemap
from django.urls import path

from bookings.views import (
    book,
    booking,
    catalogue,
    certificates,
    check,
    crawlers,
    own_needs,
    people,
    place,
    requirements,
)

app_name = "bookings"

urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": crawlers.SITEMAPS}, name="sitemap"),
    path("courses/<slug:slug>/", catalogue.course, name="course"),
    path("sessions/<slug:code>/book/", book.book, name="book"),
    path("sessions/<slug:code>/book/people/", people.people, name="people"),
    path("sessions/<slug:code>/book/requirements/", requirements.requirements, name="requirements"),
    path("sessions/<slug:code>/book/check/", check.check, name="check"),
    path("bookings/<str:reference>/", booking.booking, name="booking"),
    path("bookings/<str:reference>/calendar.ics", booking.booking_calendar_file, name="booking_calendar"),
    path("bookings/<str:reference>/taking-part/", own_needs.own_needs, name="own_needs"),
    path("certificates/verify/", certificates.verify_certificate, name="verify_certificate"),
    path("places/<uuid:attendee_id>/", place.place, name="place"),
    path("places/<uuid:attendee_id>/calendar.ics", place.place_calendar_file, name="place_calendar"),
]
