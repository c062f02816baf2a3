"""Puts sessions on sale: `python -m benchmarks.inside.new_sessions NUMBER CAPACITY` prints their codes."""

import sys
from datetime import timedelta

from bookings.models import Course, CourseSession, Venue
from bookings.services.scheduling import Day, create_session
from config.kernel import clock

if __name__ == "__main__":
    number, capacity = (int(argument) for argument in sys.argv[1:])
    starts_at = clock.now() + timedelta(days=30)
    for _ in range(number):
        session = create_session(
            course=Course.objects.filter(is_published=True, price__gt=0)[0],
            venue=Venue.objects.all()[0],
            days=[Day(starts_at, starts_at + timedelta(hours=7))],
            capacity=capacity,
            status=CourseSession.Status.CONFIRMED,
        )
        print(session.code)
