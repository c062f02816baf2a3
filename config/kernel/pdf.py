"""HTML into tagged PDF, the only `import weasyprint`.

Workers import this module; the web process never does.
"""

import threading
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any, override
from urllib.parse import urlsplit
from urllib.request import url2pathname

from django.conf import settings

with warnings.catch_warnings():
    # A missing libharfbuzz-subset is told by a system check (pdf_libraries.py), where somebody reads it.
    warnings.filterwarnings("ignore", message="HarfBuzz-Subset", category=DeprecationWarning)
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

LANGUAGE = "en-GB"

# WeasyPrint's font configuration is shared, and not made for two threads at once.
_rendering = threading.Lock()

# Pictures by address, read once a process. Papers have two of them, in their style.
_pictures: dict[str, Any] = {}


class RefusedAddress(Exception):
    """A document asked for something outside the fonts folder."""


def render_pdf(html: str, *, style: str = "", base_url: str | None, title: str, identifier: bytes) -> bytes:
    """`html` as a tagged PDF (PDF/UA-1) in British English, titled `title`.

    `style` is CSS that many documents share: it is read once a process, not once a document. The document's own styles
    win over it. The same arguments give the same bytes, as long as WeasyPrint and the fonts stay the same; `identifier`
    goes into the file in the place of a random one. Relative addresses are read from `base_url`, or from
    the static folder when it is None, so that "fonts/..." finds a font.

    Raises RefusedAddress when the document asks for anything but a data: address or a file in the static fonts
    folder: a document that lacks a part is worse than none.
    """
    static = _static_folder()
    base_url = base_url or f"{static.as_uri()}/"
    with _rendering:
        source = HTML(string=html, base_url=base_url, url_fetcher=_fetcher(static / "fonts"))
        try:
            document = source.render(
                font_config=_font_configuration(),
                cache=_pictures,
                pdf_variant="pdf/ua-1",
                stylesheets=[_shared_style(style, base_url, static / "fonts")] if style else None,
            )
            document.metadata.title = title
            document.metadata.lang = LANGUAGE
            pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
        except FatalURLFetchingError as error:
            raise RefusedAddress(str(error)) from error
    return pdf


class _FontsOnly(URLFetcher):  # type: ignore[misc] # WeasyPrint has no types
    def __init__(self, fonts: Path) -> None:
        super().__init__(allowed_protocols=("data", "file"), allow_redirects=False, fail_on_errors=True)
        self._fonts = fonts

    @override
    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        parts = urlsplit(url)
        if parts.scheme == "file":
            path = Path(url2pathname(parts.path)).resolve()
            if parts.netloc or not path.is_relative_to(self._fonts):
                raise PermissionError("Only files in the static fonts folder may be read.")
        return super().fetch(url, headers)


@lru_cache(maxsize=1)
def _fetcher(fonts: Path) -> _FontsOnly:
    """One a process: each loads all certificates of the machine, which costs as much as a fifth of a page."""
    return _FontsOnly(fonts)


@lru_cache(maxsize=1)
def _font_configuration() -> FontConfiguration:
    """One a process: a new one costs more than a page."""
    return FontConfiguration()


@lru_cache(maxsize=8)
def _shared_style(style: str, base_url: str, fonts: Path) -> CSS:
    """Read once a process: that costs as much as a tenth of a page."""
    return CSS(string=style, base_url=base_url, url_fetcher=_fetcher(fonts), font_config=_font_configuration())


def _static_folder() -> Path:
    return Path(settings.STATICFILES_DIRS[0]).resolve()
