"""Forgiving slips of typing: which words of names are close to the words that were typed, and how close.

Close is a word, or the beginning of one, that a single slip turns into what was typed (a letter too few, too many, a
wrong one, two in the wrong order), a word that holds it somewhere, or a long one with most of its three-letter parts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection

from config.kernel.searching import SHORTEST_PART

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Words beyond these do not help to find anybody.
_MOST_WORDS = 6
_LONGEST_WORD = 24
# Of a beginning this short, a slip leaves nothing that could be told from other words.
_SHORTEST_BEGINNING = 4
_LONG_WORD = 5
_MOST_CLOSE = 12

_FOLD = "SELECT string_to_array(search_fold(%(text)s), ' ')"
# Every variant is one descent into the index. What begins with it comes in order: the variant itself first.
_CLOSE = """
SELECT variant.typed, variant.word, known.word = variant.word, 'slip'
FROM unnest(%(owners)s::text[], %(variants)s::text[]) AS variant (typed, word)
CROSS JOIN LATERAL (
    SELECT word FROM customers_searchword
    WHERE word >= variant.word AND word < variant.word || %(last)s
    ORDER BY word LIMIT 1
) AS known
UNION ALL
SELECT typed.word, known.word, true, 'part'
FROM unnest(%(words)s::text[]) AS typed (word)
CROSS JOIN LATERAL (
    SELECT word FROM customers_searchword
    WHERE word LIKE '%%' || typed.word || '%%'
    ORDER BY length(word) LIMIT %(most)s
) AS known
UNION ALL
SELECT typed.word, known.word, true, 'alike'
FROM unnest(%(long_words)s::text[]) AS typed (word)
CROSS JOIN LATERAL (
    SELECT word FROM customers_searchword
    WHERE word %% typed.word AND similarity(word, typed.word) >= 0.4
    ORDER BY similarity(word, typed.word) DESC LIMIT %(most)s
) AS known
"""
# One slip in a whole word is likelier than two at the end of half a one.
_COSTS = {("slip", True): 1.0, ("part", True): 1.2, ("slip", False): 1.5, ("alike", True): 2.0}
_NEAR = 1.2


@dataclass(slots=True)
class CloseWords:
    """What one typed word may stand for."""

    typed: str
    whole: dict[str, float] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)

    def cost_in(self, held: Iterable[str]) -> tuple[float, str] | None:
        """How far the closest of these folded words is from what was typed, and that word; None: none is close."""
        costs = [(cost, word) for word in held if (cost := self._cost_of(word)) is not None]
        return min(costs, default=None)

    def _cost_of(self, word: str) -> float | None:
        if word.startswith(self.typed):
            return 0.0
        costs = [cost for beginning, cost in self.begun.items() if word.startswith(beginning)]
        if word in self.whole:
            costs.append(self.whole[word])
        # A slip in the first letter is rare.
        return min(costs) + 0.25 * (word[0] != self.typed[0]) if costs else None

    def query(self, furthest: float) -> str:
        """Rows that hold the word that was typed, or one not further from it than this, as a tsquery."""
        whole = (f"'{word}'" for word, cost in self.whole.items() if cost <= furthest)
        begun = (f"'{word}':*" for word, cost in self.begun.items() if cost <= furthest)
        return f"({' | '.join([f"'{self.typed}':*", *whole, *begun])})"


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of a text, with what each may stand for."""

    words: Sequence[CloseWords]

    @property
    def near(self) -> str:
        """The query for one slip in each word at most."""
        return " & ".join(word.query(_NEAR) for word in self.words)

    @property
    def far(self) -> str:
        """The query for all that is close."""
        return " & ".join(word.query(max(_COSTS.values())) for word in self.words)

    def cost_in(self, held: Iterable[str]) -> tuple[float, str] | None:
        """How far these folded words are from the whole text, and the words meant; None: something is missing."""
        known = list(held)
        closest = [word.cost_in(known) for word in self.words]
        found = [one for one in closest if one is not None]
        if len(found) < len(closest):
            return None
        return sum(cost for cost, _ in found), " ".join(word for _, word in found)


def read(text: str) -> Reading | None:
    """What a text may stand for, in two queries; None when there is nothing to go by."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, {"text": text})
        words = [word[:_LONGEST_WORD] for word in cursor.fetchone()[0][:_MOST_WORDS]]
        guessed = [word for word in words if len(word) >= SHORTEST_PART and not word.isdigit()]
        if not guessed:
            return None
        variants = [(word, variant) for word in guessed for variant in _one_slip_from(word)]
        cursor.execute(
            _CLOSE,
            {
                "owners": [word for word, _ in variants],
                "variants": [variant for _, variant in variants],
                "last": chr(0x10FFFF),
                "words": guessed,
                "long_words": [word for word in guessed if len(word) >= _LONG_WORD],
                "most": _MOST_CLOSE,
            },
        )
        rows = cursor.fetchall()
    order = {variant: place for place, variant in enumerate(variants)}
    rows.sort(key=lambda row: order.get((row[0], row[1]), len(order)))
    return Reading([_close_words(word, [row[1:] for row in rows if row[0] == word]) for word in words])


def is_one_slip(one: str, other: str) -> bool:
    """Whether two texts differ by a letter too many, a wrong one, or two in the wrong order."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    end = 0
    while end < min(len(one), len(other)) and one[-1 - end] == other[-1 - end]:
        end += 1
    one, other = one[: len(one) - end], other[: len(other) - end]
    return max(len(one), len(other)) == 1 or (len(one) == 2 and one == other[::-1])


def _close_words(typed: str, rows: Sequence[tuple[str, bool, str]]) -> CloseWords:
    """The likeliest, of rows in the order of likelihood."""
    close = CloseWords(typed)
    for word, is_whole, how in rows:
        if is_whole and len(close.whole) < _MOST_CLOSE:
            close.whole.setdefault(word, _COSTS[how, True])
        if how == "slip" and len(word) >= _SHORTEST_BEGINNING and len(close.begun) < _MOST_CLOSE:
            close.begun.setdefault(word, _COSTS[how, False])
    return close


def _one_slip_from(word: str) -> Iterator[str]:
    """Every text from which one slip makes `word`, the likeliest slips first."""
    made = dict.fromkeys(_swapped(word))
    made |= dict.fromkeys(word[:place] + word[place + 1 :] for place in range(len(word)))
    for place in range(len(word)):
        for letter in _LETTERS:
            made[word[:place] + letter + word[place:]] = None
            made[word[:place] + letter + word[place + 1 :]] = None
    made.pop(word, None)
    return (variant for variant in made if len(variant) >= SHORTEST_PART)


def _swapped(word: str) -> Iterator[str]:
    for place in range(len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
