"""The change history and the list of looks can't be changed, nor removed before their time, by anybody.

So far only our own code refused. How long they are kept is said in services.history_age; these figures are the same.
"""

from django.db import migrations, models

_REFUSE = """
CREATE FUNCTION public.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are written once and stay for as long as they are kept.', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""
_NOT_CHANGED = """
CREATE TRIGGER written_once BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION public.refuse_rewriting()
"""
_NOT_REMOVED = """
CREATE TRIGGER kept_for_its_time BEFORE DELETE ON {table} FOR EACH ROW
WHEN (OLD.occurred_at >= now() - {age})
EXECUTE FUNCTION public.refuse_rewriting()
"""
_AGES = {
    "customers_change": (
        "CASE WHEN OLD.record_kind LIKE 'payments.%' OR OLD.record_kind LIKE 'invoicing.%' "
        "THEN interval '84 months' ELSE interval '24 months' END"
    ),
    "customers_viewing": "interval '24 months'",
}
# What can neither be changed nor removed early needs no history of its own, in which it would live on.
_HISTORY_OF_LOOKS = """
CREATE OR REPLACE TRIGGER record_change AFTER UPDATE OR DELETE ON customers_viewing FOR EACH ROW
EXECUTE FUNCTION record_change('customers.Viewing', 'id', '', '', '')
"""


def _guarded(table: str, age: str) -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(_NOT_CHANGED.format(table=table), f"DROP TRIGGER written_once ON {table}"),
        migrations.RunSQL(_NOT_REMOVED.format(table=table, age=age), f"DROP TRIGGER kept_for_its_time ON {table}"),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0009_activity_newest"),
        ("site_config", "0005_words_have_an_end"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=models.Q(
                    ("record_kind__startswith", "payments."),
                    ("record_kind__startswith", "invoicing."),
                    _connector="OR",
                    _negated=True,
                ),
                fields=["occurred_at"],
                name="change_besides_money",
            ),
        ),
        migrations.RunSQL(_REFUSE, "DROP FUNCTION public.refuse_rewriting()"),
        *[operation for table, age in _AGES.items() for operation in _guarded(table, age)],
        migrations.RunSQL("DROP TRIGGER IF EXISTS record_change ON customers_viewing", _HISTORY_OF_LOOKS),
    ]
