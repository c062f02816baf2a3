"""The drawings of the site: icons, pictograms and the places meter, as inline vectors.

Design language, sections 2 and 4. Every picture stands beside words and is hidden from assistive technology. Colours
and strokes are the stylesheet's (static/css/site/35-tags.css). All are constants, made once: they are on the busiest
pages.
"""

from functools import lru_cache
from typing import Final

from django.utils.safestring import SafeString, mark_safe

# On a 24 grid; the stroke is 2 with round ends.
_ICONS: Final = {
    "alert": '<circle cx="12" cy="12" r="9"/><path d="M12 7v6m0 3.5v.5"/>',
    "badge": '<circle cx="12" cy="9" r="5.5"/><path d="M9 14v7l3-2 3 2v-7"/>',
    "bank": '<path d="M3 9.5 12 4l9 5.5zM5.5 10v8m4.3-8v8m4.4-8v8m4.3-8v8M3 20.5h18"/>',
    "bell": '<path d="M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21h4"/>',
    "building": '<path d="M5 21V4h9v17M14 9h5v12M3 21h18M8 8h3m-3 4h3m-3 4h3"/>',
    "calendar": '<rect x="3" y="5" width="18" height="16" rx="2"/><path d="M3 10h18M8 2v5m8-5v5"/>',
    "car": '<path d="M5 11 7 5.5h10l2 5.5M4 11h16l1 2.5V17H3v-3.5zM6 17v2.5m12-2.5v2.5M7 14h.5m9 0h.5"/>',
    "card": '<rect x="2.5" y="5" width="19" height="14" rx="2"/><path d="M2.5 10h19M6 15h4"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7"/>',
    "chevron-down": '<path d="m6 9 6 6 6-6"/>',
    "chevron-right": '<path d="m9 5 7 7-7 7"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "ear": '<path d="M7 9a5.5 5.5 0 0 1 11 0c0 4-4 4.5-4 8a3.5 3.5 0 0 1-6.5 1.5M10 9.5a2.5 2.5 0 0 1 '
    '5 0c0 1.5-2 2-2 3.5"/>',
    "file": '<path d="M14 3H6v18h12V7zM14 3v4h4M9 12h6m-6 4h6"/>',
    "gear": '<circle cx="12" cy="12" r="3.2"/><path d="M12 3v3m0 12v3M3 12h3m12 0h3M5.6 5.6l2.2 2.2m8.4 8.4 2.2 '
    '2.2M5.6 18.4l2.2-2.2m8.4-8.4 2.2-2.2"/>',
    "heart": '<path d="M12 20C6 15.5 3.5 12.5 3.5 9a4.5 4.5 0 0 1 8.5-2 4.5 4.5 0 0 1 8.5 2c0 3.5-2.5 6.5-8.5 11z"/>',
    "history": '<path d="M4 5v4h4M4.3 9a8.5 8.5 0 1 1-.7 5M12 8v4.5l3 2"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6m0-9.5v.5"/>',
    "list": '<path d="M9 6h11M9 12h11M9 18h11M4 6h.5M4 12h.5M4 18h.5"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "log-out": '<path d="M10 4H5v16h5M14 8l4 4-4 4M9 12h9"/>',
    "mail": '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m4 7 8 6 8-6"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "more": '<path d="M6 12h.01M12 12h.01M18 12h.01" stroke-width="3"/>',
    "note": '<path d="M4 4h16v10l-6 6H4zM14 20v-6h6M8 9h8m-8 4h3"/>',
    "people": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c.4-4 2.8-6 6.5-6s6.1 2 6.5 6M15.5 4.8a3.5 3.5 0 0 1 0 '
    '6.4M17.5 14.5c2.5.7 3.8 2.5 4 5.5"/>',
    "pen": '<path d="m4 20 1-4.5L16.5 4l3.5 3.5L8.5 19zM14 6.5l3.5 3.5"/>',
    "person": '<circle cx="12" cy="7.5" r="4"/><path d="M4.5 21c.5-5 3.5-7 7.5-7s7 2 7.5 7"/>',
    "phone": '<path d="M5 3h4l2 5-2.5 2a12 12 0 0 0 5.5 5.5l2-2.5 5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 '
    '2-2z"/>',
    "pin": '<path d="M12 21.5c4-4.5 7-8 7-11.5a7 7 0 0 0-14 0c0 3.5 3 7 7 11.5z"/><circle cx="12" cy="10" r="2.5"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 5 5"/>',
    "shield": '<path d="M12 3.5 4.5 6.5V12c0 4.5 3 7.5 7.5 9 4.5-1.5 7.5-4.5 7.5-9V6.5z"/>',
    "swap": '<path d="M7 5 3.5 8.5 7 12M3.5 8.5H17M17 12l3.5 3.5L17 19m3.5-3.5H7"/>',
    "tag": '<path d="M3.5 12V4H12l8.5 8.5-8 8zM8 8h.01"/>',
    "undo": '<path d="M4 4v5h5M4.5 9a8 8 0 1 1-.5 5"/>',
    "wheelchair": '<circle cx="11" cy="4" r="1.5"/><path d="M11 8v6h5l2.5 6H20M11 10.5h4M8.5 11.5a5 5 0 1 0 6 7"/>',
}

