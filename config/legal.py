"""The legal line at the foot of every page: who runs this site, as the law wants it said."""

from django.core.cache import cache
from django.http import HttpRequest

from invoicing import selectors
from invoicing.models import SupplierProfile

CACHE_KEY = "legal-line"
# Reference data: a change by staff shows within this time, and a busy page asks nothing.
_SECONDS = 10


def legal_line() -> str:
    """ "React Fast Training Ltd · Company no. 12345678 · VAT no. GB 123 4567 89 · All prices include VAT"."""
    line: str | None = cache.get(CACHE_KEY)
    if line is None:
        line = " · ".join(_parts(selectors.current_supplier()))
        cache.set(CACHE_KEY, line, _SECONDS)
    return line


def legal(_request: HttpRequest) -> dict[str, object]:
    """Template context: `legal_line`, asked for only by a page that shows it. Error pages have none."""
    return {"legal_line": legal_line}


def _parts(supplier: SupplierProfile) -> list[str]:
    parts = [supplier.legal_name]
    if supplier.company_number:
        parts.append(f"Company no. {supplier.company_number}")
    if supplier.vat_registered:
        parts += [f"VAT no. {supplier.vat_number}", "All prices include VAT"]
    return parts
