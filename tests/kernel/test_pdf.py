"""PDFs: tagged, repeatable, and deaf to addresses outside the fonts folder."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pytest_django import Settings

from config.kernel.pdf import RefusedAddress, render_pdf

PAGE = """<!doctype html><html><head><title>Ignored</title><style>{css}</style></head>
<body><h1>Invoice INV-2026-00412</h1><p>Total £225.00 – paid, Zoë.</p>{more}</body></html>"""
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@pytest.fixture
def static(settings: Settings, tmp_path: Path) -> Path:
    """A static folder with a fonts folder of its own in it, and something beside it."""
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "inside.css").write_text("h1 { color: red }")
    (tmp_path / "beside.css").write_text("h1 { color: red }")
    (tmp_path / "fonts" / "link.css").symlink_to(tmp_path / "beside.css")
    settings.STATICFILES_DIRS = [tmp_path]
    return tmp_path


def render(more: str = "", *, css: str = "", base_url: str | None = None, identifier: bytes = b"invoice 412") -> bytes:
    html = PAGE.format(more=more, css=css)
    return render_pdf(html, base_url=base_url, title="Invoice INV-2026-00412", identifier=identifier)


def with_style(style: str, more: str = "") -> bytes:
    html = PAGE.format(more=more, css="")
    return render_pdf(html, style=style, base_url=None, title="Invoice INV-2026-00412", identifier=b"invoice 412")


def read(pdf: bytes) -> tuple[PdfReader, Any]:
    """The reader, and the document's catalogue."""
    reader = PdfReader(io.BytesIO(pdf))
    return reader, reader.root_object


def test_a_page_is_a_tagged_pdf_with_title_language_and_real_text(static: Path) -> None:
    reader, catalogue = read(render())
    assert reader.metadata is not None
    assert reader.metadata.title == "Invoice INV-2026-00412"
    assert catalogue["/Lang"] == "en-GB"
    assert bool(catalogue["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in catalogue
    assert b'pdfuaid:part="1"' in catalogue["/Metadata"].get_data()
    assert "Total £225.00 – paid, Zoë." in reader.pages[0].extract_text()


def test_the_same_page_gives_the_same_bytes(static: Path) -> None:
    assert render() == render()
    assert render(identifier=b"invoice 413") != render()


def test_another_process_gives_the_same_bytes_too(static: Path) -> None:
    program = (
        "import sys\n"
        "from django.conf import settings\n"
        f"settings.configure(STATICFILES_DIRS=[{str(static)!r}])\n"
        "from config.kernel.pdf import render_pdf\n"
        "sys.stdout.buffer.write(render_pdf(sys.stdin.read(), base_url=None, title='Invoice INV-2026-00412',"
        " identifier=b'invoice 412'))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], input=PAGE.format(more="", css="").encode(), capture_output=True, check=True
    )
    assert answer.stdout == render()


def test_what_is_in_the_fonts_folder_or_in_the_page_itself_is_read(static: Path) -> None:
    plain = render()
    assert render('<link rel="stylesheet" href="fonts/inside.css">') != plain
    assert render(f'<link rel="stylesheet" href="{(static / "fonts" / "inside.css").as_uri()}?v=1">') != plain
    assert render(f'<img alt="A dot" src="{PIXEL}">') != plain


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:9/x",
        "HTTP://127.0.0.1:9/x",
        "ftp://127.0.0.1:9/x",
        "//127.0.0.1:9/x",
        "file:///etc/hostname",
        "FILE:///etc/hostname",
        "file://localhost/etc/hostname",
        "file://example.org/etc/hostname",
        "/etc/hostname",
        "beside.css",
        "fonts/../beside.css",
        "fonts/%2e%2e/beside.css",
        "fonts/link.css",
    ],
)
@pytest.mark.parametrize(
    "way",
    ['<img alt="" src="{}">', '<link rel="stylesheet" href="{}">', '<object data="{}" type="image/png"></object>'],
)
def test_every_other_address_stops_the_document(static: Path, address: str, way: str) -> None:
    with pytest.raises(RefusedAddress):
        render(way.format(address))


@pytest.mark.parametrize(
    "css",
    [
        "h1 {{ background: url({}) }}",
        "@import '{}';",
        "@font-face {{ font-family: X; src: url({}) }} h1 {{ font-family: X }}",
    ],
)
def test_a_style_may_not_fetch_either(static: Path, css: str) -> None:
    with pytest.raises(RefusedAddress):
        render(css=css.format("https://127.0.0.1:9/x"))


def test_a_shared_style_is_as_good_as_one_of_the_page(static: Path) -> None:
    red, blue = "h1 { color: red }", "h1 { color: blue }"
    in_red = render(css=red)
    assert with_style(red) == in_red != render()
    assert with_style(blue) == render(css=blue)
    assert with_style(red) == in_red
    assert with_style(blue, more=f"<style>{red}</style>") == with_style(red, more=f"<style>{red}</style>")


def test_a_shared_style_may_not_fetch_either(static: Path) -> None:
    for _ in range(2):
        with pytest.raises(RefusedAddress):
            with_style("@import 'https://127.0.0.1:9/x';")


def test_relative_addresses_follow_the_base_url(static: Path) -> None:
    with pytest.raises(RefusedAddress):
        render('<link rel="stylesheet" href="fonts/inside.css">', base_url="https://127.0.0.1:9/")


def test_a_link_is_not_fetched_and_works(static: Path) -> None:
    reader, _ = read(render('<a href="https://example.org/bookings/">Your booking</a>'))
    page: Any = reader.pages[0]
    [annotation] = page["/Annots"]
    assert annotation.get_object()["/A"]["/URI"] == "https://example.org/bookings/"
