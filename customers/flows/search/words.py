"""The list of all words that names are made of: cleaned a little every night, or made anew from the names themselves.

Triggers add words as names come and never take one away. A name that was put right or taken out would stay on the list
as a word, which is what remains of somebody whose name is rare.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched

from django.db import connection, transaction

_LIVE = """
CREATE TEMP TABLE live_word AS
SELECT DISTINCT word
FROM (
    SELECT DISTINCT search_fold(first_name) AS folded FROM customers_user
    UNION SELECT DISTINCT search_fold(last_name) FROM customers_user
    UNION SELECT DISTINCT search_fold(company) FROM customers_user
    UNION SELECT DISTINCT search_fold(name) FROM customers_organisation
    UNION SELECT DISTINCT search_fold(first_name) FROM bookings_attendee
    UNION SELECT DISTINCT search_fold(last_name) FROM bookings_attendee
) AS name, unnest(string_to_array(folded, ' ')) AS word
WHERE length(word) > 1 AND word !~ '^[0-9]*$'
"""
_FORGET = """
DELETE FROM customers_searchword AS known
WHERE NOT EXISTS (SELECT FROM live_word WHERE live_word.word = known.word)
    OR EXISTS (SELECT FROM customers_searchword AS twin WHERE twin.word = known.word AND twin.id < known.id)
"""
_ADD = """
INSERT INTO customers_searchword (word)
SELECT word FROM live_word
WHERE NOT EXISTS (SELECT FROM customers_searchword AS known WHERE known.word = live_word.word)
"""
# Each night another part of the list is looked at: all of it in four weeks.
NIGHTS = 28
_PART = "SELECT id FROM customers_searchword WHERE id %% %(nights)s = %(night)s ORDER BY id"
# One look into an index for each word, until somebody is found who has it; the list itself is small.
_NOBODYS = """
SELECT known.id FROM customers_searchword AS known
CROSS JOIN LATERAL (SELECT quote_literal(known.word)::tsquery AS whole OFFSET 0) AS word
WHERE known.id = ANY (%(ids)s) AND (
    EXISTS (SELECT FROM customers_searchword AS twin WHERE twin.word = known.word AND twin.id < known.id)
    OR NOT EXISTS (
        SELECT FROM customers_user WHERE search_words(first_name, last_name, company, email) @@ word.whole
    )
    AND NOT EXISTS (SELECT FROM customers_organisation WHERE search_words(name) @@ word.whole)
    AND NOT EXISTS (SELECT FROM bookings_attendee WHERE search_words(first_name, last_name, email) @@ word.whole)
)
"""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What became of the list: words in it now, and how many of them are new; rows that were taken out."""

    words: int
    added: int
    forgotten: int


def forget_words(*, night: int, batch: int) -> int:
    """Forgets those of a 28th of the list that nobody has any more, and second rows of a word; says how many.

    Every night has another part, whatever number it is; `batch` words are a transaction. A word that is in somebody's
    address stays. One that somebody takes on in the same moment may be lost: nothing is put right to it then, until the
    next name with it or `rebuild_words`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PART, {"nights": NIGHTS, "night": night % NIGHTS})
        part = [row[0] for row in cursor.fetchall()]
    return sum(_forget(ids) for ids in batched(part, batch, strict=False))


@transaction.atomic
def _forget(ids: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        # The planner knows nothing of the words to come, and would rather read all names for each.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_NOBODYS, {"ids": list(ids)})
        cursor.execute("DELETE FROM customers_searchword WHERE id = ANY (%s)", [[row[0] for row in cursor.fetchall()]])
        forgotten: int = cursor.rowcount
        cursor.execute("SET LOCAL enable_seqscan = on")
    return forgotten


@transaction.atomic
def rebuild_words(*, dry_run: bool = False) -> Rebuilt:
    """Adds words that are missing and forgets those that nobody has any more, and the second row of a word.

    The triggers add words as names come; they never take one away. A name that is saved meanwhile is not lost: its
    trigger adds its words beside this. With `dry_run` everything is as it was afterwards.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LIVE)
        cursor.execute(_FORGET)
        forgotten = cursor.rowcount
        cursor.execute(_ADD)
        added = cursor.rowcount
        cursor.execute("SELECT count(*) FROM customers_searchword")
        rebuilt = Rebuilt(cursor.fetchone()[0], added, forgotten)
        # Gone at once, also inside somebody else's transaction.
        cursor.execute("DROP TABLE live_word")
    transaction.set_rollback(dry_run)
    return rebuilt
