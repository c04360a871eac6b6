-- Let the role authenticated change a count through release_session and use_session if a function
-- of its program returns true for the org of the purchase. The trigger enforce_caller calls this.
DO $$
BEGIN
    GRANT USAGE ON SCHEMA {schema} TO studio_ledger;
    GRANT EXECUTE ON FUNCTION {check}(uuid) TO studio_ledger;
    GRANT CREATE ON SCHEMA public TO studio_ledger;
    CREATE OR REPLACE FUNCTION public.caller_may_change(p_org_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp
    AS '{body}';
    ALTER FUNCTION public.caller_may_change(uuid) OWNER TO studio_ledger;
    REVOKE ALL ON FUNCTION public.caller_may_change(uuid) FROM PUBLIC;
    REVOKE CREATE ON SCHEMA public FROM studio_ledger;
END
$$;
