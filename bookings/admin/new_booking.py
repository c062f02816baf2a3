"""Booking for somebody who rings, writes or stands at the desk: one page from finding the customer to the payment link.

Every press posts the whole form and gives the page again with what was typed; only "Book" judges it. The page's script
asks in the same way for the parts that change while somebody types, so no name is ever part of an address.
"""

import contextlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import selectors
from bookings.admin.sight import user_of
from bookings.exceptions import BookingClosed, BookingRefused, NotEnoughPlaces
from bookings.flows.booking_for_customer import Made, Wish, book_for_customer, booked_with
from bookings.forms.drafts import kept
from bookings.forms.offered import Offered, key_of
from bookings.forms.office import OfficeBookingForm
from bookings.forms.problems import problems_of
from bookings.models import Booking, Course, CourseSession
from bookings.models.catalogue import SessionQuerySet
from bookings.services.consumers import change_of_mind
from bookings.services.lifecycle import link_hours_end
from bookings.services.plans import plan_sentences
from bookings.services.pricing import order_total
from config.kernel import clock
from config.kernel.money import format_money
from config.office import office_page, staff_page
from customers.email_keys import email_key, is_usable
from customers.models import User
from customers.services.likeness import people_like
from customers.services.matching import AddressTaken
from payments.flows.completing import PlacesGone, complete_free_order

# Sessions that one list offers; with more than so many, a course is chosen first.
MOST_SESSIONS = 300
EXCEED = "bookings.exceed_capacity"
# What the page's script asks for.
_PARTS = {name: f"staff/bookings/new_{name}.html" for name in ("people", "again", "words")}
_ABOUT_SOMEBODY = ("customer", "email", "first_name", "last_name", "phone", "is_somebody_new", "organisation")


@dataclass(frozen=True)
class Group:
    """The sessions of one course, as the list shows them."""

    course: Course
    offers: list[Offered]


