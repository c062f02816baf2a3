"""Finding people: by address, name, company and telephone, then by what is close to what was typed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch

from config.kernel.searching import has_part
from customers.flows.search.found import Row, Rows
from customers.flows.search.spelling import Reading, is_one_slip
from customers.flows.search.typed import Typed, after
from customers.models import Membership, User

MOST = 8

# What was typed only ever is a parameter. Each part takes so many rows at most that a common name costs no more than a
# rare one, and what belongs to these rows is fetched by key: OFFSET 0 keeps the planner from joining whole tables.
_HIT = """(
    SELECT id, {rank} AS rank, first_name, last_name, company, email, phone, email_key, created_at
    FROM customers_user WHERE {condition} LIMIT {most}
)"""
_WORDS = "search_words(first_name, last_name, company, email) @@ {query}"
_BOOKED = """
LEFT JOIN LATERAL (
    SELECT last_booked_at FROM customers_customerstatistics WHERE user_id = person.id OFFSET 0
) AS statistics ON true
"""
_BEST = """
SELECT
    person.id,
    person.rank = 0
        OR search_fold(person.first_name || ' ' || person.last_name) = search_fold(%(text)s)
        OR (%(digits)s <> '' AND search_phone(person.phone) = %(digits)s) AS is_exact
FROM (SELECT DISTINCT ON (id) * FROM ({hits}) AS hit ORDER BY id, rank) AS person
{booked}
ORDER BY is_exact DESC, person.rank, statistics.last_booked_at DESC NULLS LAST, person.created_at DESC
LIMIT %(most)s
"""
_CLOSE = """
SELECT
    person.id,
    tsvector_to_array(search_words(person.first_name, person.last_name, person.company, person.email)),
    coalesce(person.email_key, '')
FROM (SELECT DISTINCT ON (id) * FROM ({hits}) AS hit ORDER BY id, rank) AS person
{booked}
ORDER BY statistics.last_booked_at DESC NULLS LAST, person.created_at DESC
"""
_BY_ADDRESS = _HIT.format(rank=0, condition="email_key = %(email_key)s", most=1)
_BY_ADDRESS_BEGUN = _HIT.format(
    rank=3, condition="email_key ~>=~ %(email_key)s AND email_key ~<~ %(address_end)s", most=50
)
_BY_WORDS = _HIT.format(rank=1, condition=_WORDS.format(query="search_whole(%(text)s)"), most=100)
_BY_BEGINNINGS = _HIT.format(rank=3, condition=_WORDS.format(query="search_begun(%(text)s)"), most=100)
_NEAR = _HIT.format(rank=0, condition=_WORDS.format(query="%(near)s::tsquery"), most=60)
_FAR = _HIT.format(rank=0, condition=_WORDS.format(query="%(far)s::tsquery"), most=60)
# Always true, and dear by what the planner is told: it would read half the table for a part that many have.
_BY_INDEX = "search_fold(email) IS NOT NULL"
_BY_DIGITS = _HIT.format(rank=2, condition=f"search_phone(phone) LIKE %(digits_part)s AND {_BY_INDEX}", most=50)
_PART_OF_ADDRESS = _HIT.format(rank=0, condition=f"upper(email::text) LIKE upper(%(part)s) AND {_BY_INDEX}", most=100)
_OTHER_DOMAIN = _HIT.format(rank=0, condition="email_key ~>=~ %(local)s AND email_key ~<~ %(local_end)s", most=50)
# One slip leaves one half of an address as it is.
_ONE_LETTER_MORE_OR_LESS = "length(email_key) BETWEEN %(length)s - 1 AND %(length)s + 1"
_HALF_ADDRESSES = [
    _HIT.format(
        rank=0,
        condition=f"upper(email::text) LIKE upper(%({half})s) AND {_ONE_LETTER_MORE_OR_LESS} AND {_BY_INDEX}",
        most=100,
    )
    for half in ("first_half", "second_half")
]
_SHORTEST_HALF = 3


def best(typed: Typed) -> Rows[User]:
    """Who has it in name, company, address or telephone, at least as the beginning of a word."""
    parts = [_BY_ADDRESS, _BY_ADDRESS_BEGUN] if typed.email_key else [_BY_WORDS, _BY_BEGINNINGS]
    if typed.digits:
        parts.append(_BY_DIGITS)
    statement = _BEST.format(hits=" UNION ALL ".join(parts), booked=_BOOKED)
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "text": typed.text,
                "email_key": typed.email_key,
                "address_end": after(typed.email_key or ""),
                "digits": typed.digits,
                "digits_part": f"%{typed.digits}%",
                "most": MOST + 1,
            },
        )
        exact: dict[UUID, bool] = dict(cursor.fetchall())
    people = with_details(list(exact)[:MOST])
    return Rows([Row(person, exact[person.pk]) for person in people], len(exact) > MOST)


def close(typed: Typed, reading: Reading | None, besides: Sequence[UUID]) -> tuple[Rows[User], str]:
    """Who has something close to it, and what was probably meant; but not these people."""
    parts, parameters = _close_parts(typed, reading)
    if not parts:
        return Rows(), ""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE.format(hits=" UNION ALL ".join(parts), booked=_BOOKED), parameters)
        scored = [(_cost(typed, reading, words, key), identity) for identity, words, key in cursor.fetchall()]
    known = set(besides)
    ranked = sorted(
        ((score, identity) for score, identity in scored if score is not None and identity not in known),
        key=lambda one: one[0][0],
    )
    meant = {identity: words for (_, words), identity in ranked[:MOST]}
    rows = [Row(person, because=meant[person.pk]) for person in with_details(list(meant))]
    return Rows(rows, len(ranked) > MOST), rows[0].because if rows else ""


def with_details(keys: Sequence[UUID]) -> list[User]:
    """These people in this order, with figures, tags and current organisations: three queries for any number."""
    current = Membership.objects.filter(ended_on=None).select_related("organisation")
    people = User.objects.select_related("statistics").prefetch_related("tags", Prefetch("memberships", current))
    found = {person.pk: person for person in people.filter(pk__in=keys).order_by()}
    return [found[key] for key in keys if key in found]


def _close_parts(typed: Typed, reading: Reading | None) -> tuple[list[str], Mapping[str, Any]]:
    parts: list[str] = []
    parameters: dict[str, Any] = {}
    if reading is not None:
        parts += [_NEAR, _FAR]
        parameters |= {"near": reading.near, "far": reading.far}
    if has_part(typed.text) and " " not in typed.text:
        parts.append(_PART_OF_ADDRESS)
        parameters["part"] = f"%{_literally(typed.text)}%"
    if typed.address_parts:
        local, domain = typed.address_parts
        half = (len(local) - 1) // 2
        parts.append(_OTHER_DOMAIN)
        parameters |= {"local": f"{local}@", "local_end": after(f"{local}@"), "length": len(typed.text)}
        if half >= _SHORTEST_HALF:
            parts += _HALF_ADDRESSES
            parameters["first_half"] = f"{_literally(local[:half])}%@{_literally(domain)}"
            parameters["second_half"] = f"%{_literally(local[-half:])}@{_literally(domain)}"
    return parts, parameters


def _cost(typed: Typed, reading: Reading | None, words: Sequence[str], key: str) -> tuple[float, str] | None:
    text = typed.text.lower()
    if key and is_one_slip(text, key):
        return 0.5, key
    if " " not in text and text in key:
        return 0.0, ""
    return reading.cost_in(words) if reading else None


def _literally(text: str) -> str:
    """Text as LIKE takes it, without its wild cards."""
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
