"""What there is to see on a page, looked at once: light and dark, on a phone and a desk, narrow and enlarged."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from tests.browser.walking import WIDTHS, Walk
from tests.system.servers import CHECKOUT

AXE = CHECKOUT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROWEST = 320
"""What 1280 pixels are at 400 % (WCAG 1.4.10)."""

# What shall have the focus at once gets it when the page is first drawn.
_DRAWN = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null))))"
_RUN_AXE = """async ([tags, preload]) => {
  // What stands in the frames is Stripe's.
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"], iframes: false, preload});
  return found.violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html} (${node.failureSummary})`));
}"""


@dataclass
class Load:
    """What came over the wire for one page, nothing of it from a cache."""

    kinds: Counter[str] = field(default_factory=Counter)
    """How many of each of Chromium's resource types."""
    size: int = 0
    """Bytes with headers."""


@dataclass(frozen=True)
class Seen:
    status: int
    headings: list[str]
    language: str
    title: str
    focus: str
    """As Walk.focus_at."""
    headers: dict[str, str]
    violations: list[str]
    """Of the content policy."""
    said: list[str]
    """On the console."""
    load: Load
    html: str
    axe: dict[str, list[str]]
    """What axe found, by scheme and width."""
    sticking_out: dict[str, list[str]]
    """What makes the page scroll sideways, by width and size of the text."""


def run_axe(page: Page, *, preload: bool = True) -> list[str]:
    """What axe, which the page has loaded already, finds on it as it stands.

    It reads stylesheets beforehand for one rule alone, about turning a telephone. It can't read those that another one
    imports without breaking the content policy, so the office does without.
    """
    return list(page.evaluate(_RUN_AXE, [RULES, preload]))


class Counting:
    """Counts what each page brings. Begin before the page is opened."""

    def __init__(self, walk: Walk) -> None:
        self.load = Load()
        self._wire = walk.page.context.new_cdp_session(walk.page)
        self._wire.send("Network.enable")
        self._wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self._wire.on("Network.requestWillBeSent", self._asked)
        self._wire.on("Network.loadingFinished", self._came)

    def _asked(self, event: dict[str, Any]) -> None:
        if event["type"] == "Document" and event["requestId"] == event.get("loaderId"):
            self.load = Load()
        self.load.kinds[event["type"]] += 1

    def _came(self, event: dict[str, Any]) -> None:
        self.load.size += int(event["encodedDataLength"])


def see(walk: Walk, counting: Counting) -> Seen:
    """Looks at the page that the walk has come to. Afterwards its text is twice as large."""
    page = walk.page
    page.evaluate("document.fonts.ready.then(() => null)")
    page.evaluate(_DRAWN)
    before = {
        "status": walk.status,
        "headings": walk.headings,
        "headers": walk.headers,
        "language": page.evaluate("document.documentElement.lang"),
        "title": page.title(),
        "focus": walk.focus_at,
        "load": counting.load,
        "html": walk.document,
    }
    page.evaluate(AXE.read_text())
    axe = {}
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            axe[f"{scheme}, {width}"] = run_axe(page)
    sticking_out = {}
    for text, widths in (("100 %", [NARROWEST]), ("200 %", list(WIDTHS))):
        page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", text.replace(" ", ""))
        for width in widths:
            page.set_viewport_size({"width": width, "height": WIDTHS.get(width, 640)})
            sticking_out[f"{width}, {text}"] = walk.sticking_out()
    return Seen(**before, axe=axe, sticking_out=sticking_out, said=list(walk.said), violations=walk.violations())
