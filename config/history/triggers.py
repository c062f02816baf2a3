"""The SQL behind the change history. One function for all tables; each table's trigger hands it its rule."""

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from config.history.rules import RULES, Rule

# What staff create is written down too; what customers and the site itself make says so by its own events.
FUNCTION = """
CREATE OR REPLACE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ignored text[] := string_to_array(TG_ARGV[3], ',');
    hidden text[] := string_to_array(TG_ARGV[4], ',');
    actor text := coalesce(nullif(current_setting('coursebook.actor_kind', true), ''), 'system');
    masked jsonb := '"hidden"';
    was jsonb := '{}';
    becomes jsonb := '{}';
    before_ jsonb;
    after_ jsonb;
BEGIN
    IF TG_OP = 'INSERT' AND actor <> 'staff' THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        was := to_jsonb(OLD);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        becomes := to_jsonb(NEW);
    END IF;
    SELECT coalesce(jsonb_object_agg(name, CASE WHEN name = ANY (hidden) THEN masked ELSE value END), '{}')
        INTO before_ FROM jsonb_each(was - ignored) AS old_value (name, value)
        WHERE becomes -> name IS DISTINCT FROM value;
    SELECT coalesce(jsonb_object_agg(name, CASE WHEN name = ANY (hidden) THEN masked ELSE value END), '{}')
        INTO after_ FROM jsonb_each(becomes - ignored) AS new_value (name, value)
        WHERE was -> name IS DISTINCT FROM value;
    IF before_ = '{}' AND after_ = '{}' THEN
        RETURN NULL;
    END IF;
    INSERT INTO customers_change
        (record_kind, record_key, part, action, before, after, actor_kind, actor_label, actor_user_id, occurred_at)
    VALUES (
        TG_ARGV[0],
        CASE WHEN TG_OP = 'DELETE' THEN was ->> TG_ARGV[1] ELSE becomes ->> TG_ARGV[1] END,
        TG_ARGV[2],
        CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'DELETE' THEN 'deleted' ELSE 'changed' END,
        before_,
        after_,
        actor,
        coalesce(nullif(current_setting('coursebook.actor_label', true), ''), initcap(actor)),
        nullif(current_setting('coursebook.actor_user', true), '')::uuid,
        clock_timestamp()
    );
    RETURN NULL;
END
$$
"""
NAME = "record_change"


def events(rule: Rule) -> str:
    """What the trigger waits for."""
    if rule.only:
        return "UPDATE OF " + ", ".join(rule.only)
    return "UPDATE OR DELETE" if rule.is_append_only else "INSERT OR UPDATE OR DELETE"


def arguments(rule: Rule) -> tuple[str, ...]:
    """What the function is told of the table, in its order."""
    return (rule.record, rule.key, rule.part, ",".join(rule.ignored), ",".join(rule.hidden))


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Brings every table that exists to its rule. For migrations; safe to call again after each change of the rules."""
    schema_editor.execute(FUNCTION)
    tables = set(schema_editor.connection.introspection.table_names())
    for rule in RULES:
        if rule.table in tables:
            schema_editor.execute(_trigger(rule))


def remove(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Takes all of it away again: the reverse of the first migration that called `install`."""
    schema_editor.execute("DROP FUNCTION IF EXISTS record_change() CASCADE")


def _trigger(rule: Rule) -> str:
    quoted = ", ".join(f"'{argument}'" for argument in arguments(rule))
    # Only the changed columns named in `only` are compared with OLD, or a save of an unchanged row would be news.
    condition = ""
    if rule.only:
        condition = "WHEN (" + " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in rule.only) + ") "
    table = connection.ops.quote_name(rule.table)
    return (
        f"CREATE OR REPLACE TRIGGER {NAME} AFTER {events(rule)} ON {table} FOR EACH ROW {condition}"
        f"EXECUTE FUNCTION record_change({quoted})"
    )
