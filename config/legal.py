"""The legal line at the foot of every page: who runs this site, as the law wants it said."""

from django.core.cache import cache
from django.http import HttpRequest

from invoicing import selectors

CACHE_KEY = "legal-line"
# Reference data: a change by staff shows soon enough, and a busy page asks nothing.
_SECONDS = 5


def legal_line() -> str:
    """ "React Fast Training Ltd · Company no. 12345678 · VAT no. GB 123 4567 89 · All prices include VAT"."""
    line: str | None = cache.get(CACHE_KEY)
    if line is None:
        supplier = selectors.supplier_for_pages()
        line = supplier.legal_line + (" · All prices include VAT" if supplier.vat_registered else "")
        cache.set(CACHE_KEY, line, _SECONDS)
    return line


def legal(_request: HttpRequest) -> dict[str, object]:
    """Template context: `legal_line`, asked for only by a page that shows it. Error pages have none."""
    return {"legal_line": legal_line}
