"""The system's Chromium. Playwright brings none of its own here."""

import shutil

from playwright.sync_api import Browser, BrowserType

CHROMIUM = shutil.which("chromium") or ""
MISSING = "Chromium is not on this machine (on Debian: apt-get install chromium)."
_FLAGS = [
    "--no-sandbox",  # as root there is none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(chromium: BrowserType, *flags: str) -> Browser:
    return chromium.launch(executable_path=CHROMIUM, args=[*_FLAGS, *flags])
