"""How much there is to show: `python -m benchmarks.inside.size_of_catalogue` prints the numbers of rows."""

from bookings.models import Booking, Course, CourseSession
from config.kernel import clock

if __name__ == "__main__":
    on_sale = CourseSession.objects.on_sale(clock.now())
    ahead = Booking.objects.filter(session__in=on_sale).count()
    print(
        f"{Course.objects.filter(is_published=True).count()} courses, {on_sale.count()} sessions on sale of "
        f"{CourseSession.objects.count()}, {ahead} bookings for them of {Booking.objects.count()}"
    )