# On a 40 grid; strokes are 3. Named as bookings.models.Course.Family.
_TILES: Final = {
    "emergency": '<path d="M15.5 8.5h9v7h7v9h-7v7h-9v-7h-7v-9h7z" stroke-width="1"/>',
    "three-day": '<path d="M17 5.5h6v6h6v6h-6v6h-6v-6h-6v-6h6z" stroke-width="1"/>'
    '<path class="line" d="M9 32h4.5m4.2 0h4.6m4.2 0H31"/>',
    "requalification": '<path class="line" d="M7 18A13.5 13.5 0 0 1 30.5 11.5M33 22A13.5 13.5 0 0 1 9.5 28.5'
    'M31.5 5.5v6.5H25M8.5 34.5V28H15M20 14.5v11M14.5 20h11"/>',
    "paediatric": '<circle cx="20" cy="10" r="5" stroke="none"/>'
    '<path class="line" d="m9 16.5 6.5 4h9l6.5-4M17 21.5v5L14 34m9-12.5v5l3 7.5"/>'
    '<path d="M16.5 20.5h7v7h-7z"/>',
    "defibrillator": '<path d="M20 33C11 26.5 6.5 21.5 6.5 15.5 6.5 8.5 15.5 6 20 12.5 24.5 6 33.5 8.5 33.5 '
    '15.5 33.5 21.5 29 26.5 20 33z" stroke-width="1"/><path class="cut" d="m22 11-7 9.5h4L18 28l7.5-10h-4.5z" '
    'stroke-width="1"/>',
    "outdoor": '<path d="m4.5 32 11-18 6 9 3-4 11 13z" stroke-width="2"/><path class="line" d="M30 5.5v8M26 9.5h8"/>',
    "mental-health": '<path class="line" d="M6.5 7.5h27v20.5H20l-7 6v-6H6.5z"/>'
    '<path d="M20 24c-4-3-6-5-6-7.5 0-3 4-4 6-1 2-3 6-2 6 1 0 2.5-2 4.5-6 7.5z" stroke="none"/>',
}

# More places than this are drawn as ten ticks, a tenth each.
_MOST_TICKS: Final = 20
_TENTHS: Final = 10
_FEW: Final = 2
_PITCH: Final = 8


def _svg(name: str, *, box: str, width: int, height: int, drawing: str) -> SafeString:
    size = f'viewBox="{box}" width="{width}" height="{height}"'
    svg = f'<svg class="{name}" {size} aria-hidden="true">{drawing}</svg>'
    return mark_safe(svg)  # noqa: S308  (constants and numbers of this module)


ICONS: Final = {
    name: _svg("icon", box="0 0 24 24", width=24, height=24, drawing=drawing) for name, drawing in _ICONS.items()
}
TILES: Final = {
    family: _svg("tile", box="-10 -10 60 60", width=60, height=60, drawing=drawing)
    for family, drawing in _TILES.items()
}


@lru_cache(maxsize=1024)
def meter(left: int, capacity: int) -> SafeString:
    """One tick a place: short ones are taken, tall and coloured ones are free.

    More than 20 places are ten ticks, rounded so that "some left" and "some taken" never vanish.
    """
    left = min(max(left, 0), capacity)
    free, ticks = _rounded(left, capacity)
    paths = _ticks("taken", 0, ticks - free, top=11) + _ticks(
        "few" if left <= _FEW else "free", ticks - free, free, top=0
    )
    return _meter("meter", ticks, paths)


@lru_cache(maxsize=1024)
def office_meter(taken: int, capacity: int) -> SafeString:
    """The same the other way round, as the office looks for what is full: tall and coloured ones are taken.

    More people than places are all places and nothing more; the words beside it say how many.
    """
    full, ticks = _rounded(min(max(taken, 0), capacity), capacity)
    paths = _ticks("full", 0, full, top=0) + _ticks("open", full, ticks - full, top=11)
    return _meter("meter office-meter", ticks, paths)


def _rounded(some: int, capacity: int) -> tuple[int, int]:
    """How many of how many ticks."""
    if capacity <= _MOST_TICKS:
        return some, capacity
    most = _TENTHS if some == capacity else _TENTHS - 1
    return min(max(round(some * _TENTHS / capacity), 1 if some else 0), most), _TENTHS


def _meter(name: str, ticks: int, paths: str) -> SafeString:
    width = ticks * _PITCH - 3
    return _svg(name, box=f"0 0 {width} 20", width=width, height=20, drawing=paths)


def _ticks(name: str, first: int, count: int, *, top: int) -> str:
    """A stroke of 3 round a core 2 wide: 5 wide with round corners of 1.5."""
    if not count:
        return ""
    one = f"h2v{17 - top}h-2z"
    moves = f"m{_PITCH} 0".join([one] * count)
    return f'<path class="{name}" d="M{first * _PITCH + 1.5:g} {top + 1.5:g}{moves}"/>'
