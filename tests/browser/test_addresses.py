"""No public address is forgotten: each has its states, or a reason to have none."""

from collections.abc import Iterator, Sequence

from django.urls import URLPattern, URLResolver, get_resolver

from tests.browser.states import NO_PAGES
from tests.browser.states_after import AFTER
from tests.browser.states_open import OPEN
from tests.browser.states_steps import STEPS


def names(patterns: Sequence[URLPattern | URLResolver], room: str = "") -> Iterator[str]:
    """Every address by name. The admin is one, whatever lies in it."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{room}{pattern.name}"
        elif pattern.app_name == "admin":
            yield "admin"
        else:
            yield from names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else room)


def test_every_public_address_is_looked_at_or_has_a_reason() -> None:
    known = list(names(get_resolver().url_patterns))
    looked_at = {state.address for state in [*OPEN, *STEPS, *AFTER]} - {"error"}

    assert len(known) == len(set(known))
    assert set(known) == looked_at | NO_PAGES.keys()
    assert looked_at.isdisjoint(NO_PAGES)
