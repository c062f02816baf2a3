"""Letters that did not arrive and that nobody has sent anew; of a copy that was lost as well, the copy."""

from datetime import timedelta
from typing import override

from django.db.models import F, Q, QuerySet

from bookings.models import Booking
from communications.models import Message
from communications.selectors import not_sent_anew
from customers.flows.desk.items import Item, Kind, page
from customers.flows.desk.words import course_in, course_line, since

_KEPT = timedelta(days=60)
"""A letter about money or from a person is worth sending this long; one about a course, until that is over."""
_ABOUT_COURSE = (Message.Kind.BOOKING_CONFIRMATION, Message.Kind.JOINING_INSTRUCTIONS, Message.Kind.PAYMENT_LINK)
_LOOKED_BACK = timedelta(days=365)


class LostLetters(Kind[Message]):
    """Bounced and failed ones, soonest course first.

    Links to sign in are left out: who waits for one asks for another.
    """

    icon = "mail"
    permissions = ("communications.view_message",)
    mended_by = "communications.send_message_again"
    list_page, list_filter = "communications_message_changelist", "state__exact=lost"

    @override
    def rows(self) -> QuerySet[Message]:
        about_course = Q(
            kind__in=_ABOUT_COURSE,
            booking__status__in=Booking.COUNTED_STATUSES,
            booking__session__ends_at__gt=self.now,
        )
        others = ~Q(kind__in=(*_ABOUT_COURSE, Message.Kind.SIGN_IN)) & Q(created_at__gt=self.now - _KEPT)
        lost = Message.objects.filter(
            state__in=(Message.State.BOUNCED, Message.State.FAILED), created_at__gt=self.now - _LOOKED_BACK
        )
        return (
            lost.filter(about_course | others)
            .filter(not_sent_anew())
            .select_related("booking__session__course", "booking__session__venue", "user")
            .defer("body_text", "body_html")
            .order_by(F("booking__session__starts_at").asc(nulls_last=True), "created_at")
        )

    @override
    def item(self, row: Message) -> Item:
        bounced = row.state == Message.State.BOUNCED
        session = row.booking.session if row.booking else None
        is_ahead = session is not None and session.ends_at > self.now
        return Item(
            what=f"{row.get_kind_display()} {'bounced' if bounced else 'could not be sent'}",
            why=self._why(row),
            since=since(row.sent_at or row.created_at, self.now),
            button=self.button("Fix address" if bounced else "Send again"),
            address=page("communications_message_page", row.pk),
            tag=course_in(session, self.now) if session and is_ahead else "",
        )

    @staticmethod
    def _why(row: Message) -> str:
        parts = [f"To {row.to_email}."]
        if row.booking:
            parts.append(f"{course_line(row.booking.session)}.")
            by = ", ".join(part for part in (row.booking.contact_name, row.booking.contact_phone) if part)
            parts += [f"Booked by {by}."] if by else []
        elif row.last_error:
            parts.append(row.last_error)
        return " ".join(parts)
