"""What would help one person, as forms: nothing chosen beforehand, own words only about oneself and with consent."""

from typing import Any

import pytest

from bookings.forms.problems import problems_of
from bookings.forms.requirements import NeedsForm, OwnNeedsForm
from bookings.models import RequirementTemplate
from bookings.services.requirements import NOTHING_NEEDED, Needs, OwnWords

TEMPLATES = [
    RequirementTemplate(slug="cannot-kneel", label="Can’t kneel", hint="We bring a raised manikin"),
    RequirementTemplate(slug="bsl", label="BSL interpreter", notice_working_days=10),
    RequirementTemplate(slug="loop", label="Hearing loop"),
]


def of_priya(**answers: Any) -> NeedsForm:
    return NeedsForm(
        prefix="needs-3",
        person_name="Priya",
        is_self=False,
        templates=TEMPLATES,
        data={f"needs-3-{name}": value for name, value in answers.items()},
    )


def of_oneself(**answers: Any) -> NeedsForm:
    return NeedsForm(
        prefix="needs-1",
        person_name="Hannah",
        is_self=True,
        templates=TEMPLATES,
        data={f"needs-1-{name}": value for name, value in answers.items()},
    )


def own(*, slugs: tuple[str, ...] = (), has_own_words: bool = False, **answers: Any) -> OwnNeedsForm:
    return OwnNeedsForm(templates=TEMPLATES, slugs=slugs, has_own_words=has_own_words, data=answers)


def said(form: NeedsForm | OwnNeedsForm) -> list[tuple[str, str]]:
    assert not form.is_valid()
    return [(problem.href, problem.message) for problem in problems_of(form)]


def test_nothing_needed() -> None:
    form = of_priya(answer="nothing")
    assert form.is_valid()
    assert form.needs() == NOTHING_NEEDED
    assert not form.needs()


def test_what_helps_a_colleague_is_ticked_and_cannot_be_written() -> None:
    form = of_priya(
        answer="helps", adjustments=["loop", "cannot-kneel"], own_words="She is deaf", own_words_consent="on"
    )
    assert list(form.fields) == ["answer", "adjustments"]
    assert form["adjustments"].label == "What would help Priya?"
    assert form.is_valid()
    assert form.needs() == Needs(("cannot-kneel", "loop"))
    assert "Deaf" not in str(form.draft())


def test_what_helps_oneself_may_be_written() -> None:
    form = of_oneself(answer="helps", adjustments=["bsl"], own_words=" A chair\r\nplease ", own_words_consent="on")
    assert list(form.fields) == ["answer", "adjustments", "own_words", "own_words_consent"]
    assert form["adjustments"].label == "What would help you?"
    assert form.is_valid()
    assert form.needs() == Needs(("bsl",), OwnWords("A chair\nplease", "2026-11"))
    assert "chair" not in repr(form.needs())


@pytest.mark.parametrize("answers", [{}, {"answer": ""}, {"answer": "perhaps"}, {"adjustments": ["loop"]}])
def test_the_question_has_to_be_answered(answers: dict[str, Any]) -> None:
    assert said(of_priya(**answers)) == [("#id_needs-3-answer_0", "Choose whether Priya needs anything")]
    assert said(of_oneself(**answers)) == [("#id_needs-1-answer_0", "Choose whether you need anything")]


def test_yes_wants_to_know_what() -> None:
    assert said(of_priya(answer="helps")) == [
        ("#id_needs-3-adjustments_0", "Tick what would help Priya, or choose “Nothing needed”")
    ]
    assert said(of_oneself(answer="helps", own_words="\u200b ")) == [
        (
            "#id_needs-1-adjustments_0",
            "Tick what would help you or write it in your own words, or choose “Nothing needed”",
        )
    ]


def test_nothing_and_something_is_asked_again() -> None:
    """The lists may all be open: what was ticked there must not get lost by a press on the wrong button."""
    assert said(of_priya(answer="nothing", adjustments=["loop"])) == [
        ("#id_needs-3-answer_0", "Choose “Yes, here’s what helps”, or clear what you ticked below")
    ]
    assert said(of_oneself(answer="nothing", own_words="A chair", own_words_consent="on")) == [
        ("#id_needs-1-answer_0", "Choose “Yes, here’s what helps”, or clear what you ticked and wrote below")
    ]


