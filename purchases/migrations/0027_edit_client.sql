-- Change the name, the e-mail, the phone number and the notes of a client, and return whether they
-- were changed. They were not if the client no longer has the values that the person saw, was
-- merged into another one, or does not exist.
CREATE FUNCTION public.edit_client(
    p_client_id uuid,
    p_full_name text,
    p_email text,
    p_phone text,
    p_notes text,
    p_full_name_before text,
    p_email_before text,
    p_phone_before text,
    p_notes_before text
) RETURNS boolean
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_client_operation().
SET application_name = 'studio: edit_client'
AS $$
    WITH edited AS (
        UPDATE public.clients
        SET full_name = p_full_name, email = p_email, phone = p_phone, notes = p_notes
        WHERE id = p_client_id
            AND status <> 'merged'
            AND full_name = p_full_name_before
            AND email IS NOT DISTINCT FROM p_email_before
            AND phone IS NOT DISTINCT FROM p_phone_before
            AND notes IS NOT DISTINCT FROM p_notes_before
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM edited)
$$;

REVOKE ALL ON FUNCTION public.edit_client(
    uuid, text, text, text, text, text, text, text, text
) FROM PUBLIC;

COMMENT ON FUNCTION public.edit_client(
    uuid, text, text, text, text, text, text, text, text
) IS 'Studio: changes a client that has the values that a person saw; returns whether it did.';
