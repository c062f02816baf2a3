"""The list of all words that names are made of, made anew from the names themselves."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What became of the list: words in it now, and how many of them are new; rows that were taken out."""

    words: int
    added: int
    forgotten: int


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
