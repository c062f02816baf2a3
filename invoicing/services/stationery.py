"""What all papers share: their style, with the brand's colours and pictures in it, and the name beside the mark."""

import base64
import re
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from config.brand import BRAND

_COLOUR = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6});")
_VARIABLE = re.compile(r"var\(--([a-z-]+)\)")


@lru_cache(maxsize=8)
def style(sheet: str) -> str:
    """The CSS of one kind of paper; `sheet` is the template with its own part ("pdf/invoice.css").

    Read once a process. Variables are put in here, since WeasyPrint works each out anew for every element of every
    paper. Raises FileNotFoundError or KeyError when the brand lacks a part that the papers name.
    """
    colours, _, _ = _static_path("css/site/00-tokens.css").read_text(encoding="utf-8").partition("@media")
    values = dict(_COLOUR.findall(colours))
    values |= {"mark": _data_address("img/mark.svg"), "beat": _data_address("img/beat-on-paper.svg")}
    css = render_to_string("pdf/paper.css") + render_to_string(sheet)
    return _VARIABLE.sub(lambda variable: values[variable[1]], css)


def wordmark() -> tuple[str, str]:
    """The name as it is set: the first words in bold, the last one under them."""
    return BRAND.first_words, BRAND.last_word


def _data_address(name: str) -> str:
    """A picture as a data: address, since a document may read nothing but fonts (config.kernel.pdf)."""
    return f'url("data:image/svg+xml;base64,{base64.b64encode(_static_path(name).read_bytes()).decode("ascii")}")'


def _static_path(name: str) -> Path:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(f"static/{name} is missing.")
    return Path(found)
