"""Which spellings of an address are one person, and which addresses tell nobody apart."""

import pytest

from customers.email_keys import clean_address, email_key, is_usable, trim


@pytest.mark.parametrize(
    "typed,key",
    [
        ("ann@example.com", "ann@example.com"),
        ("Ann@Example.COM", "ann@example.com"),
        ("  ann@example.com\t", "ann@example.com"),
        ("ann@example.com.", "ann@example.com"),
        ("ann@example.com,", "ann@example.com"),
        ("ann@example.com;", "ann@example.com"),
        ("ann@example.com ;, .", "ann@example.com"),
        ("\u200bann@example.com\u200b", "ann@example.com"),
        ("\ufeffann@example.com", "ann@example.com"),
        ("\u2060ann@example.com.\u2060", "ann@example.com"),
        ("\u00a0ann@example.com\u3000", "ann@example.com"),
        # Case folding, not lower case: the German sharp s and the Turkish dotted I.
        ("Straße@example.com", "strasse@example.com"),
        ("STRASSE@example.com", "strasse@example.com"),
        ("İpek@example.com", "i\u0307pek@example.com"),
        ("ΣΊΣΥΦΟΣ@example.com", "σίσυφοσ@example.com"),
        # Nothing else makes two people one.
        ("ann+work@example.com", "ann+work@example.com"),
        ("a.n.n@example.com", "a.n.n@example.com"),
        ("\u0430nn@example.com", "\u0430nn@example.com"),
        (".ann@example.com", ".ann@example.com"),
        ("an n@example.com", "an n@example.com"),
        ("ann@xn--mller-kva.example", "ann@xn--mller-kva.example"),
        ("n/a", "n/a"),
    ],
)
def test_the_key_of_an_address(typed: str, key: str) -> None:
    assert email_key(typed) == key
    assert email_key(key) == key
    assert email_key(clean_address(typed)) == key


@pytest.mark.parametrize("typed", [None, "", "   ", "\u200b\ufeff", " . ", ",;."])
def test_no_address_has_no_key(typed: str | None) -> None:
    assert email_key(typed) is None


def test_the_cleaned_address_keeps_its_own_spelling() -> None:
    assert clean_address(" Ann.Straße@Example.com ,;") == "Ann.Straße@Example.com"
    assert trim("\u200b Ann Lee. \ufeff") == "Ann Lee."


@pytest.mark.parametrize(
    "key",
    [
        "ann@example.com",
        "ann+work@example.com",
        "o'neill@example.co.uk",
        "\u0430nn@пример.рф",
        "test@example.com",
        "ann@test.com",
        "a@1-2.example",
        f"{'a' * 242}@example.com",
    ],
)
def test_usable(key: str) -> None:
    assert is_usable(key)


@pytest.mark.parametrize(
    "key",
    [
        "n/a",
        "none@none",
        "none@none.com",
        "test@test.co.uk",
        "x@xx.example",
        "n-a@no-email.example",
        "ann.example.com",
        "ann@bee@example.com",
        "@example.com",
        "ann@",
        "ann@example",
        "ann@example..com",
        "ann@-example.com",
        "ann@example-.com",
        "ann@exa_mple.com",
        ".ann@example.com",
        "ann.@example.com",
        "an..n@example.com",
        "an n@example.com",
        "ann@exam\u200bple.com",
        "ann\x00@example.com",
        "ann\x7f@example.com",
        "ann,bee@example.com",
        "<ann@example.com>",
        'an"n@example.com',
        "mailto:ann@example.com",
        "an\\n@example.com",
        "an`n@example.com",
        f"{'a' * 243}@example.com",
    ],
)
def test_not_usable(key: str) -> None:
    assert not is_usable(key)