class Desk:
    """What one press says and what is known for it, each read once and only if the answer needs it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.now = clock.now()
        self.typed = _settled(request.POST) if request.method == "POST" else {}

    @property
    def is_booking(self) -> bool:
        return "book" in self.request.POST

    @cached_property
    def chosen(self) -> User | None:
        """The customer who was chosen, here or on the page from which somebody came."""
        key = _key(self.typed.get("customer") if self.typed else self.request.GET.get("customer"))
        return User.objects.filter(pk=key).first() if key else None

    @cached_property
    def customer(self) -> User | None:
        """Who was chosen; when it comes to booking, else who has the address that was typed."""
        address = email_key(str(self.typed.get("email") or "")) if self.is_booking else None
        is_address = address is not None and is_usable(address)
        return self.chosen or (User.objects.filter(email_key=address).first() if is_address else None)

    @cached_property
    def offered(self) -> list[Offered]:
        """Sessions that can be booked until they begin, also private ones and those closed online."""
        sessions = self._open_sessions()
        course = _key(self.typed.get("course"))
        listed = (sessions.filter(course=course) if course else sessions).order_by("starts_at", "pk")
        found = list(listed[:MOST_SESSIONS])
        value = self.typed.get("session") or self.request.GET.get("session") or ""
        wanted = _key(key_of(value))
        if wanted and wanted not in {session.pk for session in found}:
            found += sessions.filter(pk=wanted)
        taken = selectors.places_taken((session.pk for session in found), self.now)
        return [Offered(session, max(session.capacity - taken[session.pk], 0)) for session in found]

    def _open_sessions(self) -> SessionQuerySet:
        sessions = selectors.sessions_seen_by(user_of(self.request)).select_related("course", "venue")
        return sessions.filter(status__in=CourseSession.OPEN_STATUSES, starts_at__gt=self.now)

    @cached_property
    def courses(self) -> list[Course]:
        """Courses with sessions to choose from, to shorten the list by."""
        return list(Course.objects.filter(pk__in=self._open_sessions().order_by().values("course")))

    @property
    def groups(self) -> list[Group]:
        def course_of(offer: Offered) -> tuple[int, str, UUID]:
            course = offer.session.course
            return course.position, course.name, course.pk

        in_order = sorted(self.offered, key=lambda offer: (course_of(offer), offer.session.starts_at))
        parted = [list(offers) for _course, offers in groupby(in_order, key=course_of)]
        return [Group(offers[0].session.course, offers) for offers in parted]

    @cached_property
    def form(self) -> OfficeBookingForm:
        known: dict[str, Any] = {
            "known": self.customer,
            "offered": self.offered,
            "may_exceed": user_of(self.request).has_perm(EXCEED),
        }
        if self.is_booking:
            return OfficeBookingForm(self.request.POST, **known)
        first = {"form_key": uuid.uuid4(), "session": self.request.GET.get("session", "")}
        form = OfficeBookingForm(initial=first | self.typed, **known)
        if not self.typed and not self.chosen:
            # Who has somebody on the telephone can type at once.
            form.fields["email"].widget.attrs["autofocus"] = True
        return form

    def people(self) -> list[User]:
        """Who may be meant by what was typed so far."""
        if self.chosen:
            return []
        if self.form.alike:
            return self.form.alike
        who = ("email", "first_name", "last_name", "phone")
        # Nobody is called by a null character, and PostgreSQL can't be asked for one.
        return people_like(**{name: str(self.typed.get(name) or "").replace("\0", "").strip() for name in who})


@staff_page("bookings/booking/new/", name="bookings_booking_new", permission="bookings.add_booking")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_booking(request: HttpRequest) -> HttpResponseBase:
    desk = Desk(request)
    part = _PARTS.get(request.POST.get("part", ""))
    if part:
        return TemplateResponse(request, part, dict(_context(desk)))
    if desk.is_booking and (made := _made_before(desk) or _book(desk)):
        return _onwards(request, made)
    return office_page(request, "staff/bookings/new.html", _context(desk), title="New booking")


def _made_before(desk: Desk) -> Made | None:
    """The same form sent twice goes on to its booking, whatever could be said against booking that again."""
    key = _key(desk.typed.get("form_key"))
    booking = booked_with(staff=user_of(desk.request), form_key=key) if key else None
    return Made(booking, is_new=False) if booking else None


def _book(desk: Desk) -> Made | None:
    """None when it was refused: the form says why, and keeps what was typed."""
    form = desk.form
    if not form.is_valid():
        return None
    typed = form.cleaned_data
    offer: Offered = typed["session"]
    wish = Wish(
        staff=user_of(desk.request),
        form_key=typed["form_key"] or uuid.uuid4(),
        session_id=offer.session.pk,
        places=typed["places"],
        order=form.order(),
        customer_id=desk.customer.pk if desk.customer else None,
        organisation=typed["organisation"],
        notes=typed["notes"],
        exceed_because=typed.get("exceed_because", "") if typed.get("exceed") else "",
        sends_link=typed["sends_link"],
    )
    try:
        made = book_for_customer(wish=wish)
    except AddressTaken:
        form.add_error("email", "Somebody else has this address. Choose them above, or type another address")
    except BookingRefused as refusal:
        form.add_error("session", _sentence(refusal, may_exceed="exceed" in form.fields))
    else:
        return made
    return None


def _sentence(refusal: BookingRefused, *, may_exceed: bool) -> str:
    """What happened and what to do next."""
    if isinstance(refusal, NotEnoughPlaces):
        left = {0: "No places are left", 1: "Only 1 place is left"}.get(refusal.left, f"Only {refusal.left} are left")
        return f"{left}. Choose another session, or book fewer" + (", or go over capacity" if may_exceed else "")
    if isinstance(refusal, BookingClosed):
        return "This session has begun or was called off just now. Choose another one"
    return "The price changed just now. Look at the new one and tell them before you book"


def _onwards(request: HttpRequest, made: Made) -> HttpResponse:
    booking = made.booking
    if not booking.total:
        # Also for a form that was sent before: its process may have ended between making and confirming.
        with contextlib.suppress(PlacesGone):
            complete_free_order(booking_id=booking.pk)
        booking.refresh_from_db(fields=["status"])
    if not made.is_new:
        messages.info(request, f"This form was sent before. {booking.reference} is the booking it made.")
    elif made.link:
        until = clock.format_deadline(booking.lapses_at or booking.session.starts_at, seen_at=clock.now())
        messages.success(
            request,
            f"{booking.reference} is made, and a payment link for {format_money(booking.total)} is on its way to "
            f"{made.link.to_email}. The places are kept until {until}.",
        )
    elif booking.total:
        messages.success(request, f"{booking.reference} is made. No payment link was sent yet.")
    elif booking.status == Booking.Status.CONFIRMED:
        messages.success(request, f"{booking.reference} is booked. The course is free, so there is nothing to pay.")
    else:
        messages.warning(
            request, f"{booking.reference} is not booked: the course has begun or was called off just now."
        )
    return redirect("admin:bookings_booking_page", booking.pk)


def _context(desk: Desk) -> Mapping[str, Any]:
    form, policy = desk.form, selectors.current_policy()
    offer, places = form.chosen, form.places_so_far
    context: dict[str, Any] = {
        "form": form,
        "customer": desk.chosen,
        "courses": desk.courses,
        "people": desk.people(),
        "has_looked": bool(desk.typed),
        "groups": desk.groups,
        "chosen": offer,
        "places": places,
        "policy": policy,
        "is_cut": len(desk.offered) >= MOST_SESSIONS,
        "course": str(desk.typed.get("course", "")),
        "problems": problems_of(form) if form.is_bound else [],
    }
    return context | (_words(desk, offer, places) if offer else {})


def _words(desk: Desk, offer: Offered, places: int) -> dict[str, Any]:
    """What to tell who books: sum, until when the places are kept, and what can still be changed."""
    session, today = offer.session, clock.london_date(desk.now)
    policy, purpose = selectors.current_policy(), str(desk.form["purpose"].value() or "")
    is_known = purpose in Booking.Purpose.values
    mind = change_of_mind(
        purpose=Booking.Purpose(purpose) if is_known else None, starts_at=session.starts_at, today=today
    )
    return {
        "total": order_total(session.price, places),
        "beyond": max(places - offer.left, 0),
        "kept_until": link_hours_end(policy, begin=desk.now, starts_at=session.starts_at),
        "plans": plan_sentences(policy, session.starts_at, today, is_free=not session.price),
        "mind": mind if session.price else None,
    }


def _settled(posted: QueryDict) -> dict[str, Any]:
    """What was typed, after a press that chooses somebody or goes back to nobody.

    Other pages of the office post a name or an address alone: then everything else is as on a fresh page.
    """
    typed: dict[str, Any] = {
        name: kept(field.widget.value_from_datadict(posted, {}, name))
        for name, field in OfficeBookingForm.base_fields.items()
        if name in posted or "form_key" in posted
    }
    typed["course"] = kept(posted.get("course"))
    if "choose" in posted or "nobody" in posted:
        typed = {name: value for name, value in typed.items() if name not in _ABOUT_SOMEBODY}
        typed["customer"] = kept(posted.get("choose"))
    return typed


def _key(text: Any) -> UUID | None:
    try:
        return UUID(str(text or ""))
    except ValueError:
        return None
