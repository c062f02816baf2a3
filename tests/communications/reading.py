"""Letters rendered and read, with what every one of them must keep to."""

from html.parser import HTMLParser

from communications import selectors
from communications.models import Message
from communications.rendering import Letter, render

# Where a secret address goes; its length is that of a real one.
LINK = "http://testserver/access/" + "s" * 43 + "/"


def written(message: Message | None, link: str = LINK) -> Letter:
    assert message is not None
    letter = render(selectors.with_subject(message.pk), link_url=link)
    assert max(len(line) for line in letter.text.splitlines() if "://" not in line) <= 72
    Reader().feed(letter.html)
    return letter


class Reader(HTMLParser):
    """Fails on what a letter must not hold: scripts, remote things, tags that nobody closed."""

    VOID = frozenset({"meta", "br", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "img", "link", "iframe", "form", "style"}
        assert tag != "table" or ("role", "presentation") in attrs
        assert not {name for name, _ in attrs if name.startswith("on")}
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
