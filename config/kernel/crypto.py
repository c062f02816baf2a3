"""Encryption of what people confide: Fernet over FIELD_ENCRYPTION_KEYS, and two model fields that use it.

The first key encrypts, every key decrypts: to rotate, put a new key in front, run `manage.py rotate_encryption_keys`
(saving a row does the same), then drop the old key. The keys are never derived from SECRET_KEY.

What can be seen without a key: whether a value is empty, about how long it is, and when it was encrypted.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Never, override

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact, IsNull, Lookup


class UndecryptableValue(Exception):
    """A stored value that none of the keys opens. It never carries the value."""

    def __init__(self) -> None:
        super().__init__("A stored value cannot be decrypted with any of the keys in FIELD_ENCRYPTION_KEYS.")


def encrypt_text(plain: str) -> bytes:
    """`plain` under the first key; twice the same text gives two different results."""
    return _fernet().encrypt(plain.encode())


def decrypt_text(blob: bytes) -> str:
    """What `encrypt_text()` was given. Raises UndecryptableValue when no key fits or the bytes were altered."""
    try:
        return _fernet().decrypt(blob).decode()
    except (InvalidToken, UnicodeDecodeError):
        raise UndecryptableValue from None


def encrypt_json(value: Any) -> bytes:
    """`value`, which JSON must be able to carry, under the first key."""
    return encrypt_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def decrypt_json(blob: bytes) -> Any:
    """What `encrypt_json()` was given. Raises UndecryptableValue as `decrypt_text()` does."""
    text = decrypt_text(blob)
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise UndecryptableValue from None


def rotate(blob: bytes) -> bytes:
    """The same content under the first key. An empty value of a field stays empty.

    Raises UndecryptableValue when no key opens it.
    """
    if not blob:
        return b""
    try:
        return _fernet().rotate(blob)
    except InvalidToken:
        raise UndecryptableValue from None


def is_under_first_key(blob: bytes) -> bool:
    """Whether the key that encrypts now was the one that encrypted this."""
    try:
        _fernet_over((settings.FIELD_ENCRYPTION_KEYS[0],)).decrypt(blob)
    except InvalidToken:
        return False
    return True


def _fernet() -> MultiFernet:
    return _fernet_over(tuple(settings.FIELD_ENCRYPTION_KEYS))


@lru_cache(maxsize=8)
def _fernet_over(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


if TYPE_CHECKING:
    # Only the stubs know Django's Field as generic: what may be assigned, and what is read.
    class _Field[SetType, GetType](models.Field[SetType, GetType]): ...
else:

    class _Field[SetType, GetType](models.Field): ...


class _EncryptedField[SetType, GetType](_Field[SetType, GetType]):
    """Ciphertext in a bytea column, plain text on the instance.

    An empty value is stored as empty bytes, so that "nothing was written here" can be asked for (`field=""`)
    without a key. No other comparison can work on ciphertext, so every other look-up is a FieldError.
    Rows are serialised (fixtures, exports) only by code that names what it takes: `value_to_string()` refuses.
    """

    empty_strings_allowed = False

    def _encrypt(self, value: Any) -> bytes:
        raise NotImplementedError

    def _decrypt(self, blob: bytes) -> Any:
        raise NotImplementedError

    def is_empty_value(self, value: Any) -> bool:
        raise NotImplementedError

    @override
    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(
        self, value: bytes | memoryview | None, _expression: object, _connection: BaseDatabaseWrapper
    ) -> Any:
        return None if value is None else self._decrypt(bytes(value))

    @override
    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        return b"" if self.is_empty_value(value) else self._encrypt(value)

    @override
    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        if lookup_name == "exact":
            return _ExactlyEmpty
        if lookup_name == "isnull":
            return IsNull
        raise FieldError(f"{self.name} is encrypted: only isnull and an empty exact can be asked of it.")

    @override
    def value_to_string(self, obj: models.Model) -> Never:
        raise FieldError(f"{self.name} is encrypted and is not serialised.")


class _ExactlyEmpty(Exact):
    @override
    def get_prep_lookup(self) -> bytes | None:
        if self.rhs is None:
            return None  # Django makes an isnull of it
        field = self.lhs.output_field
        if not isinstance(field, _EncryptedField) or not field.is_empty_value(self.rhs):
            raise FieldError("An encrypted field can only be compared with an empty value.")
        return b""


class EncryptedTextField[SetType, GetType](_EncryptedField[SetType, GetType]):
    """Text that only FIELD_ENCRYPTION_KEYS open. Edited in a textarea."""

    # Read by django-stubs, which adds None where null=True.
    _pyi_private_set_type: str
    _pyi_private_get_type: str

    description = "Encrypted text"
    empty_strings_allowed = True

    @override
    def _encrypt(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise TypeError(f"{self.name} holds text, not {type(value).__name__}.")
        return encrypt_text(value)

    @override
    def _decrypt(self, blob: bytes) -> str:
        return decrypt_text(blob) if blob else ""

    @override
    def is_empty_value(self, value: Any) -> bool:
        return isinstance(value, str) and value == ""

    @override
    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else str(value)

    @override
    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"widget": forms.Textarea, **kwargs})


class EncryptedJSONField[SetType, GetType](_EncryptedField[SetType, GetType]):
    """A JSON object that only FIELD_ENCRYPTION_KEYS open; use `default=dict`. It has no form field."""

    # Read by django-stubs.
    _pyi_private_set_type: dict[str, Any]
    _pyi_private_get_type: dict[str, Any]

    description = "Encrypted JSON object"

    @override
    def _encrypt(self, value: Any) -> bytes:
        if not isinstance(value, dict):
            raise TypeError(f"{self.name} holds a JSON object, not {type(value).__name__}.")
        return encrypt_json(value)

    @override
    def _decrypt(self, blob: bytes) -> dict[str, Any]:
        value: dict[str, Any] = decrypt_json(blob) if blob else {}
        return value

    @override
    def is_empty_value(self, value: Any) -> bool:
        return isinstance(value, dict) and not value

    @override
    def formfield(self, **kwargs: Any) -> None:
        return None
