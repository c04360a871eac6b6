-- Move one use from a purchase to another of the same client, and return the used sessions of the
-- first one after it. Return -1 and change nothing if the first has no used session, if the second
-- is full, unpaid or had expired at the time of the use, or if they are not of one client and org,
-- or if the purchase was transferred after the use.
-- The use is p_event_id, or the newest one that is not reversed.
CREATE FUNCTION public.move_use(
    p_purchase_id uuid, p_to_purchase_id uuid, p_event_id bigint
) RETURNS int
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Read by current_operation().
SET application_name = 'studio: move_use'
AS $$
DECLARE
    v_used int;
    v_used_at timestamptz;
    v_is_old boolean;
BEGIN
    -- Lock both in the order of their ids, so that two opposite moves do not deadlock. The next
    -- statements see a change that was under way.
    PERFORM FROM public.client_purchases
    WHERE id IN (p_purchase_id, p_to_purchase_id) ORDER BY id FOR NO KEY UPDATE;
    v_used_at := (
        SELECT occurred_at FROM public.session_events
        WHERE id = public.event_to_reverse(p_purchase_id, 'move_use', p_event_id)
    );
    -- A use that is older than the ledger.
    v_is_old := v_used_at IS NULL;
    v_used_at := coalesce(v_used_at, now());
    -- A use before a transfer is that of the former client.
    IF EXISTS (
        SELECT FROM public.purchase_events AS transfer
        WHERE transfer.purchase_id = p_purchase_id
            AND transfer.kind = 'transferred'
            AND (transfer.occurred_at > v_used_at OR v_is_old)
            AND NOT EXISTS (
                SELECT FROM public.purchase_events AS undo WHERE undo.reverses_id = transfer.id
            )
    ) THEN
        RETURN -1;
    END IF;
    IF NOT EXISTS (
        SELECT
        FROM public.client_purchases AS charged
            JOIN public.client_purchases AS other
                ON other.client_id = charged.client_id AND other.org_id = charged.org_id
        WHERE charged.id = p_purchase_id
            AND charged.sessions_used > 0
            AND other.id = p_to_purchase_id
            AND other.id <> charged.id
            AND other.sessions_used < other.sessions_total
            AND other.payment_status = 'succeeded'
            AND (other.expires_at IS NULL OR other.expires_at > v_used_at)
    ) THEN
        RETURN -1;
    END IF;
    UPDATE public.client_purchases SET sessions_used = sessions_used - 1
    WHERE id = p_purchase_id
    RETURNING sessions_used INTO v_used;
    -- The trigger enforce_request skips the UPDATE if the chosen use was reversed.
    IF NOT FOUND THEN
        RETURN -1;
    END IF;
    UPDATE public.client_purchases SET sessions_used = sessions_used + 1
    WHERE id = p_to_purchase_id;
    RETURN v_used;
END
$$;

REVOKE ALL ON FUNCTION public.move_use(uuid, uuid, bigint) FROM PUBLIC;

COMMENT ON FUNCTION public.move_use(uuid, uuid, bigint) IS
'Studio: moves a use to another purchase of the client; returns the used sessions, or -1.';
