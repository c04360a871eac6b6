-- Before a change of a count by release_session() or use_session() that a signed-in person of
-- another program calls as authenticated: refuse it unless caller_may_change() returns true for
-- the org of the purchase. `setup_roles` makes that function if FUNCTION_ROLES names a check
-- function of the program. It reads the claims of the caller, a setting of the session.
CREATE FUNCTION public.enforce_caller() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_may boolean;
BEGIN
    IF public.current_operation() IN ('reinstate', 'use') THEN
        IF to_regprocedure('public.caller_may_change(uuid)') IS NOT NULL THEN
            EXECUTE 'SELECT public.caller_may_change($1)' INTO v_may USING OLD.org_id;
        END IF;
        IF v_may IS NOT TRUE THEN
            RAISE EXCEPTION 'the caller may not change sessions of the studio %', OLD.org_id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

REVOKE ALL ON FUNCTION public.enforce_caller() FROM PUBLIC;

CREATE TRIGGER enforce_caller
BEFORE UPDATE OF sessions_used ON public.client_purchases
FOR EACH ROW
WHEN (current_setting('role', true) = 'authenticated' OR session_user = 'authenticated')
EXECUTE FUNCTION public.enforce_caller();

COMMENT ON FUNCTION public.enforce_caller() IS
'Studio: trigger function that calls the check function of another program.';
COMMENT ON TRIGGER enforce_caller ON public.client_purchases IS
'Studio: lets authenticated change only counts that the check function of its program allows.';
