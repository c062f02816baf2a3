"""The people in a draft: taken out, put back, moved along. What was said about somebody goes wherever they go.

A draft keeps each answer about person 2 as "person-2-...", whichever step asked. What the booker says of themselves is
kept under BOOKER instead, so that it never becomes what somebody else is said to need.
"""

from collections.abc import Mapping
from typing import Any

BOOKER = "you"
_REMOVED = "removed"

type Draft = dict[str, Any]


def prefix_of(number: int) -> str:
    return f"person-{number}"


def without_person(draft: Mapping[str, Any], number: int, *, places: int) -> Draft:
    """Person `number` taken out of so many: those behind move up, and the one taken out can be put back."""
    people = [_answers(draft, one) for one in range(1, places + 1)]
    removed = people.pop(number - 1)
    return _with_people(draft, [*people, {}]) | {_REMOVED: {"number": number, "answers": removed}}


def removed_number(draft: Mapping[str, Any]) -> int | None:
    """Where the person stood who was taken out last, while they can be put back."""
    removed = draft.get(_REMOVED)
    return removed["number"] if removed else None


def removed_name(draft: Mapping[str, Any]) -> str:
    """ "Tom Ackroyd", "Person 2"; of whoever `removed_number` says."""
    removed = draft[_REMOVED]
    answers = removed["answers"]
    name = f"{answers.get('first_name', '')} {answers.get('last_name', '')}".strip()
    return name or f"Person {removed['number']}"


def with_person_back(draft: Mapping[str, Any], *, places: int) -> Draft:
    """The one who was taken out stands where they stood, among so many places with theirs."""
    removed = draft[_REMOVED]
    people = [_answers(draft, one) for one in range(1, places)]
    people.insert(removed["number"] - 1, removed["answers"])
    return settled(_with_people(draft, people))


def settled(draft: Mapping[str, Any]) -> Draft:
    """Nobody can be put back any more."""
    return {key: value for key, value in draft.items() if key != _REMOVED}


def with_booker_first(draft: Mapping[str, Any], *, places: int) -> Draft:
    """Somebody typed as person 1, where the booker comes too, moves to the first place that is free, if one is."""
    people = [_answers(draft, one) for one in range(1, places + 1)]
    free = next((at for at, answers in enumerate(people) if not _is_somebody(answers)), 0)
    if not draft.get("coming") or not free:
        return dict(draft)
    return _with_people(draft, [{}, *people[:free], *people[free + 1 :]])


def _answers(draft: Mapping[str, Any], number: int) -> dict[str, Any]:
    start = f"{prefix_of(number)}-"
    return {key.removeprefix(start): value for key, value in draft.items() if key.startswith(start)}


def _is_somebody(answers: Mapping[str, Any]) -> bool:
    return any(answers.get(name) for name in ("first_name", "last_name", "email"))


def _with_people(draft: Mapping[str, Any], people: list[dict[str, Any]]) -> Draft:
    """The draft with these as persons 1, 2, ...; of others and of everything else it says the same."""
    starts = tuple(f"{prefix_of(number)}-" for number in range(1, len(people) + 1))
    rest = {key: value for key, value in draft.items() if not key.startswith(starts)}
    for number, answers in enumerate(people, start=1):
        rest |= {f"{prefix_of(number)}-{name}": value for name, value in answers.items()}
    return rest
