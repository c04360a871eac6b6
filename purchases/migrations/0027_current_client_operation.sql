-- Return the operation on a client whose function is running, or null if another program makes the
-- change. It reads application_name, as current_operation() does for purchases.
CREATE FUNCTION public.current_client_operation() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_name text := current_setting('application_name');
BEGIN
    RETURN CASE WHEN v_name IN (
        'studio: add_client', 'studio: edit_client', 'studio: merge_client', 'studio: undo_merge',
        'studio: erase_client'
    ) THEN substr(v_name, length('studio: ') + 1) END;
END
$$;

REVOKE ALL ON FUNCTION public.current_client_operation() FROM PUBLIC;

COMMENT ON FUNCTION public.current_client_operation() IS
'Studio: returns the operation on a client that is running, or null for another program''s change.';
