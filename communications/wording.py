"""Words of letters: safe names, short dates, lists, and plain text in lines of 72 (design language, section 8)."""

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from datetime import date

from config.kernel import clock
from config.kernel.characters import DIRECTION_CONTROLS

TEXT_WIDTH = 72
# Longer subjects are cut off in lists of letters, and not between words.
SUBJECT_LENGTH = 59
NAME_LENGTH = 100

_BREAKS = re.compile(r"\n{3,}")
# Programs that look for addresses take the full stops, colons, slashes and at signs of other scripts for ours.
_SIGNS = re.compile("[/\\\\@<>\uff0f\uff3c\uff20\ufe6b\u2044\u2215]")
_STOPS = re.compile("([.:\u3002\uff0e\uff61\u2024\uff1a])(?=\\S)")


def one_line(text: str) -> str:
    """`text` on one line, without control characters and direction marks: fit for a header."""
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text if c not in DIRECTION_CONTROLS)
    return " ".join("".join(kept).split())


def plain_name(name: str) -> str:
    """A name as typed, so that it can only ever be a name.

    Anybody can have us write to a stranger by typing a name and an address. Mail programs make links of what looks like
    an address, so whatever makes one out of a name is taken away: slashes, at signs, and full stops inside words.
    """
    return one_line(_STOPS.sub(r"\1 ", _SIGNS.sub(" ", one_line(name))))[:NAME_LENGTH].strip()


def short_dates(first: date, last: date) -> str:
    """ "Thu 3 December" or "14 to 16 December", for subjects: the year only where it is needed to understand."""
    whole = clock.format_date_range(first, last)
    if first.year != last.year:
        return whole
    without_year = whole.removesuffix(f" {last.year}")
    weekday, space, rest = without_year.partition(" ")
    return f"{weekday[:3]}{space}{rest}" if first == last else without_year


def shortened(text: str, length: int) -> str:
    """`text` in at most so many characters, cut between words."""
    return textwrap.shorten(text, length, placeholder="…") if len(text) > length else text


def listed(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def wrap(text: str) -> str:
    """Plain text with lines of at most 72 characters (an address is never broken) and single empty lines between."""
    lines = (_wrap_line(line.strip()) for line in text.strip().splitlines())
    return _BREAKS.sub("\n\n", "\n".join(lines)) + "\n"


def _wrap_line(line: str) -> str:
    return textwrap.fill(line, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
