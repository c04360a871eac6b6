-- Refuse every change of a recorded row, also by the owner of the table and by superusers.
CREATE FUNCTION public.forbid_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION '% of % is forbidden: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation',
            HINT = 'Correct a mistake by a further change, which is recorded too.';
END
$$;

CREATE TRIGGER forbid_change
BEFORE UPDATE OR DELETE OR TRUNCATE ON public.session_requests
FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.session_requests ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON FUNCTION public.forbid_change() IS
'Studio: trigger function that refuses UPDATE, DELETE and TRUNCATE.';
COMMENT ON TRIGGER forbid_change ON public.session_requests IS
'Studio: keeps the table append-only.';
