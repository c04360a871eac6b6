-- Revoke every right on our functions, tables and sequences from all roles but their owners. This
-- includes rights from older versions and from default privileges. The next statements grant the
-- rights that roles need. Other roles keep their rights on the shared tables.
DO $$
DECLARE
    v_granted record;
BEGIN
    FOR v_granted IN
        SELECT DISTINCT 'FUNCTION ' || oid::regprocedure AS object, grantee
        FROM pg_catalog.pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
        WHERE oid = ANY (ARRAY[{functions}]::regprocedure[])
            AND grantee <> proowner
        UNION
        SELECT 'TABLE ' || oid::regclass, grantee
        FROM pg_catalog.pg_class, aclexplode(relacl)
        WHERE oid = ANY (ARRAY[{own_tables}]::regclass[])
            AND grantee <> relowner
        UNION
        SELECT 'TABLE ' || class.oid::regclass, grantee
        FROM pg_catalog.pg_class AS class
            JOIN pg_catalog.pg_attribute ON attrelid = class.oid,
            aclexplode(attacl)
        WHERE class.oid = ANY (ARRAY[{own_tables}]::regclass[])
            AND grantee <> relowner
        UNION
        SELECT 'SEQUENCE ' || class.oid::regclass, grantee
        FROM pg_catalog.pg_class AS class
            JOIN pg_catalog.pg_depend ON classid = 'pg_class'::regclass AND objid = class.oid,
            aclexplode(relacl)
        WHERE relkind = 'S'
            AND refclassid = 'pg_class'::regclass
            AND refobjid = ANY (ARRAY[{own_tables}]::regclass[])
            AND grantee <> relowner
        UNION
        SELECT 'TABLE ' || shared, role::oid
        FROM unnest(ARRAY[{shared_tables}]::regclass[]) AS shared,
            unnest(ARRAY['studio_app', 'studio_ledger']::regrole[]) AS role
        UNION
        SELECT 'TABLE ' || oid::regclass, grantee
        FROM pg_catalog.pg_class, aclexplode(relacl)
        WHERE oid = to_regclass('public.{old_sessions}')
            AND grantee = ANY (ARRAY['studio_app', 'studio_ledger']::regrole[])
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %s CASCADE', v_granted.object,
            CASE v_granted.grantee WHEN 0 THEN 'PUBLIC' ELSE v_granted.grantee::regrole::text END);
    END LOOP;
END
$$;
