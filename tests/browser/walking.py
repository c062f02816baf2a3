"""A person in front of a browser with nothing but a keyboard."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, Response

from tests.system.visitor import Visitor

WIDTHS = {390: 844, 1280: 900}
"""Of a phone and of a desk, with the height that goes with each, in CSS pixels."""
PATIENCE_MS = 60_000
"""After which a wait is a failure; nothing is measured by it."""
FOCUS_SECONDS = 5.0
"""After which the focus is where it will stay."""
SUMMARY = "div.error-summary"
"""Where the focus is when something is wrong with what was typed."""
MOST_TABS = 250
"""On no page is anything further away than this."""

_FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return "";
  const words = (node) => node.textContent.replace(/\\s+/g, " ").trim();
  if (element.ariaLabel) return element.ariaLabel;
  return element.labels?.length ? words(element.labels[0]) : words(element);
}"""
_FOCUS_AT = """() => {
  const {localName, id, classList} = document.activeElement;
  return localName + (id ? `#${id}` : "") + (classList.length ? `.${classList[0]}` : "");
}"""
_STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  const sticksOut = (element) => element.getBoundingClientRect().right > width;
  const all = [...document.body.querySelectorAll("*")].filter(sticksOut);
  const innermost = all.filter((element) => ![...element.children].some(sticksOut));
  return innermost.map((element) => element.outerHTML.slice(0, 200));
}"""
# Somebody was in a field before the page, still loading, could lead there: theirs it stays, as it should.
_WAS_QUICKER = "Autofocus processing was blocked because a document already has a focused element."
_VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", ({effectiveDirective, blockedURI, disposition}) => {
  window.violations.push(`${disposition}: ${effectiveDirective} ${blockedURI}`);
});
"""


