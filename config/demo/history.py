"""Past bookings as rows: the order, its people, its money and its lines on the timeline, with the dates they had."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bookings.models import Attendee, Booking, BookingPolicy, CourseSession
from bookings.services.pricing import order_total
from config.demo.past import PastBooking
from config.kernel.actor import CUSTOMER, SYSTEM, Actor
from config.kernel.money import format_money
from config.kernel.references import new_reference, reference_key
from customers.models import Activity, Organisation, User
from payments.models import Payment, PaymentAllocation, PaymentEvent, Refund


@dataclass(frozen=True)
class Story:
    """One past booking and all that belongs to it, not stored yet."""

    plan: PastBooking
    booking: Booking
    attendees: list[Attendee]
    payment: Payment
    refund: Refund | None


def new_story(
    plan: PastBooking,
    *,
    session: CourseSession,
    customer: User,
    organisation: Organisation | None,
    policy: BookingPolicy,
    office: User,
) -> Story:
    """`office` is who cancelled and refunded."""
    booking = _booking(plan, session, customer, organisation, policy)
    payment = Payment(
        payer=customer,
        amount=booking.total,
        status=Payment.Status.SUCCEEDED if plan.was_paid else Payment.Status.CANCELLED,
        created_at=plan.placed_at,
        paid_at=plan.paid_at if plan.was_paid else None,
        cancelled_at=None if plan.was_paid else plan.ended_at,
        checkout_round=1,
    )
    refund = None
    if plan.ended_at and plan.refund_percent:
        refund = Refund(
            payment=payment,
            booking=booking,
            amount=plan.refund(booking.total),
            status=Refund.Status.SUCCEEDED,
            reason=Refund.Reason.CANCELLED,
            requested_by=office,
            created_at=plan.ended_at,
            next_attempt_at=plan.ended_at,
            finished_at=plan.ended_at,
        )
    return Story(plan, booking, _attendees(plan, booking, customer), payment, refund)


def store(stories: list[Story]) -> None:
    """Stores them all, in a few statements. Part of the caller's transaction; the stand-in has been paid before."""
    Booking.objects.bulk_create(story.booking for story in stories)
    Attendee.objects.bulk_create(attendee for story in stories for attendee in story.attendees)
    Payment.objects.bulk_create(story.payment for story in stories)
    PaymentAllocation.objects.bulk_create(
        PaymentAllocation(payment=story.payment, booking=story.booking, amount=story.payment.amount)
        for story in stories
    )
    Refund.objects.bulk_create(story.refund for story in stories if story.refund)
    PaymentEvent.objects.bulk_create(event for story in stories for event in _events(story))
    Activity.objects.bulk_create(line for story in stories for line in _timeline(story))


def _booking(
    plan: PastBooking,
    session: CourseSession,
    customer: User,
    organisation: Organisation | None,
    policy: BookingPolicy,
) -> Booking:
    reference = new_reference()
    cancelled = plan.status == Booking.Status.CANCELLED
    expired = plan.status == Booking.Status.EXPIRED
    return Booking(
        reference=reference,
        reference_key=reference_key(reference),
        session=session,
        customer=customer,
        organisation=organisation,
        status=plan.status,
        contact_first_name=customer.first_name,
        contact_last_name=customer.last_name,
        contact_email=customer.email,
        contact_phone=customer.phone,
        company=customer.company,
        billing_address=organisation.billing_address if organisation else "",
        po_number=f"PO-{4000 + plan.placed_at.timetuple().tm_yday}" if organisation else "",
        price_per_place=session.price,
        vat_rate=session.vat_rate,
        total=order_total(session.price, plan.places),
        source=plan.source,
        purpose=Booking.Purpose.WORK if customer.company else Booking.Purpose.SELF,
        referral_source=plan.referral_source,
        policy=policy,
        terms_accepted_at=plan.placed_at,
        created_at=plan.placed_at,
        lapses_at=plan.ended_at if expired else None,
        confirmed_at=plan.paid_at if plan.was_paid else None,
        cancelled_at=plan.ended_at if cancelled else None,
        expired_at=plan.ended_at if expired else None,
    )


def _attendees(plan: PastBooking, booking: Booking, customer: User) -> list[Attendee]:
    return [
        Attendee(
            booking=booking,
            user=None if position > 1 else customer,
            position=position,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            is_booker=position == 1,
            created_at=plan.placed_at,
        )
        for position, person in enumerate((plan.booker, *plan.companions), start=1)
    ]


def _events(story: Story) -> Iterator[PaymentEvent]:
    kinds = PaymentEvent.Kind
    payment, plan = story.payment, story.plan

    def event(kind: PaymentEvent.Kind, at: datetime, about: str | None, actor: Actor = CUSTOMER) -> PaymentEvent:
        return PaymentEvent(
            payment=payment,
            kind=kind,
            stripe_object_id=about or "",
            actor_kind=actor.kind,
            actor_user_id=actor.user_id,
            occurred_at=at,
        )

    yield event(kinds.OPENED, plan.placed_at, payment.stripe_checkout_id)
    if plan.was_paid:
        yield event(kinds.SUCCEEDED, plan.paid_at, payment.stripe_intent_id)
    elif payment.cancelled_at:
        yield event(kinds.CANCELLED, payment.cancelled_at, None, SYSTEM)
    if story.refund:
        refund, office = story.refund, _staff(story.refund.requested_by)
        yield event(kinds.REFUND_REQUESTED, refund.created_at, str(refund.pk), office)
        yield event(kinds.REFUND_SUCCEEDED, refund.created_at, refund.stripe_refund_id, SYSTEM)


def _timeline(story: Story) -> Iterator[Activity]:
    booking, plan = story.booking, story.plan

    def line(
        kind: str,
        at: datetime,
        summary: str,
        actor: Actor = CUSTOMER,
        subject: tuple[str, UUID] = ("booking", booking.pk),
    ) -> Activity:
        return Activity(
            user_id=booking.customer_id,
            kind=kind,
            summary=summary,
            subject_kind=subject[0],
            subject_key=str(subject[1]),
            actor_kind=actor.kind,
            actor_label=actor.label,
            actor_user_id=actor.user_id,
            occurred_at=at,
        )

    total, reference = format_money(booking.total), booking.reference
    yield line("booking_placed", plan.placed_at, f"Ordered {plan.places} of {booking.session.course.name}, {total}")
    if plan.was_paid:
        payment = ("payment", story.payment.pk)
        yield line("payment_succeeded", plan.paid_at, f"Paid {total}", subject=payment)
        yield line("booking_confirmed", plan.paid_at, f"Booking {reference} is confirmed")
    if plan.ended_at and plan.status == Booking.Status.EXPIRED:
        yield line("booking_expired", plan.ended_at, f"Booking {reference} ran out of time before it was paid", SYSTEM)
    elif plan.ended_at:
        office = _staff(story.refund.requested_by) if story.refund else CUSTOMER
        yield line("booking_cancelled", plan.ended_at, f"Booking {reference} was cancelled", office)
        if story.refund:
            summary = f"{format_money(story.refund.amount)} is going back"
            yield line("refund_requested", plan.ended_at, summary, office)


def _staff(user: User | None) -> Actor:
    return Actor("staff", user.full_name, user.pk) if user else SYSTEM
