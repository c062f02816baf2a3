"""Pieces of the lists of courses and dates that are quicker built in Python than in a template.

What comes back again and again on the busiest pages is built once: the same choices give the same options.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from django.template import Library
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from bookings.forms.filters import MOST_PEOPLE
from bookings.models import Venue
from bookings.views.availability import Availability
from bookings.views.listing import CourseRow
from config import pictures

register = Library()

_NOTHING = SafeString("")
_FULL_DAY_HOURS = 5
_MONTHS_A_YEAR = 12


class Lasting(Protocol):
    """A course, read whole or in part."""

    @property
    def days(self) -> int: ...
    @property
    def contact_hours(self) -> Decimal: ...


@register.simple_tag
def options(choices: Iterable[tuple[str, str]], selected: str) -> SafeString:
    """The options of a select, from pairs of value and label."""
    return _options(tuple(choices), selected)


@register.simple_tag
def grouped_options(groups: Iterable[tuple[str, Iterable[tuple[str, str]]]], selected: str) -> SafeString:
    """The options of a select, under headings."""
    return format_html_join(
        "", '<optgroup label="{}">{}</optgroup>', ((label, options(choices, selected)) for label, choices in groups)
    )


@register.simple_tag
def people_options(selected: int) -> SafeString:
    """From one person to as many as one booking takes."""
    return _options(_PEOPLE, str(selected))


@register.simple_tag
def places_tag(one: Availability) -> SafeString:
    """Whether there is room, in words with their tone and icon."""
    return _tag(one.tag, one.tone, one.icon)


@register.simple_tag
def access_facts(venue: Venue | None) -> SafeString:
    """What people need to know about access beside a date; what a venue lacks is said where it is chosen."""
    return _access(venue.step_free, venue.hearing_loop, venue.parking) if venue else _NOTHING


@register.simple_tag
def course_row(row: CourseRow, shows_vat: bool) -> SafeString:
    """A course in the catalogue, with its next dates."""
    return _course_row(row, shows_vat)


@register.filter
def course_length(course: Lasting) -> str:
    """ "3 days", "1 day"; what is over within half a day is told in hours."""
    if course.days > 1:
        return f"{course.days} days"
    return f"{course.contact_hours.normalize():f} hours" if course.contact_hours < _FULL_DAY_HOURS else "1 day"


@register.filter
def validity(months: int | None) -> str:
    """ "Lasts 3 years", "Lasts 18 months"; nothing for a course without a certificate."""
    if not months:
        return ""
    years, rest = divmod(months, _MONTHS_A_YEAR)
    if rest:
        return f"Lasts {months} months"
    return "Lasts 1 year" if years == 1 else f"Lasts {years} years"


@lru_cache(maxsize=256)
def _options(choices: tuple[tuple[str, str], ...], selected: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SafeString(" selected") if value == selected else "", label) for value, label in choices),
    )


@lru_cache(maxsize=512)
def _course_row(row: CourseRow, shows_vat: bool) -> SafeString:
    return render_to_string("bookings/course_row.html", {"row": row, "course": row.course, "shows_vat": shows_vat})


@lru_cache(maxsize=256)
def _tag(words: str, tone: str, icon: str) -> SafeString:
    return format_html('<span class="tag tag-{}">{}{}</span>', tone, pictures.ICONS[icon] if icon else "", words)


@lru_cache(maxsize=8)
def _access(step_free: bool, hearing_loop: bool, parking: bool) -> SafeString:
    facts = (
        ("wheelchair", "Step-free", step_free),
        ("ear", "Hearing loop", hearing_loop),
        ("car", "Parking", parking),
    )
    items = [(pictures.ICONS[icon], label) for icon, label, has in facts if has]
    return format_html('<ul class="facts">{}</ul>', format_html_join("", "<li>{}{}</li>", items)) if items else _NOTHING


_PEOPLE = tuple((str(number), str(number)) for number in range(1, MOST_PEOPLE + 1))