def test_own_words_need_consent_and_have_a_length() -> None:
    agree = "Tick the box to agree that we keep what you wrote, or clear what you wrote"
    assert said(of_oneself(answer="helps", own_words="A chair")) == [("#id_needs-1-own_words_consent", agree)]
    assert said(own(own_words="A chair")) == [("#id_own_words_consent", agree)]
    long = of_oneself(answer="helps", own_words="x" * 2001, own_words_consent="on")
    assert said(long) == [("#id_needs-1-own_words", "Shorten this to 2000 characters or fewer")]


def test_consent_without_words_is_nothing() -> None:
    form = of_oneself(answer="helps", adjustments=["loop"], own_words_consent="on")
    assert form.is_valid()
    assert form.needs() == Needs(("loop",))


def test_what_is_not_offered_is_left_out() -> None:
    form = of_priya(answer="helps", adjustments=["loop", "gone", "loop"])
    assert form.is_valid()
    assert form.needs() == Needs(("loop",))
    assert form.draft()["needs-3-adjustments"] == ["loop"]


def test_a_draft_gives_the_same_page_and_the_same_answer() -> None:
    first = of_oneself(answer="helps", adjustments=["bsl", "loop"], own_words="A chair", own_words_consent="on")
    draft = first.draft() | {"needs-2-answer": "nothing"}
    assert draft["needs-1-adjustments"] == ["bsl", "loop"]
    again = NeedsForm(prefix="needs-1", person_name="Hannah", is_self=True, templates=TEMPLATES, data=draft)
    assert again.is_valid()
    assert first.is_valid()
    assert again.needs() == first.needs()

    shown = NeedsForm(prefix="needs-1", person_name="Hannah", is_self=True, templates=TEMPLATES, draft=draft)
    assert not shown.errors
    assert [box.value for box in shown.boxes if box.is_ticked] == ["bsl", "loop"]
    assert [shown[name].value() for name in ("answer", "own_words", "own_words_consent")] == ["helps", "A chair", True]


def test_nothing_is_chosen_beforehand() -> None:
    empty = NeedsForm(prefix="needs-1", person_name="Hannah", is_self=True, templates=TEMPLATES)
    assert [box.is_ticked for box in empty.boxes] == [False, False, False]
    assert "checked" not in empty.as_div()


def test_boxes_carry_their_hints() -> None:
    assert [(box.id, box.name, box.value, box.label, box.hint) for box in of_priya().boxes] == [
        (
            "id_needs-3-adjustments_0",
            "needs-3-adjustments",
            "cannot-kneel",
            "Can’t kneel",
            "We bring a raised manikin",
        ),
        ("id_needs-3-adjustments_1", "needs-3-adjustments", "bsl", "BSL interpreter", "We need 10 working days"),
        ("id_needs-3-adjustments_2", "needs-3-adjustments", "loop", "Hearing loop", ""),
    ]


def test_a_draft_is_bounded_and_can_be_encoded() -> None:
    draft = of_oneself(answer="x" * 9000, adjustments=["loop"] * 9000, own_words="a\ud800" * 9000).draft()
    assert len(draft["needs-1-own_words"]) == len(draft["needs-1-answer"]) == 4000
    assert draft["needs-1-adjustments"] == ["loop"]
    assert len(str(draft).encode()) < 9000


def test_on_ones_own_page_something_is_said() -> None:
    assert said(own()) == [("#id_adjustments_0", "Tick what would help you, or write it in your own words")]
    ticked, written = own(adjustments=["loop"]), own(own_words="A chair", own_words_consent="on")
    assert ticked.is_valid()
    assert written.is_valid()
    assert (ticked.needs(), written.needs()) == (Needs(("loop",)), Needs((), OwnWords("A chair", "2026-11")))


def test_own_words_on_record_stay_unless_new_ones_come() -> None:
    form = own(has_own_words=True)
    assert form.is_valid()
    assert form.needs() == NOTHING_NEEDED
    shown = OwnNeedsForm(templates=TEMPLATES, slugs=["loop"], has_own_words=True)
    assert [box.value for box in shown.boxes if box.is_ticked] == ["loop"]
    assert shown["own_words"].value() is None
    assert shown["own_words"].help_text == "We have what you wrote. What you write here takes its place."
