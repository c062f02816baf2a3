"""Codes that people read out, type and print: references and session codes.

A reference is a name, never a key: it opens nothing by itself (docs/decisions/0002). Uniqueness is the
database's business; who stores a reference tries again with another when it is taken.
"""

import secrets
import unicodedata

# No I, O, U, 0, 1; of each pair that looks alike in print or handwriting only the digit stays
# (B/8, G/6, L/1, S/5, Z/2), and without vowels no code spells a word.
ALPHABET = "23456789CDFHJKMNPQRTVWXY"

# Far more than any reference has, with all the spaces and marks that somebody may put in. Putting marks in order takes
# time by the square of their number: an address full of them would keep a process busy for seconds.
_LONGEST = 400

_DASHES_OUTSIDE_PD = frozenset("\N{MINUS SIGN}\N{HYPHEN BULLET}\N{MODIFIER LETTER MINUS SIGN}_")
_BLANKS_THAT_CLAIM_TO_BE_LETTERS = frozenset(
    "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{BRAILLE PATTERN BLANK}"
)
# Cf zero-width and direction marks, Cc controls, Mn variation selectors, Pd dashes, Z* spaces.
_IGNORED_CATEGORIES = frozenset({"Cf", "Cc", "Mn", "Pd", "Zs", "Zl", "Zp"})


def new_code(length: int) -> str:
    """`length` characters from `ALPHABET` that cannot be guessed. Raises ValueError below 1."""
    if length < 1:
        raise ValueError("A code has at least one character.")
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_reference(prefix: str = "RFT") -> str:
    """A reference such as "RFT-7K4M-Q2": one of 24^6, about 191 million."""
    return f"{prefix}-{new_code(4)}-{new_code(2)}"


def reference_key(text: str) -> str:
    """What a typed reference is looked up by: "rft 7k4m q2" and "RFT‑7K4M‑Q2" both give "RFT7K4MQ2".

    Case, spaces, dashes of every kind and invisible characters are ignored; nothing else is, so that an
    imported reference keeps every letter and digit it came with, also those we would not give out. Only the beginning
    of a very long text is read.
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).upper()
    return "".join(character for character in plain if not _is_ignored(character))


def _is_ignored(character: str) -> bool:
    return (
        unicodedata.category(character) in _IGNORED_CATEGORIES
        or character in _DASHES_OUTSIDE_PD
        or character in _BLANKS_THAT_CLAIM_TO_BE_LETTERS
    )
