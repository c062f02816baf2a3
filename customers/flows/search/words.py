"""The list of all words that names are made of, made anew from the names themselves."""

from django.db import connection, transaction

_LIVE = """
CREATE TEMP TABLE live_word ON COMMIT DROP AS
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


@transaction.atomic
def rebuild_words() -> int:
    """Adds words that are missing and forgets those that nobody has any more; says how many there are.

    The triggers add words as names come; they never take one away. A name that is saved meanwhile is not lost: its
    trigger adds its words beside this.
    """
    with connection.cursor() as cursor:
        for statement in (_LIVE, _FORGET, _ADD, "SELECT count(*) FROM customers_searchword"):
            cursor.execute(statement)
        total: int = cursor.fetchone()[0]
    return total
