"""The customer page as a whole: read in so many queries, whoever it is, and only the tab that is looked at in full."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from communications.selectors import for_customer as messages_of
from customers.flows.profile import aside, header, lists
from customers.flows.profile.sight import Sight, Tab
from customers.flows.profile.timeline import Timeline, lines_seen, timeline
from customers.models import User
from customers.selectors import CustomerRecord, for_customer
from invoicing.selectors import for_customer as invoices_of
from payments.selectors import for_customer as payments_of

LABELS = {
    Tab.TIMELINE: "Timeline",
    Tab.BOOKINGS: "Bookings",
    Tab.PAYMENTS: "Payments",
    Tab.INVOICES: "Invoices",
    Tab.MESSAGES: "Messages",
}


@dataclass(frozen=True, slots=True)
class TabLink:
    tab: Tab
    label: str
    count: int
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Which bookings are listed: one of these links."""

    show: str
    label: str
    count: int
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Profile:
    user: User
    tags: list[str]
    derived_tags: list[str]
    figures: list[header.Figure]
    lookalikes: list[header.Lookalike]
    tabs: list[TabLink]
    tab: Tab | None
    timeline: Timeline | None
    rows: lists.Rows | None
    show: str
    choices: list[Choice]
    coming: list[aside.Coming]
    notes: list[aside.ShownNote]
    has_more_notes: bool
    requirements: list[aside.OnRecord]
    organisations: list[aside.At]
    facts: list[aside.Fact]
    consents: list[aside.Fact]


def profile(*, key: UUID, sight: Sight, tab: str, show: str, before: str, now: datetime) -> Profile | None:
    """The page of one person for who sees so much; None when there is nobody with this key.

    `tab`, `show` and `before` come from an address: what can't be made out is the first tab, all and the beginning.
    """
    user = User.objects.filter(pk=key).first()
    if user is None:
        return None
    record = for_customer(user)
    stored = record.statistics or header.no_figures()
    counts = header.booking_counts(user, now) if sight.bookings else None
    tabs = list(sight.tabs())
    chosen = next((one for one in tabs if one == tab), tabs[0] if tabs else None)
    notes = aside.notes_of(record) if sight.notes else []
    choices = _choices(counts, show) if counts and chosen == Tab.BOOKINGS else []
    return Profile(
        user=user,
        tags=[tag.name for tag in user.tags.all()],
        derived_tags=header.derived_tags(stored),
        figures=header.figures_of(stored, counts, sees_money=sight.payments),
        lookalikes=header.lookalikes(user),
        tabs=[TabLink(one, LABELS[one], _count(one, record, counts, user, sight), one == chosen) for one in tabs],
        tab=chosen,
        timeline=timeline(user, sight=sight, before=before) if chosen == Tab.TIMELINE else None,
        rows=_rows(chosen, user, show=show, before=before, now=now),
        show=next((choice.show for choice in choices if choice.is_shown), ""),
        choices=choices,
        coming=aside.coming_up(user, now) if sight.bookings else [],
        notes=notes[: aside.NOTES_SHOWN],
        has_more_notes=len(notes) > aside.NOTES_SHOWN,
        requirements=aside.requirements_on_record(user, sight) if sight.requirements else [],
        organisations=aside.organisations_of(record),
        facts=aside.facts_of(user),
        consents=aside.consents_of(user),
    )


def _rows(tab: Tab | None, user: User, *, show: str, before: str, now: datetime) -> lists.Rows | None:
    match tab:
        case Tab.BOOKINGS:
            return lists.booking_rows(user, show=show, before=before, now=now)
        case Tab.PAYMENTS:
            return lists.payment_rows(user, before=before)
        case Tab.INVOICES:
            return lists.invoice_rows(user, before=before)
        case Tab.MESSAGES:
            return lists.message_rows(user, before=before)
    return None


def _count(tab: Tab, record: CustomerRecord, counts: header.BookingCounts | None, user: User, sight: Sight) -> int:
    match tab:
        case Tab.BOOKINGS:
            return counts.all if counts else 0
        case Tab.PAYMENTS:
            return payments_of(user).count()
        case Tab.INVOICES:
            return invoices_of(user).count()
        case Tab.MESSAGES:
            return messages_of(user).count()
    return lines_seen(record.activities, sight).count()


def _choices(counts: header.BookingCounts, show: str) -> list[Choice]:
    choices = {
        "": ("All", counts.all),
        "counted": ("Booked or waiting", counts.counted),
        "coming": ("Coming up", counts.coming),
        "cancelled": ("Cancelled", counts.cancelled),
    }
    shown = show if show in choices else ""
    return [Choice(key, label, count, key == shown) for key, (label, count) in choices.items()]
