"""Encryption of texts: what goes in comes out, under any of the keys, and nothing else ever does."""

import traceback
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from config.kernel.crypto import (
    UndecryptableValue,
    decrypt_json,
    decrypt_text,
    encrypt_json,
    encrypt_text,
    rotate,
)

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))
SECRET = "sentinel: a chair for CPR, and Zoë’s notes"


@pytest.mark.parametrize("plain", [SECRET, "", "x" * 100_000, "line\r\nline\x00", "🩹"])
def test_a_text_comes_back_as_it_was(plain: str) -> None:
    blob = encrypt_text(plain)
    assert decrypt_text(blob) == plain
    assert encrypt_text(plain) != blob


def test_the_text_is_not_in_what_is_stored() -> None:
    assert b"sentinel" not in encrypt_text(SECRET)
    assert b"sentinel" not in encrypt_json({"need": SECRET})


@pytest.mark.parametrize("value", [{"people": [{"name": "Zoë", "age": 41}], "none": None}, {}, [1, 2.5], "text", None])
def test_json_comes_back_as_it_was(value: Any) -> None:
    assert decrypt_json(encrypt_json(value)) == value


def test_a_new_key_in_front_encrypts_and_the_old_one_still_opens(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    stored = encrypt_text(SECRET)

    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert decrypt_text(stored) == SECRET
    written_now, rotated = encrypt_text(SECRET), rotate(stored)

    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert decrypt_text(written_now) == SECRET
    assert decrypt_text(rotated) == SECRET
    with pytest.raises(UndecryptableValue):
        decrypt_text(stored)


def test_an_empty_value_of_a_field_stays_empty_when_keys_rotate() -> None:
    assert rotate(b"") == b""


def test_a_value_of_a_foreign_key_is_refused_and_tells_nothing(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [FOREIGN]
    blob = encrypt_text(SECRET)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    for read in (decrypt_text, decrypt_json, rotate):
        with pytest.raises(UndecryptableValue) as refusal:
            read(blob)
        told = "".join(traceback.format_exception(refusal.value))
        assert blob.decode() not in told
        assert FOREIGN not in told
        assert refusal.value.__suppress_context__


@pytest.mark.parametrize("damage", [b"", b"not a token", SECRET.encode()])
def test_damaged_bytes_are_refused(damage: bytes) -> None:
    with pytest.raises(UndecryptableValue):
        decrypt_text(damage)


def test_altered_bytes_are_refused() -> None:
    blob = bytearray(encrypt_text(SECRET))
    blob[40] ^= 1
    with pytest.raises(UndecryptableValue):
        decrypt_text(bytes(blob))


def test_what_is_no_json_does_not_show_in_the_refusal() -> None:
    with pytest.raises(UndecryptableValue) as refusal:
        decrypt_json(encrypt_text(SECRET))
    assert "sentinel" not in "".join(traceback.format_exception(refusal.value))
