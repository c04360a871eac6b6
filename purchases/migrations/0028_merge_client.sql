-- Merge another record of a person into a client, and return null: its purchases move to the
-- client, and its row stays with the status merged. `p_take` names the columns whose value the
-- client takes from the other record; both_notes joins the notes of the two.
-- If they cannot be merged, change nothing and return the refusal of lock_and_check_merge().
CREATE FUNCTION public.merge_client(p_client_id uuid, p_other_id uuid, p_take text[])
RETURNS text
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_client_operation().
SET application_name = 'studio: merge_client'
AS $$
DECLARE
    v_refusal text := public.lock_and_check_merge(p_client_id, p_other_id);
BEGIN
    IF v_refusal IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    UPDATE public.client_purchases SET client_id = p_client_id WHERE client_id = p_other_id;
    INSERT INTO public.merged_clients (client_id, kept_client_id)
    VALUES (p_other_id, p_client_id);
    UPDATE public.clients AS client
    SET
        full_name = CASE
            WHEN 'full_name' = ANY (p_take) THEN other.full_name ELSE client.full_name
        END,
        email = CASE WHEN 'email' = ANY (p_take) THEN other.email ELSE client.email END,
        phone = CASE WHEN 'phone' = ANY (p_take) THEN other.phone ELSE client.phone END,
        notes = CASE
            WHEN 'notes' = ANY (p_take) THEN other.notes
            WHEN 'both_notes' = ANY (p_take)
                THEN nullif(concat_ws(E'\n', client.notes, other.notes), '')
            ELSE client.notes
        END
    FROM public.clients AS other
    WHERE client.id = p_client_id AND other.id = p_other_id;
    -- The last change, because its event is the one that an undo names.
    UPDATE public.clients SET status = 'merged' WHERE id = p_other_id;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.merge_client(uuid, uuid, text[]) FROM PUBLIC;

COMMENT ON FUNCTION public.merge_client(uuid, uuid, text[]) IS
'Studio: merges another record of a person into a client; returns null, or why it cannot.';
