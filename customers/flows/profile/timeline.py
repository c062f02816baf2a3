"""What happened, newest first: by London day, with who did it and a link to what it was about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import QuerySet
from django.urls import NoReverseMatch

from bookings.selectors import about_needs
from config.kernel import clock
from customers.flows.profile.addresses import office_address
from customers.flows.profile.sight import Sight
from customers.flows.profile.slices import Slice, slice_of
from customers.models import Activity, Note, User
from customers.selectors import for_customer

# By the first word of an activity's kind ("payment_succeeded").
ICONS: Mapping[str, str] = {
    "attendance": "check",
    "booking": "calendar",
    "card": "card",
    "confirmation": "mail",
    "details": "pen",
    "discrepancy": "bank",
    "letter": "mail",
    "link": "lock",
    "membership": "building",
    "message": "mail",
    "needs": "heart",
    "note": "note",
    "order": "calendar",
    "paper": "file",
    "payment": "card",
    "refund": "undo",
    "requirement": "heart",
    "rights": "lock",
    "second": "lock",
    "session": "calendar",
    "sign": "person",
    "signed": "person",
    "tags": "tag",
}
OTHER_ICON = "info"

# The page of each kind of subject, and the part of the page (sight) whose readers may go there.
_PAGES: Mapping[str, tuple[str, str]] = {
    "booking": ("bookings_booking_page", "bookings"),
    "session": ("bookings_coursesession_page", "bookings"),
    "payment": ("payments_payment_page", "payments"),
    "invoice": ("invoicing_invoice_change", "invoices"),
    "message": ("communications_message_page", "messages"),
    "note": ("customers_note_edit", "notes"),
    "specialrequirement": ("bookings_specialrequirement_page", "requirement_pages"),
}
# What is left of a note's words here; the whole of it is one press away.
_WORDS_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Line:
    icon: str
    summary: str
    words: str
    """Of the note that the line is about, as it says now."""
    actor: str
    time: str
    address: str


@dataclass(frozen=True, slots=True)
class Day:
    name: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Timeline:
    days: list[Day]
    slice: Slice[Activity]


def timeline(user: User, *, sight: Sight, before: str) -> Timeline:
    """One page of it: two queries, of which one is for the words of notes."""
    found = slice_of(lines_seen(for_customer(user).activities, sight), by="occurred_at", before=before)
    notes = _words_of_notes(found.rows) if sight.notes else {}
    days = groupby(found.rows, key=lambda activity: clock.london_date(activity.occurred_at))
    return Timeline(
        [Day(_day_name(day), [_line(each, notes, sight) for each in of_day]) for day, of_day in days], found
    )


def lines_seen(activities: QuerySet[Activity], sight: Sight) -> QuerySet[Activity]:
    """Without what tells that somebody needs something, for who may not know."""
    return activities if sight.requirements else activities.exclude(about_needs())


def _line(activity: Activity, notes: Mapping[str, str], sight: Sight) -> Line:
    return Line(
        icon=ICONS.get(activity.kind.partition("_")[0], OTHER_ICON),
        summary=activity.summary,
        words=notes.get(activity.subject_key, "") if activity.subject_kind == "note" else "",
        actor=actor_words(activity),
        time=clock.format_time(activity.occurred_at),
        address=_address(activity, sight),
    )


def actor_words(activity: Activity) -> str:
    """ "By Jas Bains", "By the customer", "Automatically"."""
    if activity.actor_kind == "staff":
        return f"By {activity.actor_label}"
    return {"customer": "By the customer", "stripe": "Told by Stripe"}.get(activity.actor_kind, "Automatically")


def _address(activity: Activity, sight: Sight) -> str:
    page, part = _PAGES.get(activity.subject_kind, ("", ""))
    if not page or not getattr(sight, part):
        return ""
    try:
        return office_address(page, activity.subject_key)
    except NoReverseMatch:
        # A timeline is kept for years and taken over from elsewhere: a key may be none of ours.
        return ""


def _words_of_notes(activities: Iterable[Activity]) -> dict[str, str]:
    keys = {activity.subject_key for activity in activities if activity.subject_kind == "note"}
    found = Note.objects.filter(pk__in=[int(key) for key in keys if key.isdecimal()]).values_list("pk", "body")
    return {str(key): body if len(body) <= _WORDS_SHOWN else f"{body[:_WORDS_SHOWN].rstrip()}…" for key, body in found}


def _day_name(day: date) -> str:
    today = clock.london_today()
    if day == today:
        return "Today"
    name = clock.format_date(day)
    return name.removesuffix(f" {day.year}") if day.year == today.year else name
