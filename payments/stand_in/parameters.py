"""Checking a request's parameters against the typed parameters of the installed ``stripe`` library.

The library's ``TypedDict`` classes are generated from Stripe's own specification, so what passes here is what the
API version of that library takes. Values arrive as text and leave with their type: ``int``, ``bool``, ``str``, lists
and dictionaries. An empty text unsets a value where Stripe allows that and becomes ``None``.
"""

import functools
import re
import types
import typing
from decimal import Decimal
from typing import Any

from stripe import params
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject

from .errors import StripeError, bad_parameter
from .forms import Form

_WHOLE_NUMBER = re.compile(r"-?\d{1,18}")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_NOT_PARAMETERS = frozenset(RequestOptions.__annotations__)

_WITHOUT_TYPES = (params.PaymentIntentCreateParams, params.PaymentIntentUpdateParams, params.PaymentIntentConfirmParams)

METADATA_KEYS = 50
METADATA_KEY_LENGTH = 40
METADATA_VALUE_LENGTH = 500
"""Limits of metadata: https://docs.stripe.com/metadata#data."""


def check(form: Form, typed: type, *, extra: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return ``form`` with typed values.

    ``extra`` names text parameters that only browsers send and the server library's types leave out.
    Raises a parameter error (never stored under an idempotency key) as Stripe would.
    """
    if typed in _WITHOUT_TYPES and "payment_method_types" in form:
        # https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents
        raise bad_parameter(
            "The parameter payment_method_types is no longer supported. Use dynamic payment methods,"
            " allowed_payment_method_types or excluded_payment_method_types.",
            code="payment_method_types_no_longer_supported",
            param="payment_method_types",
        )
    browser = {name: _text(form[name], name) for name in extra if name in form}
    rest = {name: value for name, value in form.items() if name not in extra}
    return _mapping(rest, typed, "") | browser


@functools.cache
def fields(typed: type) -> dict[str, Any]:
    """The types of a parameter class's own fields, without the library's request options."""
    own = {name: hint for name, hint in typed.__annotations__.items() if name not in _NOT_PARAMETERS}
    holder = type("_Fields", (), {"__annotations__": own, "__module__": typed.__module__})
    return typing.get_type_hints(holder)


def _mapping(form: Form, typed: type, prefix: str) -> dict[str, Any]:
    known = fields(typed)
    if unknown := [_name(prefix, key) for key in form if key not in known]:
        plural = "s" if len(unknown) > 1 else ""
        message = f"Received unknown parameter{plural}: {', '.join(unknown)}"
        raise bad_parameter(message, code="parameter_unknown", param=unknown[0])
    required: frozenset[str] = getattr(typed, "__required_keys__", frozenset())
    for key in known:
        if key in required and form.get(key, "") == "":
            name = _name(prefix, key)
            raise bad_parameter(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return {key: _value(form[key], known[key], _name(prefix, key)) for key in form}


def _name(prefix: str, key: str) -> str:
    return f"{prefix}[{key}]" if prefix else key


def _value(value: Any, hint: Any, name: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(value, typing.get_args(hint), name)
    if origin is typing.Literal:
        return _literal(value, typing.get_args(hint), name)
    if origin is list:
        return _list(value, typing.get_args(hint)[0], name)
    if origin in (dict, UntypedStripeObject):
        return _text_mapping(value, name)
    # The library's classes come from typing_extensions, which typing.is_typeddict does not always know.
    if hasattr(hint, "__required_keys__"):
        if not isinstance(value, dict):
            raise bad_parameter("Invalid object", param=name)
        return _mapping(value, hint, name)
    return _scalar(value, hint, name)


def _union(value: Any, choices: tuple[Any, ...], name: str) -> Any:
    """Choose by shape. ``Literal[...] | str`` is the library's way to write an enumeration: the literals are the whole
    list for the API. ``Literal[""]`` beside anything means that an empty text unsets the value."""
    literals = [
        option
        for choice in choices
        if typing.get_origin(choice) is typing.Literal
        for option in typing.get_args(choice)
    ]
    if value == "" and "" in literals:
        return None
    named = tuple(option for option in literals if option != "")
    others = [choice for choice in choices if typing.get_origin(choice) is not typing.Literal]
    if named and isinstance(value, str):
        if value in named:
            return value
        if others == [str]:
            return _literal(value, named, name)
        others = [choice for choice in others if choice is not str]
    failure: StripeError | None = None
    for choice in others:
        try:
            return _value(value, choice, name)
        except StripeError as error:
            # The error about the innards of an object says more than "Invalid string" of its sibling.
            failure = error if failure is None or error.error.get("code") == "parameter_unknown" else failure
    raise failure or bad_parameter(f"Invalid value for {name}", param=name)


def _literal(value: Any, options: tuple[Any, ...], name: str) -> Any:
    if value in options:
        return value
    readable = [str(option) for option in options]
    listing = ", ".join(readable[:-1]) + " or " + readable[-1] if len(readable) > 1 else readable[0]
    raise bad_parameter(f"Invalid {name}: must be one of {listing}", param=name)


def _list(value: Any, hint: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise bad_parameter("Invalid array", param=name)
    return [_value(item, hint, f"{name}[{position}]") for position, item in enumerate(value)]


def _scalar(value: Any, hint: Any, name: str) -> Any:
    if hint is int:
        if not isinstance(value, str) or not _WHOLE_NUMBER.fullmatch(value):
            raise bad_parameter(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
        return int(value)
    if hint is bool:
        if value not in ("true", "false"):
            raise bad_parameter(f"Invalid boolean: {value}", param=name)
        return value == "true"
    if hint in (float, Decimal):
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            raise bad_parameter(f"Invalid decimal: {value}", param=name)
        return Decimal(value)
    return _text(value, name)


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise bad_parameter(f"Invalid string: {value}", param=name)
    return value


def _text_mapping(value: Any, name: str) -> dict[str, str]:
    """Metadata. ``a[0]=x`` decodes to a list, yet names the key "0"."""
    if isinstance(value, list):
        value = {str(position): item for position, item in enumerate(value)}
    if not isinstance(value, dict):
        raise bad_parameter("Invalid hash", param=name)
    if len(value) > METADATA_KEYS:
        raise bad_parameter(f"Metadata can have up to {METADATA_KEYS} keys.", param=name)
    for key, item in value.items():
        if len(key) > METADATA_KEY_LENGTH:
            raise bad_parameter(f"Metadata keys must be under {METADATA_KEY_LENGTH} characters.", param=name)
        if len(_text(item, _name(name, key))) > METADATA_VALUE_LENGTH:
            raise bad_parameter(
                f"Metadata values can have up to {METADATA_VALUE_LENGTH} characters.", param=_name(name, key)
            )
    return dict(value)
