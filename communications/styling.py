"""How letters look: styles for each part, in the colours of the pages (static/css/site/00-tokens.css).

Mail programs read styles on the elements themselves and little else, so each part's is written here once and put where
it is used. Sizes are pixels: nothing inherits reliably. Dark colours can only be set by a style sheet; programs without
one show the light letter, or darken it their own way.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString

_FONT = "font-family:'Segoe UI',system-ui,-apple-system,Roboto,Arial,sans-serif"
_TEXT = "font-size:17px;line-height:1.5"
_RULE = "border-bottom:1px solid {hairline}"

# Part: its style; names in braces are tokens.
_PARTS = {
    "page": "margin:0;padding:0;background-color:{raised}",
    "preview": "display:none;max-height:0;overflow:hidden",
    "outer": "width:100%;border-collapse:collapse;background-color:{raised}",
    "outer_cell": "padding:24px 0",
    "sheet": "width:100%;max-width:600px;margin:0 auto;border-collapse:collapse;background-color:{page};" + _FONT,
    "masthead": "padding:20px 36px;font-size:19px;line-height:40px;font-weight:700;color:{ink}",
    "mark": "display:inline-block;vertical-align:middle;margin-right:12px;border:0",
    "banner": "padding:28px 36px 0;background-color:{moor};color:{on-moor}",
    "h1": "margin:0;font-size:30px;line-height:1.15;font-weight:700;color:{on-moor}",
    "lead": f"margin:10px 0 0;{_TEXT};color:{{lead-on-moor}}",
    "reference": "margin:18px 0 0;border-collapse:separate;border-radius:8px;background-color:{hivis}",
    "reference_cell": "padding:8px 14px;font-size:15px;line-height:1.4;color:{on-hivis}",
    "reference_number": "display:block;font-size:22px;line-height:1.25;letter-spacing:0.02em",
    "beat_cell": "padding:24px 36px 0;background-color:{moor};font-size:0;line-height:0",
    "beat": "display:block;width:100%;height:auto;border:0",
    "body": f"padding:28px 36px 12px;{_TEXT};color:{{ink}}",
    "rows": "width:100%;border-collapse:collapse;margin:0 0 24px",
    "key": f"width:126px;padding:12px 12px 12px 0;{_RULE};{_TEXT};font-weight:700;vertical-align:top;color:{{ink}}",
    "value": f"padding:12px 0;{_RULE};{_TEXT};vertical-align:top;color:{{ink}};overflow-wrap:anywhere",
    "amount": f"padding:12px 0 12px 16px;{_RULE};{_TEXT};vertical-align:top;text-align:right;white-space:nowrap;"
    "color:{ink}",
    "p": f"margin:0 0 12px;{_TEXT};color:{{ink}}",
    "h2": "margin:28px 0 10px;font-size:20px;line-height:1.3;font-weight:700;color:{ink}",
    "link": "color:{link}",
    "button": "margin:0 0 16px;border-collapse:separate;border-radius:8px;background-color:{beacon}",
    "button_cell": "border-radius:8px",
    "button_link": f"display:inline-block;padding:14px 24px;{_TEXT};font-weight:700;text-decoration:none;"
    "color:{on-beacon}",
    "foot": "padding:24px 36px;background-color:{panel};font-size:15px;line-height:1.5;color:{muted}",
    "foot_p": "margin:0 0 8px;font-size:15px;line-height:1.5;color:{muted}",
}

# Classes that templates put on the parts, and what dark does to them.
_DARK = {
    "page": "background-color:{page}",
    "sheet": "background-color:{panel}",
    "moor": "background-color:{moor}",
    "ink": "color:{ink}",
    "rule": "border-bottom-color:{hairline}",
    "link": "color:{link}",
    "button": "background-color:{beacon}",
    "on-button": "color:{on-beacon}",
    "foot": "background-color:{raised}",
    "muted": "color:{muted}",
}
_PHONE = ".pad{padding-left:20px!important;padding-right:20px!important}.key{width:92px!important}"

_TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6});")


@dataclass(frozen=True)
class Styles:
    """`parts`: the style of each part. `sheet`: the style sheet for phones and for dark."""

    parts: Mapping[str, SafeString]
    sheet: SafeString


@lru_cache(maxsize=1)
def styles() -> Styles:
    """Read once a process. Raises FileNotFoundError or KeyError when the tokens are not what is written here."""
    path = finders.find("css/site/00-tokens.css")
    if path is None:
        raise FileNotFoundError("static/css/site/00-tokens.css is missing.")
    light_text, _, dark_text = Path(path).read_text(encoding="utf-8").partition("@media (prefers-color-scheme: dark)")
    light = dict(_TOKEN.findall(light_text))
    dark = light | dict(_TOKEN.findall(dark_text))
    rules = "".join(f".{name}{{{_important(style, dark)}}}" for name, style in _DARK.items())
    sheet = (
        ":root{color-scheme:light dark}"
        f"@media (max-width:480px){{{_PHONE}}}"
        f"@media (prefers-color-scheme:dark){{{rules}}}"
    )
    # Nothing in them was typed by anybody outside this repository.
    parts = {name: SafeString(style.format_map(light)) for name, style in _PARTS.items()}
    return Styles(parts, SafeString(sheet))


def _important(style: str, tokens: Mapping[str, str]) -> str:
    """The styles on the elements would win otherwise."""
    return ";".join(f"{rule}!important" for rule in style.format_map(tokens).split(";"))