@dataclass
class Walk:
    """One person's browser on one site. Pages are left only by keys; `open` is the address bar."""

    page: Page
    site: str
    has_script: bool
    said: list[str] = field(default_factory=list)
    """What stood on the console."""
    answer: Response | None = None
    """What the server sent of the page that is shown."""

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.site + path)

    def take_over(self, visitor: Visitor) -> None:
        """Goes on in this browser as who was at the site over HTTP."""
        host = urlsplit(self.site).hostname or ""
        cookies = visitor.cookies.items()
        self.page.context.add_cookies(
            [{"name": name, "value": value, "domain": host, "path": path} for (name, path), value in cookies]
        )

    @property
    def status(self) -> int:
        assert self.answer is not None
        return self.answer.status

    @property
    def headers(self) -> dict[str, str]:
        assert self.answer is not None
        return self.answer.headers

    @property
    def document(self) -> str:
        """The page's HTML as it was sent."""
        assert self.answer is not None
        return self.answer.text()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.site)

    @property
    def headings(self) -> list[str]:
        """Every h1."""
        return [text.strip() for text in self.page.locator("h1").all_inner_texts()]

    @property
    def focused(self) -> str:
        """The name of what has the focus, as its label, its aria-label or its words; empty where nothing has it."""
        frame = self.page.main_frame
        while (inside := self._frame_in_focus(frame)) is not None:
            frame = inside
        return str(frame.evaluate(_FOCUSED))

    @property
    def focus_at(self) -> str:
        """Tag, id and first class of what has the focus: "div.error-summary"; "body" where nothing has it."""
        return str(self.page.evaluate(_FOCUS_AT))

    def violations(self) -> list[str]:
        """What the page's content policy refused, or would have refused, since the page was opened."""
        return list(self.page.evaluate("window.violations ?? []"))

    def sticking_out(self) -> list[str]:
        """What makes the page scroll sideways."""
        return list(self.page.evaluate(_STICKING_OUT))

    def tab_to(self, *names: str) -> None:
        """Tab until something with this name has the focus; the first of several names that comes."""
        passed = []
        for _ in range(MOST_TABS):
            passed.append(self.focused)
            if passed[-1] in names:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab leads to none of {names} on {self.path}, only to {sorted(set(passed))}.")

    def type_into(self, label: str, text: str) -> None:
        """Whatever stood there is replaced."""
        self.tab_to(label)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def tick(self, *labels: str) -> None:
        self.tab_to(*labels)
        self.page.keyboard.press("Space")

    def choose(self, label: str) -> None:
        """One of a group of radio buttons: Tab leads to the group, arrows to the button, and Space takes it."""
        for _ in range(MOST_TABS):
            if self.focused == label:
                self.page.keyboard.press("Space")
                return
            is_radio = self.page.evaluate("document.activeElement.type === 'radio'")
            self.page.keyboard.press("ArrowDown" if is_radio else "Tab")
        raise AssertionError(f"No key leads to {label} on {self.path}.")

    def press(self, *names: str, leads_to: str = "**") -> None:
        """Enter on a link or a button; returns when the page it leads to, perhaps by way of others, is there."""
        self.tab_to(*names)
        with self.page.expect_navigation(url=leads_to, timeout=PATIENCE_MS):
            self.page.keyboard.press("Enter")

    def stays(self) -> None:
        """From here on `has_stayed` tells whether the page was changed in its place or left for another."""
        self.page.evaluate("window.stays = true")

    @property
    def has_stayed(self) -> bool:
        return bool(self.page.evaluate("window.stays === true"))

    def arrives(self, h1: str, *, at: str = "body", status: int = 200, is_error: bool = False) -> None:
        """That this is the page, with the focus where it was promised, and "Error:" before its title or not."""
        self._wait_for(lambda: self.focus_at == at)
        assert (self.status, self.headings, self.focus_at) == (status, [h1], at), self.path
        assert self.page.title().startswith("Error: ") == (is_error or at == SUMMARY), self.page.title()
        assert (self.violations(), self.sticking_out()) == ([], [])

    def has_words(self, words: str) -> None:
        """That they can be read somewhere in the page's own part."""
        shown = " ".join(self.page.locator("main").inner_text().split())
        assert words in shown, shown

    def focus_moves_to(self, name: str) -> None:
        """What was pressed led there."""
        self._wait_for(lambda: self.focused == name)
        assert self.focused == name

    def _wait_for(self, happened: Callable[[], bool]) -> None:
        """Returns when it has happened, or after a while: a browser moves the focus when it draws, after loading."""
        deadline = time.monotonic() + FOCUS_SECONDS
        while not happened() and time.monotonic() < deadline:
            self.page.wait_for_timeout(20)

    def _frame_in_focus(self, frame: Frame) -> Frame | None:
        if not frame.evaluate("document.activeElement instanceof HTMLIFrameElement"):
            return None
        element = frame.evaluate_handle("document.activeElement").as_element()
        return element.content_frame() if element else None

    def hear(self, message: ConsoleMessage) -> None:
        if message.text == _WAS_QUICKER:
            return
        # That a page answered with 404 or 503 is asserted where it is expected; what Stripe answers its own script with
        # is Stripe's.
        address = str(message.location.get("url"))
        is_answer = "the server responded with a status" in message.text
        if not (is_answer and (address == self.page.url or not address.startswith(self.site))):
            self.said.append(message.text)

    def note(self, response: Response) -> None:
        """A page that the browser went to, or that a script put in the place of the one before."""
        request = response.request
        is_page = request.is_navigation_request() and response.frame == self.page.main_frame
        in_place = request.resource_type == "fetch" and response.headers.get("content-type", "").startswith("text/html")
        if is_page or in_place:
            self.answer = response


@contextmanager
def open_walk(
    browser: Browser, site: str, *, width: int = 390, has_script: bool = True, scheme: str = "light"
) -> Iterator[Walk]:
    """A browser of that width that has never been here. Nothing moves in it, and nothing may be said on its console."""
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        java_script_enabled=has_script,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/London",
    )
    context.add_init_script(_VIOLATIONS)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    walk = Walk(page, site, has_script)
    page.on("console", walk.hear)
    page.on("pageerror", lambda error: walk.said.append(str(error)))
    page.on("response", walk.note)
    try:
        yield walk
        assert walk.said == [], walk.said
    finally:
        context.close()
