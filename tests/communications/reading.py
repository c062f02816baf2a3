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
    reader = Reader()
    reader.feed(letter.html)
    assert (reader.open, reader.pictures) == ([], ["cid:mark@letter", "cid:beat@letter"])
    assert len(letter.subject) < 60
    return letter


class Reader(HTMLParser):
    """Fails on what a letter must not hold: scripts, remote things, tags that nobody closed.

    Collects what is read: `words`, without what stands in the frame for the eye alone.
    """

    VOID = frozenset({"meta", "br", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.pictures: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert tag not in {"script", "link", "iframe", "form", "object", "video"}
        assert tag != "table" or ("role", "presentation") in attrs
        assert not {name for name, _ in attrs if name.startswith("on")}
        assert not {"background", "srcset", "bgcolor", "align", "valign", "cellpadding"} & set(values)
        assert "url(" not in (values.get("style") or "")
        if tag == "img":
            assert (values.get("src") or "").startswith("cid:")
            assert values.get("alt") is not None
            self.pictures.append(values["src"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        assert "@import" not in data
        assert "url(" not in data
        if self.open and self.open[-1] not in {"style", "title"}:
            self.words += data.split()
