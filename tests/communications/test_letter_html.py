"""The HTML of every letter is valid, and its words are plain."""

from pathlib import Path

import pytest

from communications.models import Message
from communications.services.sign_in_letters import queue_sign_in
from customers.services import signing_in
from tests.communications.builders import Book
from tests.communications.reading import written
from tests.communications.test_letter_looks import every_letter
from tests.system.html import html_problems
from tests.system.words import unplain_words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_first_of_november")]


def test_every_kind_of_letter_is_valid_and_plain(book: Book, tmp_path: Path) -> None:
    asked = signing_in.ask(email="hannah@example.org")
    sign_in = queue_sign_in(request=asked, user=None, email="hannah@example.org", name="")
    messages = [*every_letter(book), sign_in]
    letters = {f"{number}-{message.kind}": written(message).html for number, message in enumerate(messages)}

    assert {message.kind for message in messages} == set(Message.Kind.values)
    assert html_problems(letters, "html-letters.cjs", tmp_path) == []
    assert {name: found for name, letter in letters.items() if (found := unplain_words(letter))} == {}


def test_a_mistake_would_be_found(tmp_path: Path) -> None:
    head = '<!doctype html>\n<html lang="en-GB"><head><title>Letter</title></head>\n'
    page = f"{head}<body><p>One<div></div></p></body></html>\n"

    assert html_problems({"letter": page}, "html-letters.cjs", tmp_path) == [
        "letter:3: close-order: Stray end tag '</p>'"
    ]


@pytest.mark.parametrize(
    "html, found",
    [
        ("<p>Oops! Invalid input</p>", ["Oops! Invalid input"] * 3),
        ("<p>On 03/12/26 at <b>09:00</b></p>", ["On 03/12/26 at 09:00"] * 2),
        ('<img alt="An attendee"><button><b>Submit</b></button>', ["An attendee Submit", "Submit"]),
        ("<p>9am, −£90.00, C-2026-01873</p><script>if (!a) b()</script><button>Continue</button>", []),
    ],
)
def test_words_that_are_not_plain_would_be_found(html: str, found: list[str]) -> None:
    assert unplain_words(html) == found
