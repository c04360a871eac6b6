"""Rules, policies, triggers and properties of a table by which a change is lost or hidden."""

from studio.database.grants.matrix import APP, FUNCTIONS, LEDGER, TABLES
from studio.database.grants.row_security import POLICY
from studio.database.schema import postgres
from studio.database.tables.finding import Finding

# The name, the statement, and whether it is an error. %(tables)s are all tables of the matrix, and
# %(shared)s the four shared ones.
QUERIES = [
    # A rule replaces or adds statements.
    """
    SELECT format('the rule %%s of %%s changes what a write of it does', rulename, relname),
        format('DROP RULE %%I ON public.%%I;', rulename, relname), true
    FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%(tables)s)
        -- attach names a rule ON UPDATE of client_purchases.
        AND NOT (relname = 'client_purchases' AND ev_type = '2')
    """,
    """
    SELECT format('the restrictive policy %%s hides rows of %%s from the site', polname, relname),
        format('DROP POLICY %%I ON public.%%I;', polname, relname), true
    FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%(tables)s)
        AND NOT polpermissive AND polname <> %(policy)s AND relrowsecurity
        AND polroles && ARRAY[0, to_regrole(%(app)s)::oid, to_regrole(%(ledger)s)::oid]
    """,
    """
    SELECT format('%%s has policies, and row level security is off', relname),
        format('ALTER TABLE public.%%I ENABLE ROW LEVEL SECURITY;', relname), false
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%(shared)s)
        AND NOT relrowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)
    """,
    # A trigger before a change that returns null skips the row, and one that sets a column of the
    # site changes what is written.
    """
    SELECT format('the trigger %%s of %%s can skip or alter a change: its function %%s %%s', tgname,
            relname, proname, CASE WHEN prosrc ~* '\\mreturn\\s+null' THEN 'returns null'
                ELSE 'sets a column of the site' END),
        format('DROP TRIGGER %%I ON public.%%I;', tgname, relname), false
    FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid
        JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%(shared)s)
        AND NOT tgisinternal AND tgenabled <> 'D'
        -- FOR EACH ROW and BEFORE
        AND tgtype & 3 = 3
        AND (prosrc ~* '\\mreturn\\s+null' OR prosrc ~* (
            '\\mnew\\.(sessions_used|sessions_total|expires_at|payment_status|client_id|org_id|id)'
            '\\s*:?=[^=]'))
        AND proname <> ALL (%(functions)s)
    """,
    """
    SELECT format('%%s is UNLOGGED, so a crash empties it', relname),
        format('ALTER TABLE public.%%I SET LOGGED;', relname), true
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%(tables)s)
        AND relpersistence = 'u'
    """,
    """
    SELECT format('the table %%s inherits from %%s, so rows of it lack what only that has',
            child.oid::regclass, parent.relname),
        format('ALTER TABLE %%s NO INHERIT public.%%I;', child.oid::regclass, parent.relname), true
    FROM pg_inherits
        JOIN pg_class AS parent ON parent.oid = inhparent
        JOIN pg_class AS child ON child.oid = inhrelid
    WHERE parent.relnamespace = 'public'::regnamespace AND parent.relname = ANY (%(tables)s)
        AND parent.relname <> ALL (%(shared)s)
    """,
    """
    SELECT format('%%s belongs to %%s, and the other tables of the site to %%s', relname,
            pg_get_userbyid(relowner), pg_get_userbyid(usual)),
        format('ALTER TABLE public.%%I OWNER TO %%I;', relname, pg_get_userbyid(usual)), true
    FROM pg_class,
        (SELECT relowner FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relname = 'django_migrations'
        ) AS reference (usual)
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%(tables)s)
        AND relname <> ALL (%(shared)s) AND relowner <> usual
    """,
    """
    SELECT 'orgs.slug is not unique',
        'ALTER TABLE public.orgs ADD CONSTRAINT orgs_slug_key UNIQUE (slug);', false
    WHERE to_regclass('public.orgs') IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_index
            JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE indrelid = to_regclass('public.orgs') AND indisunique AND indisvalid
            AND indnkeyatts = 1 AND indpred IS NULL AND attname = 'slug'
    )
    """,
    """
    SELECT format('no valid constraint limits %%s.%%s to known values', owner, attribute),
        format('ALTER TABLE public.%%I ADD CHECK (%%I IN (%%s));', owner, attribute, known), false
    FROM (VALUES
        ('offers', 'offer_type', '''subscription'', ''session_pack'', ''single_session'''),
        ('client_purchases', 'payment_status',
            '''pending'', ''succeeded'', ''failed'', ''refunded''')
    ) AS limited (owner, attribute, known)
    WHERE to_regclass('public.' || owner) IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_constraint
            JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
        WHERE conrelid = to_regclass('public.' || owner) AND contype = 'c' AND convalidated
            AND attname = attribute
    ) AND NOT EXISTS (
        -- A column of an enum needs no constraint.
        SELECT FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
        WHERE attrelid = to_regclass('public.' || owner) AND attname = attribute AND typtype = 'e'
    )
    """,
    """
    SELECT format('the constraint %%s of %%s is NOT VALID', conname, relname),
        format('ALTER TABLE public.%%I VALIDATE CONSTRAINT %%I;', relname, conname), false
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%(tables)s)
        AND NOT convalidated
        -- Rows of other programs may break it, which attach reports.
        AND conname <> 'sessions_used_is_between_0_and_total'
    """,
]


def hazards() -> list[Finding]:
    params = {
        "tables": [*TABLES],
        "shared": [name for name, table in TABLES.items() if table.is_shared],
        "policy": POLICY,
        "app": APP,
        "ledger": LEDGER,
        "functions": [signature.partition("(")[0] for signature in FUNCTIONS],
    }
    return [
        Finding(*row)
        for query in QUERIES
        for row in sorted(postgres().execute(query.encode(), params).fetchall())
    ]
