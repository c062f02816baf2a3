"""Tokens: reproducible where they must be, unguessable where they may not be."""

import re

import pytest
from pytest_django import Settings

from config.kernel.signing import constant_time_equal, derive_code, derive_token, hash_token, new_token

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def test_a_derived_token_is_256_bits_and_always_the_same() -> None:
    token = derive_token("booking", "42")
    assert TOKEN.fullmatch(token)
    assert derive_token("booking", "42") == token


@pytest.mark.parametrize("purpose, key", [("booking", "43"), ("attendee", "42"), ("bookin", "g42"), ("booking4", "2")])
def test_another_purpose_or_key_gives_another_token(purpose: str, key: str) -> None:
    assert derive_token(purpose, key) != derive_token("booking", "42")


@pytest.mark.parametrize("purpose, key", [("", "42"), ("booking", "")])
def test_a_token_needs_a_purpose_and_a_key(purpose: str, key: str) -> None:
    with pytest.raises(ValueError, match="purpose and a key"):
        derive_token(purpose, key)


def test_a_mailed_link_outlives_the_secret_key(settings: Settings) -> None:
    mailed = derive_token("booking", "42")
    stored = hash_token(mailed)
    settings.SECRET_KEY = "another secret, after a rotation of the first one"
    assert derive_token("booking", "42") != mailed
    assert constant_time_equal(hash_token(mailed), stored)


def test_new_tokens_differ() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert [token for token in tokens if not TOKEN.fullmatch(token)] == []


def test_only_a_hash_is_stored() -> None:
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("typed", ["", "é", "\ud800", "x" * 10_000])
def test_whatever_is_typed_can_be_hashed_and_compared(typed: str) -> None:
    assert len(hash_token(typed)) == 64
    assert constant_time_equal(typed, typed)
    assert not constant_time_equal(typed, f"{typed}x")


def test_a_code_is_six_digits_that_stay_the_same_and_differ_by_purpose_and_key() -> None:
    code = derive_code("one", "key")
    assert re.fullmatch(r"[0-9]{6}", code)
    assert derive_code("one", "key") == code
    assert len({derive_code(purpose, key) for purpose in ("one", "two") for key in ("a", "b", "c")}) == 6


def test_a_small_code_keeps_its_noughts() -> None:
    codes = [derive_code("one", str(number)) for number in range(200)]
    assert {len(code) for code in codes} == {6}
    assert any(code.startswith("0") for code in codes)


@pytest.mark.parametrize("purpose, key", [("", "key"), ("one", "")])
def test_a_code_needs_a_purpose_and_a_key(purpose: str, key: str) -> None:
    with pytest.raises(ValueError, match="a purpose and a key"):
        derive_code(purpose, key)
