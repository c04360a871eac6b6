-- Raise an error, because a statement changed a purchase or a client, and no event of its request
-- came back. Another program replaced a function or a trigger. The error rolls the change back.
CREATE FUNCTION public.refuse_without_event() RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'the request % changed something, and no event of it came back',
        current_setting('studio.request_id', true)
        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_change_has_an_event',
            HINT = 'Another program replaced a function or a trigger: python manage.py repair';
END
$$;

REVOKE ALL ON FUNCTION public.refuse_without_event() FROM PUBLIC;

COMMENT ON FUNCTION public.refuse_without_event() IS
'Studio: raises the error of a change whose event did not come back.';
