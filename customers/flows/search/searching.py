"""The search itself: what was typed exactly or begins so, and where that finds little, what is close to it."""

from collections.abc import Collection
from dataclasses import replace

from customers.flows.search import companies, papers, people, places, spelling
from customers.flows.search.found import Found, Group, Rows
from customers.flows.search.typed import Typed

# With so few found, somebody may have mistyped it.
_FEW = 3


def find(raw: str, groups: Collection[Group]) -> Found:
    """What a text may mean, in these groups alone.

    The number of queries depends on the text and the groups and on whether anything close has to be looked for, never
    on how much is found.
    """
    typed = Typed.of(raw)
    nothing = Found(typed.text, Rows(), Rows(), Rows(), Rows(), Rows())
    if not typed.text:
        return nothing
    found = nothing
    if Group.PAYMENTS in groups:
        found = replace(found, payments=papers.payments(typed))
    if typed.is_stripe_id:
        return found
    if Group.PEOPLE in groups:
        found = replace(found, people=people.best(typed))
    if Group.ORGANISATIONS in groups:
        found = replace(found, organisations=companies.best(typed))
    if Group.BOOKINGS in groups and not typed.is_short:
        found = replace(found, bookings=places.best(typed))
    if Group.INVOICES in groups:
        found = replace(found, invoices=papers.invoices(typed))
    if typed.is_short or found.total >= _FEW or found.has_exact:
        return found
    return _with_close(typed, found, groups)


def _with_close(typed: Typed, found: Found, groups: Collection[Group]) -> Found:
    """Adds what is close to the groups that can be mistyped, and what was meant where nothing holds what was typed."""
    has_any = found.total > 0
    # What is close to an address is found by its two halves.
    reading = None if typed.address_parts else spelling.read(typed.text)
    suggestions = []
    if Group.PEOPLE in groups:
        closer, meant = people.close(typed, reading, [row.found.pk for row in found.people.rows])
        found = replace(found, people=found.people.and_then(closer))
        suggestions.append(meant)
    if reading is not None and Group.ORGANISATIONS in groups:
        similar, meant = companies.close(reading, [row.found.pk for row in found.organisations.rows])
        found = replace(found, organisations=found.organisations.and_then(similar))
        suggestions.append(meant)
    if reading is not None and Group.BOOKINGS in groups:
        others, meant = places.close(reading, [row.found.pk for row in found.bookings.rows])
        found = replace(found, bookings=found.bookings.and_then(others))
        suggestions.append(meant)
    if has_any:
        return found
    return replace(found, suggestion=next(filter(None, suggestions), ""))
