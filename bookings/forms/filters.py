"""What somebody looks for in the catalogue, as the address of the page carries it."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

MOST_PEOPLE = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """A course's slug, a town, a month ("2026-12") and how many people; empty means any."""

    what: str = ""
    where: str = ""
    when: str = ""
    people: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything is left out because of it; the number of people only marks dates."""
        return bool(self.what or self.where or self.when)

    def query(self, **changes: Any) -> str:
        """ "?where=Leeds&people=3": the address of the same search with these changes. Nothing asked for is ""."""
        asked = {name: value for name, value in asdict(replace(self, **changes)).items() if value and value != 1}
        return f"?{urlencode(asked)}" if asked else ""


def wanted(
    data: Mapping[str, str], *, whats: Collection[str], wheres: Collection[str], whens: Collection[str]
) -> Wanted:
    """Reads an address. What is not (or no longer) among the choices counts as not asked for: old links still open."""

    def among(name: str, choices: Collection[str]) -> str:
        value = data.get(name, "")
        return value if value in choices else ""

    return Wanted(among("what", whats), among("where", wheres), among("when", whens), people(data))


def people(data: Mapping[str, str]) -> int:
    """How many people an address asks for: 1 to 12, and 1 for anything else."""
    text = data.get("people", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PEOPLE)) else 1
    return min(max(number, 1), MOST_PEOPLE)
