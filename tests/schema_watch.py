"""The schema of the test database, and what a test has left changed in it."""

from tests.database import rows, value

# The demo has a row that breaks a constraint, so tests leave that constraint NOT VALID.
SCHEMA = """
SELECT 'column', table_name, column_name, concat_ws(' ', udt_name, is_nullable, column_default,
    generation_expression, collation_name)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname,
    replace(pg_get_constraintdef(oid), ' NOT VALID', '')
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function', proname, oid::regprocedure::text, pg_get_functiondef(oid)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""
# The parts that tests change and forget to restore, as one number.
DIGEST = """
SELECT hashtextextended(string_agg(part, '' ORDER BY part), 0) FROM (
    SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT replace(pg_get_constraintdef(oid), ' NOT VALID', '') FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT attrelid::regclass::text || attname FROM pg_attribute
    WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
        AND attnum > 0 AND NOT attisdropped
) AS parts (part)
"""

Objects = set[tuple[str, ...]]


def dump() -> Objects:
    return set(rows(SCHEMA))


class SchemaWatch:
    """Finds the test that has left the schema changed, and not only the next one that notices."""

    def __init__(self) -> None:
        self.digest, self.objects = value(DIGEST), dump()

    def changes(self) -> Objects:
        """Return the objects changed since the last call, as they were and as they are."""
        if (digest := value(DIGEST)) == self.digest:
            return set()
        before, after = self.objects, dump()
        self.digest, self.objects = digest, after
        return before ^ after or {("state of a trigger",)}
