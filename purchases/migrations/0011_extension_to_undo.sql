-- Return the newest change of a purchase's expiry if it is an extension, otherwise null. Undos and
-- the extensions that they undid are skipped.
CREATE FUNCTION public.extension_to_undo(p_purchase_id uuid) RETURNS bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE newest.kind WHEN 'extended' THEN newest.id END
    FROM public.expiry_events AS newest
    WHERE newest.purchase_id = p_purchase_id
        AND newest.kind <> 'undone'
        AND NOT EXISTS (
            SELECT FROM public.expiry_events AS undo WHERE undo.reverses_id = newest.id
        )
    ORDER BY newest.id DESC
    LIMIT 1
$$;

REVOKE ALL ON FUNCTION public.extension_to_undo(uuid) FROM PUBLIC;

COMMENT ON FUNCTION public.extension_to_undo(uuid) IS
'Studio: returns the extension of a purchase that can be undone, or null.';
