-- Return the database role at work, as SET ROLE chose it, and the subject of its JWT.
CREATE FUNCTION public.current_db_role() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- In a SECURITY DEFINER function current_user is the function's owner, so it is not used here.
    v_role text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
    v_claims text := nullif(current_setting('request.jwt.claims', true), '');
BEGIN
    RETURN v_role || coalesce(' for ' || (v_claims::jsonb ->> 'sub'), '');
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    -- Claims that can't be parsed must not stop the change of another program.
    RETURN v_role;
END
$$;

REVOKE ALL ON FUNCTION public.current_db_role() FROM PUBLIC;

COMMENT ON FUNCTION public.current_db_role() IS
'Studio: returns the database role at work and the subject of its JWT, for the ledgers.';
