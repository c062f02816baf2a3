"""The people in a draft: whoever moves takes along everything that was said about them."""

import pytest

from bookings.forms.people_drafts import (
    removed_name,
    removed_number,
    settled,
    with_booker_first,
    with_person_back,
    without_person,
)

TOM = {"person-2-first_name": "Tom", "person-2-last_name": "Ackroyd", "person-2-adjustments": ["floor"]}
PRIYA = {"person-3-first_name": "Priya", "person-3-answer": "nothing"}
DRAFT = {"first_name": "Hannah", "coming": True, "you-own_words": "A chair"} | TOM | PRIYA


def test_those_behind_move_up_with_what_they_need() -> None:
    draft = without_person(DRAFT, 2, places=3)
    assert draft == {
        "first_name": "Hannah",
        "coming": True,
        "you-own_words": "A chair",
        "person-2-first_name": "Priya",
        "person-2-answer": "nothing",
        "removed": {
            "number": 2,
            "answers": {"first_name": "Tom", "last_name": "Ackroyd", "adjustments": ["floor"]},
        },
    }
    assert (removed_number(draft), removed_name(draft)) == (2, "Tom Ackroyd")


def test_putting_somebody_back_undoes_it() -> None:
    assert with_person_back(without_person(DRAFT, 2, places=3), places=3) == DRAFT
    assert with_person_back(without_person(DRAFT, 3, places=3), places=3) == DRAFT


def test_somebody_without_a_name_is_called_by_their_number() -> None:
    assert removed_name(without_person({}, 2, places=2)) == "Person 2"


def test_once_settled_nobody_can_be_put_back() -> None:
    draft = settled(without_person(DRAFT, 2, places=3))
    assert (removed_number(draft), "removed" in draft) == (None, False)


def test_who_was_typed_first_makes_room_for_the_booker() -> None:
    typed = {"coming": True, "person-1-first_name": "Tom", "person-2-first_name": "Priya"}
    assert with_booker_first(typed, places=3) == {
        "coming": True,
        "person-2-first_name": "Tom",
        "person-3-first_name": "Priya",
    }


@pytest.mark.parametrize(
    "draft",
    [
        {"coming": False, "person-1-first_name": "Tom"},
        {"coming": True, "person-1-first_name": "Tom", "person-2-email": "priya@example.org"},
        {"coming": True, "person-1-to_booker": True, "person-2-first_name": "Tom"},
    ],
)
def test_nobody_moves_without_need_or_without_room(draft: dict[str, object]) -> None:
    assert with_booker_first(draft, places=2) == draft
