-- Insert a client that a person added, and return whether it was inserted. It was not if the id
-- exists.
CREATE FUNCTION public.add_client(
    p_client_id uuid,
    p_org_id uuid,
    p_full_name text,
    p_email text,
    p_phone text,
    p_notes text
) RETURNS boolean
LANGUAGE sql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_client_operation().
SET application_name = 'studio: add_client'
AS $$
    WITH added AS (
        INSERT INTO public.clients (id, org_id, full_name, email, phone, notes)
        VALUES (p_client_id, p_org_id, p_full_name, p_email, p_phone, p_notes)
        ON CONFLICT (id) DO NOTHING
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM added)
$$;

REVOKE ALL ON FUNCTION public.add_client(uuid, uuid, text, text, text, text) FROM PUBLIC;

COMMENT ON FUNCTION public.add_client(uuid, uuid, text, text, text, text) IS
'Studio: inserts a client that a person added; returns whether it was inserted.';
