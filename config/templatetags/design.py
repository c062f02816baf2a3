"""The pictures and small signs of the design in templates: `{% load design %}`.

Each is a constant or nearly so, cheap enough for a page of a hundred dates.
"""

from datetime import datetime
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template import Library
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from config import pictures
from config.kernel import clock

register = Library()

_LINKED = frozenset({"/", "/help/", "/my/"})


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "check" %}`. Words say the same beside it. Raises KeyError for a picture that does not exist."""
    return pictures.ICONS[name]


@register.simple_tag
def tile(family: str) -> SafeString:
    """`{% tile course.family %}`: the pictogram of a family of courses; the plain cross for one that has none."""
    return pictures.TILES.get(family, pictures.TILES["emergency"])


@register.simple_tag
def meter(left: int, capacity: int) -> SafeString:
    """`{% meter left=offer.left capacity=session.capacity %}`. The tag beside it is what is read out."""
    return pictures.meter(left, capacity)


@register.simple_tag
def date_block(instant: datetime, muted: bool = False) -> SafeString:
    """`{% date_block session.starts_at %}`: weekday, day and month in London; grey if it can't be booked.

    It repeats the full date in the words beside it, so it is hidden from assistive technology.
    """
    day = clock.london_date(instant)
    return format_html(
        '<span class="date-block{}" aria-hidden="true"><span>{}</span><b>{}</b><span>{}</span></span>',
        " is-muted" if muted else "",
        f"{day:%a}",
        day.day,
        f"{day:%b}",
    )


@register.simple_tag
def site_nav(path: str) -> SafeString:
    """`{% site_nav request.path %}`: the links in the head, the one for this page marked; none on an error page."""
    below_courses = "/courses/" if path.startswith("/courses/") else ""
    return _constant("components/site_nav.html", path if path in _LINKED else below_courses)


@register.simple_tag
def mark() -> SafeString:
    """`{% mark %}`: the mark of the brand, drawn into the page from its one file. Raises FileNotFoundError."""
    return _mark()


@register.simple_tag
def footer_links() -> SafeString:
    """The links in the foot."""
    return _constant("components/footer_links.html", "")


@cache
def _constant(name: str, here: str) -> SafeString:
    """What looks the same on every page is made once a process, not with every page."""
    return render_to_string(name, {"here": here})


@cache
def _mark() -> SafeString:
    found = finders.find("img/mark.svg")
    if found is None:
        raise FileNotFoundError("static/img/mark.svg is missing.")
    drawing = Path(found).read_text(encoding="utf-8").strip()
    drawing = drawing.replace("<svg ", '<svg class="mark" width="40" height="40" aria-hidden="true" ', 1)
    return mark_safe(drawing)  # noqa: S308  (a file of our own)
