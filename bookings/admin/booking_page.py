"""One booking: who comes, how its places and its money stand, what was written about it, and what happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Model, OuterRef, Prefetch, Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from bookings.admin import tags
from bookings.admin.sight import may, sees_needs
from bookings.models import Attendee, Booking, SessionDay, SpecialRequirement
from bookings.selectors import about_needs, bookings_with_session
from communications.models import Message
from communications.selectors import copies_of
from config import pictures
from config.kernel import clock
from config.kernel.money import VatSplit, split_vat
from config.office import office_page, staff_page
from customers.flows.profile.timeline import ICONS, OTHER_ICON, actor_words
from customers.models import Activity
from invoicing.selectors import DocumentMissing, invoices_for, pdf_bytes
from invoicing.services.confirmations import ensure_confirmation
from payments.models import Payment, PaymentAllocation, Refund
from payments.money_states import Standing, standing_of, with_all_money

# Letters and lines of a story that one page shows; no booking has as many.
_MOST = 200


@staff_page("bookings/booking/<uuid:key>/", name="bookings_booking_page", permission="bookings.view_booking")
@require_safe
def booking_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """The same number of queries however many people come and however much was paid."""
    bookings = with_all_money(bookings_with_session().select_related("organisation", "created_by"))
    days = Prefetch("session__days", SessionDay.objects.order_by("starts_at"))
    booking = get_object_or_404(bookings.prefetch_related(days), pk=key)
    sees_money = may(request, "payments.view_payment")
    money = MoneyCard(booking) if sees_money else None
    letters = _messages(booking) if may(request, "communications.view_message") else None
    context = {
        "booking": booking,
        "session": booking.session,
        "place_tag": tags.place_tag(booking),
        "money_tag": tags.money_tag(standing_of(booking)),
        "people": list(_people(booking)),
        "sees_needs": sees_needs(request),
        "money": money,
        "invoices": list(invoices_for(booking)) if may(request, "invoicing.view_invoice") else None,
        "messages_sent": letters,
        "has_link": any(_is_link(message) for message, _tag, _copy in letters or ()),
        "story": list(_story(request, booking, money.payments if money else ())),
        "can_cancel": booking.status in Booking.COUNTED_STATUSES and may(request, "bookings.cancel_booking"),
        "can_ask_for_payment": bool(standing_of(booking).due) and may(request, "bookings.add_booking"),
        "can_refund": may(request, "payments.add_refund"),
        "is_confirmed": booking.status == Booking.Status.CONFIRMED,
    }
    return office_page(request, "staff/bookings/booking.html", context, title=booking.reference)


@staff_page(
    "bookings/booking/<uuid:key>/confirmation.pdf",
    name="bookings_booking_confirmation",
    permission="bookings.view_booking",
)
@require_safe
def confirmation(request: HttpRequest, key: UUID) -> HttpResponse:
    """The printed confirmation of a confirmed booking, or a page that says it is being made."""
    booking = get_object_or_404(bookings_with_session(), pk=key)
    if booking.status != Booking.Status.CONFIRMED:
        raise Http404
    paper = ensure_confirmation(booking)
    try:
        content = pdf_bytes(paper)
    except DocumentMissing:
        context = {"booking": booking, "has_failed": paper.pdf_state == paper.PdfState.FAILED}
        title = "The confirmation is being made"
        return office_page(request, "staff/bookings/confirmation.html", context, title=title, status=202)
    name = f'attachment; filename="Booking-{booking.reference}.pdf"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name})


class MoneyCard:
    """Sums in pounds; payments and refunds, newest first: two queries."""

    def __init__(self, booking: Any) -> None:
        self.booking = booking
        self.standing: Standing = standing_of(booking)

    @property
    def vat(self) -> VatSplit:
        return split_vat(self.booking.total, self.booking.vat_rate)

    @cached_property
    def allocations(self) -> list[PaymentAllocation]:
        found = PaymentAllocation.objects.filter(booking=self.booking).select_related("payment")
        return list(found.order_by("-payment__created_at", "-payment_id"))

    @cached_property
    def payments(self) -> list[Payment]:
        return [allocation.payment for allocation in self.allocations]

    @cached_property
    def refunds(self) -> list[Refund]:
        return list(Refund.objects.filter(booking=self.booking).order_by("-created_at", "-id"))

    @cached_property
    def can_go_back(self) -> list[Payment]:
        """Payments of which something may be left to send back; the page of a refund knows exactly."""
        counted = [refund for refund in self.refunds if refund.status in Refund.COUNTED_STATUSES]
        gone = {payment.pk: Decimal(0) for payment in self.payments}
        for refund in counted:
            gone[refund.payment_id] = gone.get(refund.payment_id, Decimal(0)) + refund.amount
        return [
            allocation.payment
            for allocation in self.allocations
            if allocation.payment.status == Payment.Status.SUCCEEDED
            and allocation.payment.stripe_intent_id
            and gone[allocation.payment_id] < allocation.amount
        ]


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    icon: SafeString
    summary: str
    actor: str
    time: str


@dataclass(frozen=True)
class Day:
    name: str
    lines: list[Line]


def _people(booking: Booking) -> Iterable[Attendee]:
    """In order, with the key of what is on record for each; nothing of what it says is read."""
    on_record = SpecialRequirement.objects.filter(attendee=OuterRef("pk")).values("pk")
    return Attendee.objects.filter(booking=booking).order_by("position").annotate(requirement=Subquery(on_record))


def _messages(booking: Booking) -> list[tuple[Message, SafeString, Message | None]]:
    """Each with what became of it and, where it was lost, the copy that was written in its place."""
    letters = Message.objects.filter(booking=booking).defer("body_text", "body_html").order_by("-created_at", "-id")
    shown = list(letters[:_MOST])
    copies = copies_of(shown)
    return [(message, tags.message_tag(message), copies.get(message.pk)) for message in shown]


def _is_link(message: Message) -> bool:
    """Whether it is a payment link that is out, or on its way."""
    return message.kind == Message.Kind.PAYMENT_LINK and message.state not in Message.LOST


def _story(request: HttpRequest, booking: Booking, payments: Iterable[Model]) -> Iterable[Day]:
    """What is on the timeline about this booking and its payments, newest first, by London day."""
    about = Q(subject_kind="booking", subject_key=str(booking.pk))
    about |= Q(subject_kind="payment", subject_key__in=[str(payment.pk) for payment in payments])
    told = Activity.objects.filter(about)
    if not sees_needs(request):
        told = told.exclude(about_needs())
    activities = told.order_by("-occurred_at", "-id")[:_MOST]
    for day, of_day in groupby(activities, key=lambda activity: clock.london_date(activity.occurred_at)):
        yield Day(clock.format_date(day), [_line(activity) for activity in of_day])


def _line(activity: Activity) -> Line:
    icon = ICONS.get(activity.kind.partition("_")[0], OTHER_ICON)
    return Line(pictures.ICONS[icon], activity.summary, actor_words(activity), clock.format_time(activity.occurred_at))
