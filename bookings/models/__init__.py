"""What is taught, when and where; who comes; and under which terms.

catalogue: Course, Venue, CourseSession, SessionDay. policy: BookingPolicy. ordering: Hold, Booking, Attendee.
requirements: RequirementTemplate, SpecialRequirement.
"""

from bookings.models.catalogue import SESSION_TRANSITIONS, Course, CourseSession, SessionDay, Venue
from bookings.models.ordering import BOOKING_TRANSITIONS, Attendee, Booking, Hold
from bookings.models.policy import BookingPolicy
from bookings.models.requirements import RequirementTemplate, SpecialRequirement

__all__ = [
    "BOOKING_TRANSITIONS",
    "SESSION_TRANSITIONS",
    "Attendee",
    "Booking",
    "BookingPolicy",
    "Course",
    "CourseSession",
    "Hold",
    "RequirementTemplate",
    "SessionDay",
    "SpecialRequirement",
    "Venue",
]
