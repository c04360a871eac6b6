-- Erase the name, the e-mail, the phone number and the notes of a client, in the row and in every
-- event of its ledger, and return the number of emptied events. The row and the purchases remain,
-- and the events still say what kind of change was made, when and by whom. A client that another
-- program deleted has events only.
CREATE FUNCTION public.erase_client(p_client_id uuid) RETURNS int
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_client_operation().
SET application_name = 'studio: erase_client'
AS $$
DECLARE
    v_emptied int;
BEGIN
    UPDATE public.clients
    SET full_name = 'Erased client', email = NULL, phone = NULL, notes = NULL
    WHERE id = p_client_id;
    UPDATE public.client_events
    SET full_name_before = NULL, full_name = NULL, email_before = NULL, email = NULL,
        phone_before = NULL, phone = NULL, notes_before = NULL, notes = NULL,
        erased_at = clock_timestamp()
    WHERE client_id = p_client_id AND erased_at IS NULL;
    GET DIAGNOSTICS v_emptied = ROW_COUNT;
    RETURN v_emptied;
END
$$;

REVOKE ALL ON FUNCTION public.erase_client(uuid) FROM PUBLIC;

COMMENT ON FUNCTION public.erase_client(uuid) IS
'Studio: erases the personal values of a client and of its events; returns how many were emptied.';
