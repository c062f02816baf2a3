"""Finding organisations by the words of their names."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from customers.flows.search.found import Row, Rows
from customers.flows.search.spelling import Reading
from customers.flows.search.typed import Typed
from customers.models import Organisation

MOST = 5

_BEST = """
SELECT id, search_fold(name) = search_fold(%(text)s) AS is_exact
FROM (SELECT * FROM customers_organisation WHERE search_words(name) @@ search_begun(%(text)s) LIMIT 200) AS organisation
ORDER BY is_exact DESC, name
LIMIT %(most)s
"""
_CLOSE = """
SELECT id, tsvector_to_array(search_words(name))
FROM customers_organisation WHERE search_words(name) @@ %(far)s::tsquery
LIMIT 100
"""


def best(typed: Typed) -> Rows[Organisation]:
    with connection.cursor() as cursor:
        cursor.execute(_BEST, {"text": typed.text, "most": MOST + 1})
        exact: dict[UUID, bool] = dict(cursor.fetchall())
    found = with_details(list(exact)[:MOST])
    return Rows([Row(organisation, exact[organisation.pk]) for organisation in found], len(exact) > MOST)


def close(reading: Reading, besides: Sequence[UUID]) -> tuple[Rows[Organisation], str]:
    """Those whose names are close to it, but not these; and what was probably meant."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, {"far": reading.far})
        rows = cursor.fetchall()
    known = set(besides)
    scored = [
        (*score, identity)
        for identity, words in rows
        if identity not in known and (score := reading.cost_in(words)) is not None
    ]
    scored.sort(key=lambda one: one[0])
    meant = {identity: words for _, words, identity in scored[:MOST]}
    found = [Row(organisation, because=meant[organisation.pk]) for organisation in with_details(list(meant))]
    return Rows(found, len(scored) > MOST), scored[0][1] if scored else ""


def with_details(keys: Sequence[UUID]) -> list[Organisation]:
    """These in this order, with `people`, the number of their members: one query for any number."""
    current = Count("memberships", filter=Q(memberships__ended_on=None))
    organisations = Organisation.objects.annotate(people=current)
    found = {organisation.pk: organisation for organisation in organisations.filter(pk__in=keys).order_by()}
    return [found[key] for key in keys if key in found]
