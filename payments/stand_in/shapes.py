"""Empty objects with every field Stripe shows, in its order of nothing in particular (see ``shapes.json``)."""

import json
from pathlib import Path
from typing import Any

from .errors import Json

# Kept as text: parsing makes a fresh, unshared object, and is quicker than a deep copy.
_SHAPES: dict[str, str] = {
    name: json.dumps(shape)
    for name, shape in json.loads(Path(__file__).with_name("shapes.json").read_text("utf-8")).items()
}


def blank(kind: str, **values: Any) -> Json:
    """A new object of ``kind`` with ``values`` filled in. Raises ``KeyError`` for a field the shape does not have."""
    shape: Json = json.loads(_SHAPES[kind])
    for name, value in values.items():
        if name not in shape:
            raise KeyError(f"{kind} has no field {name}")
        shape[name] = value
    return shape
