"""What all papers share: their style, with the brand's colours and pictures in it, and the name beside the mark."""

import base64
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from config.brand import BRAND


def style(sheet: str) -> str:
    """The CSS of one kind of paper; `sheet` is the template with its own part ("pdf/invoice.css")."""
    return render_to_string(
        "pdf/style.css",
        {
            "sheet": sheet,
            "tokens": _static_path("css/site/00-tokens.css").read_text(encoding="utf-8"),
            "mark": _data_address("img/mark.svg"),
            "beat": _data_address("img/beat-on-paper.svg"),
        },
    )


def wordmark() -> tuple[str, str]:
    """The name as it is set: the first words in bold, the last one under them."""
    return BRAND.first_words, BRAND.last_word


def _data_address(name: str) -> str:
    """A picture as a data: address, since a document may read nothing but fonts (config.kernel.pdf)."""
    return f"data:image/svg+xml;base64,{base64.b64encode(_static_path(name).read_bytes()).decode('ascii')}"


def _static_path(name: str) -> Path:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(f"static/{name} is missing.")
    return Path(found)
