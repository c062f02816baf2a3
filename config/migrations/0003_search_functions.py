"""Functions that fold what is searched, so that indexes may hold it: all of them always give the same for the same.

PostgreSQL calls `unaccent` changeable, since a dictionary can be exchanged; ours never is (its name is written out).
Whatever an index uses is written with its schema: indexes are built without a search path. The cost keeps the planner
from working it out for every row of a table where an index has it already.
"""

from django.db import migrations

_FOLD = r"""
CREATE FUNCTION public.search_fold(text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
BEGIN
    RETURN btrim(regexp_replace(
        replace(lower(public.unaccent('public.unaccent', normalize($1, NFKC))), '''', ''), '[^[:alnum:]]+', ' ', 'g'
    ));
END
$$
"""
# Neither strict nor with anything in it that is not: so PostgreSQL puts the body in the place of the call.
_WORDS = """
CREATE FUNCTION public.search_words(text, text DEFAULT '', text DEFAULT '', text DEFAULT '') RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 600 AS $$
    SELECT array_to_tsvector(string_to_array(
        public.search_fold($1 || ' ' || $2 || ' ' || $3 || ' ' || $4), ' '
    ))
$$
"""
# What somebody types, as a query; folded words hold nothing that the type tsquery would read in another way. No words:
# NULL, which nothing holds.
_BEGUN = """
CREATE FUNCTION public.search_begun(text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (
        SELECT string_agg('''' || word || ''':*', ' & ')
        FROM unnest(string_to_array(public.search_fold($1), ' ')) AS word
    )::tsquery
$$
"""
# The same, for whole words.
_WHOLE = """
CREATE FUNCTION public.search_whole(text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT (
        SELECT string_agg('''' || word || '''', ' & ')
        FROM unnest(string_to_array(public.search_fold($1), ' ')) AS word
    )::tsquery
$$
"""
# An extension ("ext. 5", "x5", "#5") is not part of the number.
_PHONE = r"""
CREATE FUNCTION public.search_phone(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
    SELECT regexp_replace(
        regexp_replace(regexp_replace(replace($1, '(0)', ''), '(ext|x|#).*$', '', 'i'), '[^0-9]', '', 'g'),
        '^(00)?440?(?=[0-9]{9,10}$)|^0+', ''
    )
$$
"""


class Migration(migrations.Migration):
    dependencies = [("site_config", "0002_change_history")]

    operations = [
        migrations.RunSQL(_FOLD, "DROP FUNCTION public.search_fold(text)"),
        migrations.RunSQL(_WORDS, "DROP FUNCTION public.search_words(text, text, text, text)"),
        migrations.RunSQL(_BEGUN, "DROP FUNCTION public.search_begun(text)"),
        migrations.RunSQL(_WHOLE, "DROP FUNCTION public.search_whole(text)"),
        migrations.RunSQL(_PHONE, "DROP FUNCTION public.search_phone(text)"),
    ]
