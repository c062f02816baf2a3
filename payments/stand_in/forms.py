"""Reading Stripe's form encoding: ``a[b][0][c]=v`` becomes nested dictionaries and lists of text.

Only the shape is read here; what a value may be is checked in ``parameters``.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

from .errors import bad_parameter

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")

Form = dict[str, Any]


def decode(encoded: str) -> Form:
    """Return the nested form. Raises a parameter error for a malformed key."""
    root: Form = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        _put(root, _path(name), value, name)
    return {key: _lists(value) for key, value in root.items()}


def _path(name: str) -> list[str]:
    match = _KEY.fullmatch(name)
    if match is None:
        raise bad_parameter(f"Invalid parameter name: {name}", param=name)
    return [match[1], *_PART.findall(match[2])]


def _put(root: Form, path: list[str], value: str, name: str) -> None:
    here = root
    for part in path[:-1]:
        following = here.setdefault(_position(here, part), {})
        if not isinstance(following, dict):
            raise bad_parameter(f"Invalid parameter: {name} is given both as a value and as an object", param=name)
        here = following
    last = _position(here, path[-1])
    if isinstance(here.get(last), dict):
        raise bad_parameter(f"Invalid parameter: {name} is given both as a value and as an object", param=name)
    here[last] = value


def _position(here: Form, part: str) -> str:
    """An empty bracket (``expand[]``) appends."""
    return part or str(len(here))


def _lists(value: Any) -> Any:
    """Turn ``{"0": x, "1": y}`` into ``[x, y]``, all the way down."""
    if not isinstance(value, dict):
        return value
    if value and set(value) == {str(position) for position in range(len(value))}:
        return [_lists(value[str(position)]) for position in range(len(value))]
    return {key: _lists(item) for key, item in value.items()}
