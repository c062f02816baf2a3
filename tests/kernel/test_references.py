"""References: easy to read out, found however they are typed."""

import re

import pytest

from config.kernel.references import ALPHABET, new_code, new_reference, reference_key


def test_the_alphabet_holds_nothing_that_looks_like_something_else() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 24
    assert set(ALPHABET).isdisjoint("IOU01")
    for pair in ("8B", "6G", "5S", "2Z"):
        assert len(set(pair) & set(ALPHABET)) == 1


def test_a_reference_has_its_shape_and_is_rarely_the_same() -> None:
    references = {new_reference() for _ in range(1000)}
    assert len(references) >= 998  # 191 million to choose from: two equal ones are already a wonder
    shape = re.compile(rf"RFT-[{ALPHABET}]{{4}}-[{ALPHABET}]{{2}}")
    assert [reference for reference in references if not shape.fullmatch(reference)] == []
    assert new_reference("WL").startswith("WL-")


def test_codes_have_the_length_that_was_asked_for() -> None:
    assert [len(new_code(length)) for length in (1, 6, 12)] == [1, 6, 12]
    with pytest.raises(ValueError, match="at least one"):
        new_code(0)


@pytest.mark.parametrize(
    "typed",
    [
        "RFT-7K4M-Q2",
        "rft 7k4m q2",
        "  rft7k4mq2\n",
        "RFT\u20117K4M\u2011Q2",
        "RFT\u20137K4M\u2014Q2",
        "RFT\u22127K4M\u2212Q2",
        "RFT\u00ad-7K4M-\u200bQ2",
        "\ufeffRFT-7K4M-Q2\u200e",
        "RFT\u00a07K4M\u202fQ2",
        "RFT_7K4M_Q2",
        "\uff32\uff26\uff34\uff0d\uff17\uff2b\uff14\uff2d\uff0d\uff31\uff12",
        "R\u034fFT-7K4M-Q2\ufe0f",
        "RFT\u31647K4M\u2800Q2",
    ],
)
def test_a_typed_reference_finds_its_booking(typed: str) -> None:
    assert reference_key(typed) == "RFT7K4MQ2"


@pytest.mark.parametrize(
    "legacy, key",
    [
        ("RFT-K7M2QX", "RFTK7M2QX"),
        ("rft-0o1ilu", "RFT0O1ILU"),
        ("INV-2026-00412", "INV202600412"),
        ("A/1", "A/1"),
        ("É-1", "É1"),
        ("E\u0301-1", "É1"),
        ("", ""),
        (" - ", ""),
    ],
)
def test_an_imported_reference_keeps_every_letter_and_digit(legacy: str, key: str) -> None:
    assert reference_key(legacy) == key


def test_a_new_reference_is_its_own_key_but_for_the_dashes() -> None:
    for _ in range(100):
        reference = new_reference()
        assert reference_key(reference) == reference.replace("-", "")
        assert reference_key(reference_key(reference)) == reference_key(reference)
