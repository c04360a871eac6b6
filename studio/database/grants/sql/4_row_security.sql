-- Enable row level security, and create the policy that shows studio_app the rows of one studio.
-- It is restrictive, so that no policy of another program can show more. A program that gets rights
-- on a shared table later sees every row, as without row level security.
DO $$
DECLARE
    v_table record;
BEGIN
    FOR v_table IN
        SELECT class.oid::regclass AS relation, class.relrowsecurity, is_shared, command, condition,
            digest
        FROM (VALUES
            {limited_tables}
        ) AS named (relation, command, condition, digest, is_shared)
            JOIN pg_catalog.pg_class AS class ON class.oid = relation::regclass
        WHERE {must_have_it} AND NOT ({is_as_created})
    LOOP
        IF NOT v_table.relrowsecurity THEN
            EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table.relation);
            IF v_table.is_shared THEN
                EXECUTE format('DROP POLICY IF EXISTS "other programs see every row" ON %s',
                    v_table.relation);
                EXECUTE format('CREATE POLICY "other programs see every row" ON %s TO PUBLIC'
                    ' USING ((SELECT current_user <> ''studio_app''))', v_table.relation);
            END IF;
        END IF;
        EXECUTE format('DROP POLICY IF EXISTS {policy} ON %s', v_table.relation);
        EXECUTE format('CREATE POLICY {policy} ON %s AS RESTRICTIVE FOR %s TO studio_app USING (%s)',
            v_table.relation, v_table.command, v_table.condition);
        EXECUTE format('COMMENT ON POLICY {policy} ON %s IS %L', v_table.relation, (
            SELECT concat('The rows of the studios in the setting studio.org_ids. ',
                v_table.digest, ' ', md5(polcmd::text || pg_get_expr(polqual, polrelid)))
            FROM pg_catalog.pg_policy
            WHERE polrelid = v_table.relation AND polname = '{policy_name}'
        ));
    END LOOP;
END
$$;
