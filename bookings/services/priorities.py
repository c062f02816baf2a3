"""How urgently the office prepares what somebody needs (DOMAIN section 5).

Worked out when it is said and not again: a template that is changed later is for what is said from then on.
"""

import re
from collections.abc import Collection, Iterable

from bookings.models import RequirementTemplate

_RISING = (
    RequirementTemplate.Priority.STANDARD,
    RequirementTemplate.Priority.HIGH,
    RequirementTemplate.Priority.CRITICAL,
)


def priority_of(
    slugs: Collection[str], own_words: str, templates: Iterable[RequirementTemplate]
) -> RequirementTemplate.Priority:
    """The highest of the templates chosen; critical for own words that hold a word, or its beginning, that makes it so.

    The words of every template count, chosen or not: who writes of seizures may have ticked nothing, and one look too
    many costs less than one too few.
    """
    templates = list(templates)
    words = own_words.casefold()
    if any(_begins_a_word(alarm, words) for template in templates for alarm in template.critical_words.splitlines()):
        return RequirementTemplate.Priority.CRITICAL
    chosen = [RequirementTemplate.Priority(template.priority) for template in templates if template.slug in slugs]
    return max(chosen, key=_RISING.index, default=RequirementTemplate.Priority.STANDARD)


def _begins_a_word(alarm: str, words: str) -> bool:
    alarm = alarm.strip().casefold()
    return bool(alarm) and re.search(rf"\b{re.escape(alarm)}", words) is not None
