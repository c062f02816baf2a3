"""The small signs of the design: what each tick stands for, pictures for every family, dates in London."""

import re
from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.test import SimpleTestCase

from bookings.models import Course
from config import pictures
from config.brand import BRAND, Brand
from config.env import BASE_DIR


def drawn(markup: str) -> str:
    return Template("{% load design %}" + markup).render(Context({}))


def ticks(left: int, capacity: int) -> dict[str, int]:
    """How many ticks of each kind are drawn."""
    paths = re.findall(r'<path class="(\w+)" d="([^"]+)"', pictures.meter(left, capacity))
    return {name: path.count("z") for name, path in paths}


@pytest.mark.parametrize(
    "left, capacity, expected",
    [
        (12, 12, {"free": 12}),
        (7, 12, {"taken": 5, "free": 7}),
        (2, 12, {"taken": 10, "few": 2}),
        (1, 12, {"taken": 11, "few": 1}),
        (0, 12, {"taken": 12}),
        (1, 1, {"few": 1}),
        (20, 20, {"free": 20}),
        # More than staff meant to let in: full is full.
        (-3, 12, {"taken": 12}),
    ],
)
def test_the_meter_has_a_tick_for_every_place(left: int, capacity: int, expected: dict[str, int]) -> None:
    assert ticks(left, capacity) == expected


@pytest.mark.parametrize(
    "left, expected",
    [
        (40, {"free": 10}),
        (39, {"taken": 1, "free": 9}),
        (20, {"taken": 5, "free": 5}),
        (3, {"taken": 9, "free": 1}),
        (2, {"taken": 9, "few": 1}),
        (0, {"taken": 10}),
    ],
)
def test_more_than_twenty_places_are_ten_ticks(left: int, expected: dict[str, int]) -> None:
    assert ticks(left, 40) == expected


def test_short_ticks_stand_on_the_line_of_the_tall_ones() -> None:
    SimpleTestCase().assertHTMLEqual(
        drawn("{% meter left=1 capacity=3 %}"),
        '<svg class="meter" viewBox="0 0 21 20" width="21" height="20" aria-hidden="true">'
        '<path class="taken" d="M1.5 12.5h2v6h-2zm8 0h2v6h-2z"/><path class="few" d="M17.5 1.5h2v17h-2z"/></svg>',
    )


@pytest.mark.parametrize("family", Course.Family.values)
def test_every_family_has_its_own_pictogram(family: str) -> None:
    assert [name for name, tile in pictures.TILES.items() if tile == drawn(f'{{% tile "{family}" %}}')] == [family]


def test_an_unknown_family_gets_the_plain_cross_and_an_unknown_icon_is_an_error() -> None:
    assert drawn('{% tile "diving" %}') == pictures.TILES["emergency"]
    with pytest.raises(KeyError, match="flower"):
        drawn('{% icon "flower" %}')


@pytest.mark.parametrize("picture", [*pictures.ICONS.values(), *pictures.TILES.values()])
def test_pictures_are_hidden_from_assistive_technology(picture: str) -> None:
    assert ' aria-hidden="true">' in picture
    assert "style=" not in picture


def test_the_date_block_shows_the_day_in_london() -> None:
    # Half past eleven in the evening of the 14th in UTC is the 15th in a British summer.
    late = datetime(2026, 7, 14, 23, 30, tzinfo=UTC)
    block = Template("{% load design %}{% date_block late %}{% date_block late muted=True %}").render(
        Context({"late": late})
    )
    inside = 'aria-hidden="true"><span>Wed</span><b>15</b><span>Jul</span></span>'
    assert block == f'<span class="date-block" {inside}<span class="date-block is-muted" {inside}'


@pytest.mark.parametrize(
    "name, expected", [("React Fast Training", ("React Fast", "Training")), ("Acme", ("", "Acme"))]
)
def test_the_wordmark_sets_all_but_the_last_word_bold(name: str, expected: tuple[str, str]) -> None:
    brand = Brand(**{field: getattr(BRAND, field) for field in Brand.__dataclass_fields__} | {"name": name})
    assert (brand.first_words, brand.last_word) == expected


@pytest.mark.parametrize(
    "path, expected",
    [
        ("/", [("/", "page")]),
        ("/courses/first-aid-at-work/", [("/", "true")]),
        ("/help/", [("/help/", "page")]),
        ("/my/", [("/my/", "page")]),
        ("/my/sign-in/", []),
        ("/bookings/RFT-7K4M-Q2/", []),
        ("", []),
    ],
)
def test_the_head_marks_the_page_one_is_on(path: str, expected: list[tuple[str, str]]) -> None:
    nav = drawn(f'{{% site_nav "{path}" %}}')
    assert re.findall(r'href="([^"]+)"', nav) == ["/", "/help/", "/my/"]
    assert re.findall(r'href="([^"]+)" aria-current="(\w+)"', nav) == expected


def test_the_mark_is_drawn_from_its_one_file() -> None:
    drawing = (BASE_DIR / "static" / "img" / "mark.svg").read_text().strip()
    attributes = ' class="mark" width="40" height="40" aria-hidden="true"'
    assert drawn("{% mark %}") == drawing.replace("<svg", "<svg" + attributes)
