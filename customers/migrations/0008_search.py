"""Finding people by words: indexes on folded words, and the table of all words of names, kept by triggers."""

import django.contrib.postgres.indexes
from django.db import migrations, models

import config.kernel.searching

# Numbers and single letters can't be mistyped in a way that anybody could guess. Looking first and inserting without a
# unique key waits for nobody: two transactions with the same new names can't deadlock.
_REMEMBER = """
CREATE FUNCTION public.search_remember(text) RETURNS void
LANGUAGE sql VOLATILE STRICT AS $$
    INSERT INTO public.customers_searchword (word)
    SELECT DISTINCT word
    FROM unnest(string_to_array(public.search_fold($1), ' ')) AS word
    WHERE length(word) > 1 AND word !~ '^[0-9]*$'
        AND NOT EXISTS (SELECT FROM public.customers_searchword AS known WHERE known.word = word.word)
$$
"""
# The arguments of the trigger are the columns that hold names.
_TRIGGERED = """
CREATE FUNCTION public.search_remember_row() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.search_remember(
        (SELECT string_agg(to_jsonb(NEW) ->> name, ' ') FROM unnest(TG_ARGV) AS name)
    );
    RETURN NULL;
END
$$
"""


def _keep_words_of(table: str, *columns: str) -> migrations.RunSQL:
    """The trigger that remembers the words of these columns, and the words that are there already."""
    listed, texts = ", ".join(columns), " || ' ' || ".join(columns)
    named = ", ".join(f"'{column}'" for column in columns)
    trigger = (
        f"CREATE TRIGGER search_words AFTER INSERT OR UPDATE OF {listed} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION public.search_remember_row({named})"
    )
    there = f"SELECT public.search_remember(string_agg({texts}, ' ')) FROM {table}"  # noqa: S608 - names from below
    return migrations.RunSQL([trigger, there], f"DROP TRIGGER search_words ON {table}")


class Migration(migrations.Migration):
    dependencies = [
        ("site_config", "0003_search_functions"),
        ("customers", "0007_notes_put_right"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("word", models.CharField(db_collation="C", max_length=254)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["word"], name="searchword_word"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("word", "gin_trgm_ops"),
                        name="searchword_trgm",
                        fastupdate=False,
                    ),
                ],
            },
        ),
        migrations.RemoveIndex(model_name="organisation", name="organisation_name_trgm"),
        migrations.RemoveIndex(model_name="user", name="user_first_name_trgm"),
        migrations.RemoveIndex(model_name="user", name="user_last_name_trgm"),
        migrations.RemoveIndex(model_name="user", name="user_company_trgm"),
        migrations.RemoveIndex(model_name="user", name="user_phone_trgm"),
        migrations.AddIndex(
            model_name="organisation",
            index=django.contrib.postgres.indexes.GinIndex(
                config.kernel.searching.Words("name"), name="organisation_words", fastupdate=False
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(
                config.kernel.searching.Words("first_name", "last_name", "company", "email"),
                name="user_words",
                fastupdate=False,
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(config.kernel.searching.PhoneDigits("phone"), "gin_trgm_ops"),
                name="user_phone_digits",
                fastupdate=False,
            ),
        ),
        migrations.RunSQL(_REMEMBER, "DROP FUNCTION public.search_remember(text)"),
        migrations.RunSQL(_TRIGGERED, "DROP FUNCTION public.search_remember_row()"),
        _keep_words_of("customers_user", "first_name", "last_name", "company"),
        _keep_words_of("customers_organisation", "name"),
    ]
