"""Whether what people read is in plain words: the rules of the design language, section 10, that a machine can tell."""

import re
from html.parser import HTMLParser

# What customers are never told, with what would be said instead in the design.
_NEVER = (
    r"!",
    r"\b(?:attendee|delegate)s?\b",
    r"\bwaitlist",
    r"\be-mail",
    r"\bsuffer(?:s|ing)? from\b",
    r"\bspecial needs\b",
    r"\binvalid\b",
    r"\brequired field\b",
    r"\boops\b",
    r"\bclick here\b",
    # Days by numbers alone, and times that are no English ones.
    r"\b\d{1,2}/\d{1,2}/\d{2,4}\b",
    r"\b\d{1,2}:00 ?[ap]m\b",
    r"\b[01]\d:\d\d\b",
    # A minus is no hyphen.
    r"(?<!\w)-£",
)
_NOT_ON_BUTTONS = frozenset({"submit", "ok", "next", "click here", "yes", "no"})
_UNREAD = frozenset({"script", "style"})
_READ_ALOUD = ("alt", "aria-label", "placeholder", "title")


class _Reader(HTMLParser):
    """Collects what is read, and what stands on each button."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.buttons: list[str] = []
        self._unread = self._on_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread = tag in _UNREAD
        self.words += [value for name, value in attrs if name in _READ_ALOUD and value]
        if tag == "button":
            self._on_button = True
            self.buttons.append("")

    def handle_endtag(self, tag: str) -> None:
        self._unread = False
        self._on_button = self._on_button and tag != "button"

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        self.words.append(data)
        if self._on_button:
            self.buttons[-1] += data


def unplain_words(html: str) -> list[str]:
    """What should not stand there, each with the words around it."""
    reader = _Reader()
    reader.feed(html)
    read = " ".join(" ".join(reader.words).split())
    found = [
        read[max(match.start() - 30, 0) : match.end() + 30]
        for rule in _NEVER
        for match in re.finditer(rule, read, re.IGNORECASE)
    ]
    return found + [button for button in reader.buttons if button.strip().lower() in _NOT_ON_BUTTONS]
