"""Words that are searched end somewhere: PostgreSQL keeps none of more than 2,046 bytes, and refused the whole row.

Signs that stand for several (㌖ for キロメートル) made such words of names that every form takes.
"""

from django.db import migrations

# The same as in 0003 but for what is long; a short text is folded as before, so that indexes hold what they held.
_FOLD = r"""
CREATE OR REPLACE FUNCTION public.search_fold(text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
DECLARE
    folded text := btrim(regexp_replace(
        replace(lower(public.unaccent('public.unaccent', normalize($1, NFKC))), '''', ''), '[^[:alnum:]]+', ' ', 'g'
    ));
BEGIN
    IF length(folded) > 200 THEN
        folded := regexp_replace(folded, '([[:alnum:]]{200})[[:alnum:]]+', '\1', 'g');
    END IF;
    RETURN folded;
END
$$
"""
_AS_BEFORE = r"""
CREATE OR REPLACE FUNCTION public.search_fold(text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
BEGIN
    RETURN btrim(regexp_replace(
        replace(lower(public.unaccent('public.unaccent', normalize($1, NFKC))), '''', ''), '[^[:alnum:]]+', ' ', 'g'
    ));
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("site_config", "0004_change_history_of_arrangements")]

    operations = [migrations.RunSQL(_FOLD, _AS_BEFORE)]
