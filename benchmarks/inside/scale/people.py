"""Customers, the companies they belong to, and the names they are made from."""

from django.db import connection

from benchmarks.inside.scale import names
from benchmarks.inside.scale.insert import fill, run
from customers.models import Membership, Organisation, User

# Chance from a row's number, from 0 to below 1; another seed is another draw.
_CHANCE = """
CREATE FUNCTION pg_temp.chance(number bigint, seed bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$ SELECT (hashint8extended(number, seed) & 2147483647) / 2147483648.0 $$
"""
_POOL = "CREATE TEMP TABLE {pool} (number int PRIMARY KEY, name text, folded text)"
_FOLDED = "UPDATE {pool} SET folded = search_fold(name)"
# Common names come far more often: about one in eighty has the first surname, one in sixty the first first name.
_DRAWN = """
CREATE TEMP TABLE drawn AS
SELECT
    nth.number,
    md5('person' || nth.number)::uuid AS id,
    first.name AS first_name,
    last.name AS last_name,
    first.folded || '.' || replace(last.folded, ' ', '') AS local_part,
    CASE WHEN pg_temp.chance(nth.number, 3) < 0.45 THEN company.name ELSE '' END AS company,
    CASE WHEN pg_temp.chance(nth.number, 3) < 0.4 THEN replace(company.folded, ' ', '') || '.example'
        ELSE (%(domains)s::text[])[1 + floor(pg_temp.chance(nth.number, 5) * %(domain_count)s)::int] END AS domain,
    CASE WHEN pg_temp.chance(nth.number, 6) < 0.15 THEN ''
        WHEN pg_temp.chance(nth.number, 6) < 0.6 THEN '07' || digits.first || ' ' || digits.last
        WHEN pg_temp.chance(nth.number, 6) < 0.8 THEN '+44 7' || digits.first || ' ' || digits.last
        ELSE '01' || digits.first || digits.last END AS phone,
    now() - interval '10 years' * (1 - nth.number / %(people)s::double precision) AS created_at
FROM generate_series(1, %(people)s) AS nth (number)
CROSS JOIN LATERAL (
    SELECT lpad(floor(pg_temp.chance(nth.number, 7) * 1000)::text, 3, '0') AS first,
        lpad(floor(pg_temp.chance(nth.number, 8) * 1000000)::text, 6, '0') AS last
) AS digits
JOIN pool_first AS first ON first.number = 1 + floor(%(first)s * power(pg_temp.chance(nth.number, 1), 2))::int
JOIN pool_last AS last ON last.number = 1 + floor(%(last)s * power(pg_temp.chance(nth.number, 2), 2.5))::int
JOIN pool_company AS company ON company.number = 1 + floor(%(company)s * power(pg_temp.chance(nth.number, 4), 1.5))::int
"""
# An address is one person's: who has the name of somebody else at the same place gets a number.
_PEOPLE = """
CREATE TEMP TABLE people AS
SELECT *, local_part || CASE WHEN nth > 1 THEN nth::text ELSE '' END || '@' || domain AS email
FROM (SELECT *, row_number() OVER (PARTITION BY local_part, domain ORDER BY number) AS nth FROM drawn) AS drawn
ORDER BY number
"""
# Whom the benchmarks look at most closely.
_FIRST_PERSON = """
UPDATE people SET first_name = 'Hannah', last_name = 'Okafor', company = 'Rylstone Nursery', phone = '07700 900142',
    email = 'hannah@rylstonenursery.example'
WHERE number = 1
"""


def add_names() -> None:
    run(_CHANCE)
    for pool, listed in (
        ("pool_first", names.first_names()),
        ("pool_last", names.surnames()),
        ("pool_company", names.companies()),
    ):
        run(_POOL.format(pool=pool))
        with connection.cursor() as cursor, cursor.copy(f"COPY {pool} (number, name) FROM STDIN") as copy:
            for number, name in enumerate(listed, start=1):
                copy.write_row((number, name))
        run(_FOLDED.format(pool=pool))
        run(f"ANALYZE {pool}")


def add_people(number: int) -> int:
    """So many customers, and `people` as a table of this connection for all that follows."""
    domains = names.public_domains()
    run(
        _DRAWN,
        {
            "people": number,
            "first": names.FIRST_NAMES,
            "last": names.SURNAMES,
            "company": names.COMPANIES,
            "domains": domains,
            "domain_count": len(domains),
        },
    )
    run(_PEOPLE)
    run(_FIRST_PERSON)
    run("DROP TABLE drawn")
    run("CREATE UNIQUE INDEX ON people (number)")
    run("ANALYZE people")
    columns = ("id", "first_name", "last_name", "company", "phone", "email", "created_at")
    given = {column: column for column in columns} | {"email_key": "email", "password": "'!scale'"}
    return fill(User, given, "FROM people")


def add_organisations() -> int:
    """A company in three is on record as an organisation; who works there is its member."""
    made = fill(
        Organisation,
        {"id": "md5('organisation' || number)::uuid", "name": "name", "created_at": "now() - interval '5 years'"},
        "FROM pool_company WHERE number % 3 = 1",
    )
    fill(
        Membership,
        {
            "user_id": "people.id",
            "organisation_id": "md5('organisation' || company.number)::uuid",
            "role": "CASE WHEN people.number % 5 = 1 THEN 'organiser' ELSE 'member' END",
            "started_on": "'2022-01-01'::date",
        },
        "FROM people JOIN pool_company AS company ON company.name = people.company WHERE company.number % 3 = 1",
    )
    return made
