-- Refuse every UPDATE of an event of a client, also by the owner of the table, unless it erases the
-- personal values and leaves everything else. A person has a right to be forgotten; that something
-- changed, when and by whom remains.
CREATE FUNCTION public.forbid_changed_client_event() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_personal text[] := ARRAY[
        'full_name_before', 'full_name', 'email_before', 'email', 'phone_before', 'phone',
        'notes_before', 'notes', 'erased_at'
    ];
BEGIN
    IF OLD.erased_at IS NULL
        AND NEW.erased_at IS NOT NULL
        AND to_jsonb(NEW) - v_personal = to_jsonb(OLD) - v_personal
    THEN
        -- A constraint holds that an erased event has no personal value.
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % is forbidden: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation',
            HINT = 'Correct a mistake by a further change, which is recorded too.';
END
$$;

CREATE TRIGGER forbid_changed_client_event
BEFORE UPDATE ON public.client_events
FOR EACH ROW EXECUTE FUNCTION public.forbid_changed_client_event();

-- ALWAYS: the trigger also fires if session_replication_role is replica.
ALTER TABLE public.client_events ENABLE ALWAYS TRIGGER forbid_changed_client_event;

REVOKE ALL ON FUNCTION public.forbid_changed_client_event() FROM PUBLIC;

COMMENT ON FUNCTION public.forbid_changed_client_event() IS
'Studio: trigger function that refuses UPDATE, unless it erases the personal values of an event.';
COMMENT ON TRIGGER forbid_changed_client_event ON public.client_events IS
'Studio: keeps the events as they are, but for the erasure of personal values.';
