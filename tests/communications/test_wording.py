from datetime import date

import pytest

from communications.wording import listed, one_line, plain_name, short_dates, wrap


@pytest.mark.parametrize(
    "typed, line",
    [
        ("Ann", "Ann"),
        ("  Ann \t Lee\r\nBcc: x", "Ann Lee Bcc: x"),
        ("a\x00b\x85c\u2028d", "a b c d"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("\u2066a\u2069", "a"),
        ("Zoë 👩‍🚒", "Zoë 👩‍🚒"),
        ("", ""),
    ],
)
def test_one_line(typed: str, line: str) -> None:
    assert one_line(typed) == line


@pytest.mark.parametrize(
    "typed, name",
    [
        ("Anne-Marie O'Neil", "Anne-Marie O'Neil"),
        ("J.R. Smith", "J. R. Smith"),
        ("http://evil.example/x?y=1", "http: evil. example x?y=1"),
        ("me@evil.example", "me evil. example"),
        ("<b>Ann</b>", "b Ann b"),
        ("x" * 300, "x" * 100),
        ("...", ". . ."),
    ],
)
def test_a_name_can_only_be_a_name(typed: str, name: str) -> None:
    assert plain_name(typed) == name


@pytest.mark.parametrize(
    "first, last, words",
    [
        (date(2026, 12, 3), date(2026, 12, 3), "Thu 3 December"),
        (date(2026, 12, 14), date(2026, 12, 16), "14 to 16 December"),
        (date(2026, 11, 30), date(2026, 12, 2), "30 November to 2 December"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 December 2026 to 2 January 2027"),
    ],
)
def test_short_dates(first: date, last: date, words: str) -> None:
    assert short_dates(first, last) == words


def test_lists_read_like_english() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_plain_text_has_short_lines_and_unbroken_addresses() -> None:
    address = "https://book.example.org/access/" + "a-b_" * 20 + "/"
    text = wrap(f"\n\n  {'word ' * 30}\n\n\n\n{address}\n\n\nEnd.  \n")
    assert text == (
        "word word word word word word word word word word word word word word\n"
        "word word word word word word word word word word word word word word\n"
        f"word word\n\n{address}\n\nEnd.\n"
    )
