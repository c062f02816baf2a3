"""What became of a session: `python -m benchmarks.inside.sold CODE` prints places sold and payments taken."""

import sys

from bookings.models import Attendee, Booking
from payments.models import Payment

if __name__ == "__main__":
    (code,) = sys.argv[1:]
    bookings = Booking.objects.filter(session__code=code, status=Booking.Status.CONFIRMED)
    payments = Payment.objects.filter(allocations__booking__in=bookings, status=Payment.Status.SUCCEEDED)
    print(Attendee.objects.filter(booking__in=bookings).count(), payments.distinct().count())
