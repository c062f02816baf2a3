"""The end of the change history and of the list of looks: removed by their age and by nothing else.

For 24 months one can see who changed what and who looked (DOMAIN, section 8: access log). The history of payments and
invoices stays as long as these: six years after the accounting year, which is never more than 84 months. A trigger
refuses to remove what is younger (migration 0010): to keep less, write a migration first.
"""

import logging

from django.db import connection

logger = logging.getLogger(__name__)

KEPT_MONTHS = 24
MONEY_KEPT_MONTHS = 84

# The condition is written as that of the index "change_besides_money", or the planner does not see that it fits.
_OF_MONEY = "(record_kind::text LIKE 'payments.%%' OR record_kind::text LIKE 'invoicing.%%')"
_REMOVE = """
DELETE FROM {table} WHERE id = ANY (ARRAY(
    SELECT id FROM {table}
    WHERE {condition} occurred_at < now() - make_interval(months => %(months)s)
    ORDER BY occurred_at LIMIT %(limit)s
))
"""
_CHANGES = _REMOVE.format(table="customers_change", condition=f"NOT {_OF_MONEY} AND")
_CHANGES_OF_MONEY = _REMOVE.format(table="customers_change", condition=f"{_OF_MONEY} AND")
_VIEWINGS = _REMOVE.format(table="customers_viewing", condition="")
_STATEMENTS = ((_CHANGES, KEPT_MONTHS), (_CHANGES_OF_MONEY, MONEY_KEPT_MONTHS), (_VIEWINGS, KEPT_MONTHS))


def forget_old_history(*, limit: int, batches: int) -> int:
    """Removes what is older than it is kept, the oldest first, and says how many rows; nothing to do is no error.

    Of each kind at most `batches` times `limit` rows, each batch in a transaction of its own unless the caller has one.
    """
    removed = 0
    for statement, months in _STATEMENTS:
        for _ in range(batches):
            with connection.cursor() as cursor:
                cursor.execute(statement, {"months": months, "limit": limit})
                removed += cursor.rowcount
                if cursor.rowcount < limit:
                    break
    if removed:
        logger.info("The history has become shorter by %s lines that were kept long enough.", removed)
    return removed
