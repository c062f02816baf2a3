"""Step 3: what would help each of the people who come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bookings.forms.people_drafts import BOOKER, prefix_of
from bookings.forms.problems import Problem, problems_of
from bookings.forms.requirements import NeedsForm
from bookings.models import RequirementTemplate
from bookings.services.placing import Order, Person

_ADJUSTMENTS = "-adjustments"


class PersonsNeeds(NeedsForm):
    """One person at this step, with who they are. Who has no name yet can't be asked after, and needs no answer."""

    def __init__(self, *, person: Person, number: int, **kwargs: Any) -> None:
        super().__init__(
            prefix=BOOKER if person.is_booker else prefix_of(number),
            person_name=person.first_name or f"person {number}",
            is_self=person.is_booker,
            **kwargs,
        )
        self.number = number
        self.is_self = person.is_booker
        self.full_name = f"{person.first_name} {person.last_name}".strip()
        self.fields["answer"].required = bool(self.full_name)


class NeedsStep:
    """A form for each of the people: bound to `data`, or showing a `draft` that nobody judges yet."""

    def __init__(
        self,
        *,
        people: Sequence[Person],
        templates: Sequence[RequirementTemplate],
        data: Mapping[str, Any] | None = None,
        draft: Mapping[str, Any] | None = None,
    ) -> None:
        self.forms = [
            PersonsNeeds(person=person, number=number, templates=templates, data=data, draft=draft)
            for number, person in enumerate(people, start=1)
        ]

    def is_valid(self) -> bool:
        """Judges every form, so that every problem is shown at once."""
        valid = [form.is_valid() for form in self.forms]
        return all(valid)

    def problems(self) -> list[Problem]:
        """Every problem in the order of the page; the sentences name the person."""
        return [problem for form in self.forms for problem in problems_of(form)]

    def draft(self) -> dict[str, Any]:
        """What was typed, for the hold's encrypted draft; showing or binding it again gives the same page."""
        return {key: value for form in self.forms for key, value in form.draft().items()}

    def slugs(self) -> set[str]:
        """All adjustments that were ticked for anybody, once `is_valid()` said yes."""
        return {slug for form in self.forms for slug in form.needs().slugs}

    def added_to(self, order: Order) -> Order:
        """The order with what each person needs, once `is_valid()` said yes."""
        people = [replace(person, needs=form.needs()) for person, form in zip(order.people, self.forms, strict=True)]
        return replace(order, people=people)


def mentions_adjustments(draft: Mapping[str, Any]) -> bool:
    """Whether anything was ticked at this step; otherwise it can be judged without knowing what there is to tick."""
    return any(value for key, value in draft.items() if key.endswith(_ADJUSTMENTS))


def ticked(templates: Iterable[RequirementTemplate], slugs: Iterable[str]) -> list[RequirementTemplate]:
    """The templates behind these slugs, in order."""
    chosen = set(slugs)
    return [template for template in templates if template.slug in chosen]
