"""States that move by one table of allowed transitions.

`advance()` only sets the attribute. The caller holds the row's lock, looks at the locked row, and saves it.
"""

from collections.abc import Collection, Mapping


class ForbiddenTransition(Exception):
    """A state was asked to move where its table does not lead."""

    def __init__(self, model: str, current: str, target: str) -> None:
        super().__init__(f"{model} cannot go from {current} to {target}.")
        self.model = model
        self.current = current
        self.target = target


class Transitions[S: str]:
    """For every state, the states it may move to. A state without an entry is final."""

    def __init__(self, allowed: Mapping[S, Collection[S]]) -> None:
        self._allowed: dict[S, frozenset[S]] = {state: frozenset(to) for state, to in allowed.items()}

    def allows(self, current: S, target: S) -> bool:
        """Whether a row in `current` may move to `target`. Staying where one is is not a move."""
        return target in self._allowed.get(current, frozenset())


def advance[S: str](obj: object, field: str, to: S, table: Transitions[S]) -> bool:
    """Move `obj.<field>` to `to`. True when it moved, False when it was there already.

    Raises ForbiddenTransition when the table does not lead there; the object is then unchanged.
    """
    current: S = getattr(obj, field)
    if current == to:
        return False
    if not table.allows(current, to):
        raise ForbiddenTransition(type(obj).__name__, str(current), str(to))
    setattr(obj, field, to)
    return True
