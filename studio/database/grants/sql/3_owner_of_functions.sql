-- Make studio_ledger the owner of the functions. The owner of the tables becomes a member of
-- studio_ledger, so that a later migration may replace the functions. ALTER FUNCTION requires that
-- the new owner has CREATE on the schema, so this is granted first and revoked at the end.
DO $$
DECLARE
    v_owner regrole := (
        SELECT relowner FROM pg_catalog.pg_class WHERE oid = 'public.client_purchases'::regclass
    );
    v_function regprocedure;
BEGIN
    IF current_setting('server_version_num')::int < 160000 THEN
        IF NOT pg_has_role(v_owner, 'studio_ledger', 'USAGE') THEN
            EXECUTE format('GRANT studio_ledger TO %s', v_owner);
        END IF;
    ELSIF NOT pg_has_role(v_owner, 'studio_ledger', 'USAGE')
        OR NOT pg_has_role(v_owner, 'studio_ledger', 'SET')
    THEN
        EXECUTE format('GRANT studio_ledger TO %s WITH INHERIT TRUE, SET TRUE', v_owner);
    END IF;
    IF NOT has_schema_privilege('studio_ledger', 'public', 'USAGE')
        OR NOT has_schema_privilege('studio_app', 'public', 'USAGE')
    THEN
        GRANT USAGE ON SCHEMA public TO studio_ledger, studio_app;
    END IF;
    FOR v_function IN
        SELECT oid FROM pg_catalog.pg_proc
        WHERE oid = ANY (ARRAY[{functions}]::regprocedure[])
            AND proowner <> 'studio_ledger'::regrole
    LOOP
        GRANT CREATE ON SCHEMA public TO studio_ledger;
        EXECUTE format('ALTER FUNCTION %s OWNER TO studio_ledger', v_function);
    END LOOP;
    REVOKE CREATE ON SCHEMA public FROM studio_ledger, studio_app;
END
$$;
