-- Create a policy for each of our roles on each table with row level security, so that the role
-- sees all rows. The policies of other roles stay as they are.
DO $$
DECLARE
    v_missing record;
BEGIN
    FOR v_missing IN
        SELECT class.oid::regclass AS relation, role, role || ' reads and writes' AS policy, polname
        FROM (VALUES {roles_of_tables}) AS named (relation, role)
            JOIN pg_catalog.pg_class AS class ON class.oid = relation::regclass
            LEFT JOIN pg_catalog.pg_policy
                ON polrelid = class.oid AND polname = role || ' reads and writes'
        WHERE relrowsecurity
            AND (polname IS NULL OR NOT polpermissive OR polcmd <> '*'
                OR polroles <> ARRAY[role::regrole::oid]
                OR pg_get_expr(polqual, polrelid) IS DISTINCT FROM 'true'
                OR coalesce(pg_get_expr(polwithcheck, polrelid), 'true') <> 'true')
    LOOP
        IF v_missing.polname IS NOT NULL THEN
            EXECUTE format('DROP POLICY %I ON %s', v_missing.policy, v_missing.relation);
        END IF;
        EXECUTE format('CREATE POLICY %I ON %s TO %I USING (true) WITH CHECK (true)',
            v_missing.policy, v_missing.relation, v_missing.role);
    END LOOP;
END
$$;
