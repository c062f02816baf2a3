"""Texts that staff write, as HTML: headings, paragraphs, lists, emphasis and links, and nothing that could be a script.

HTML typed into such a text is shown as it was typed. Links lead to pages of ours, to websites, e-mail addresses and
telephone numbers; anything else that looks like a link stays words.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import override

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

# "//elsewhere" is another site, though it begins like a page of ours.
_KNOWN_PLACE = re.compile(r"https?://|mailto:|tel:|/(?!/)|#", re.IGNORECASE)
# The page's own title is the h1.
_FIRST_LEVEL = 2
_LAST_LEVEL = 4


class _Parser(MarkdownIt):
    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False})
        # Pictures would be fetched from elsewhere, and nothing here is a program's text.
        self.disable(["image", "html_block", "html_inline", "code", "fence", "backticks"])
        self.core.ruler.push("headings_in_order", _put_headings_in_order)

    @override
    def validateLink(self, url: str) -> bool:
        return _KNOWN_PLACE.match(url.strip()) is not None


@lru_cache(maxsize=64)
def as_html(text: str) -> SafeString:
    """The text as HTML. Its highest headings are h2 and no level is left out, however staff counted their signs."""
    return SafeString(_PARSER.render(text))


def _put_headings_in_order(state: StateCore) -> None:
    opening = [place for place, token in enumerate(state.tokens) if token.type == "heading_open"]
    levels = _levels([int(state.tokens[place].tag.removeprefix("h")) for place in opening])
    for place, level in zip(opening, levels, strict=True):
        # A heading is three tokens: its beginning, its words, its end.
        state.tokens[place].tag = state.tokens[place + 2].tag = f"h{level}"


def _levels(typed: Sequence[int]) -> list[int]:
    """Levels from h2 on: the highest typed becomes h2, and each is at most one below the one before it."""
    highest = min(typed, default=_FIRST_LEVEL)
    levels: list[int] = []
    for level in typed:
        deepest = levels[-1] + 1 if levels else _FIRST_LEVEL
        levels.append(min(_FIRST_LEVEL + level - highest, deepest, _LAST_LEVEL))
    return levels


_PARSER = _Parser()
