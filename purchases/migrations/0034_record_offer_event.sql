-- After a change of an offer: write what it was and is into offer_events. The settings
-- studio.actor_id and studio.offer_request_id name the person and the form. They last until the
-- transaction ends. A changed id or org is recorded as a deleted offer and a new one.
CREATE OR REPLACE FUNCTION public.record_offer_event() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Without the times of the row, and without columns that other programs added.
    v_recorded text[] := ARRAY[
        'name', 'description', 'offer_type', 'price_cents', 'currency', 'sessions_included',
        'bonus_sessions', 'pack_validity_days', 'is_active'
    ];
    v_before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN (
        SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(OLD))
        WHERE key = ANY (v_recorded)
    ) END;
    v_after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN (
        SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(NEW))
        WHERE key = ANY (v_recorded)
    ) END;
    v_actor_id bigint := nullif(current_setting('studio.actor_id', true), '')::bigint;
    v_request_id uuid := nullif(current_setting('studio.offer_request_id', true), '')::uuid;
    v_is_moved boolean := TG_OP = 'UPDATE' AND (NEW.id, NEW.org_id) <> (OLD.id, OLD.org_id);
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.offer_events')
    THEN
        RETURN NULL;
    END IF;

    IF TG_OP = 'DELETE' OR v_is_moved THEN
        INSERT INTO public.offer_events (org_id, offer_id, kind, before, actor_id, db_role)
        VALUES (OLD.org_id, OLD.id, 'deleted', v_before, v_actor_id, public.current_db_role());
    END IF;
    IF TG_OP = 'INSERT' OR v_is_moved THEN
        INSERT INTO public.offer_events
            (org_id, offer_id, kind, after, actor_id, request_id, db_role)
        VALUES (NEW.org_id, NEW.id, 'added', v_after, v_actor_id, v_request_id,
            public.current_db_role());
    ELSIF TG_OP = 'UPDATE' AND v_before <> v_after THEN
        INSERT INTO public.offer_events
            (org_id, offer_id, kind, before, after, actor_id, request_id, db_role)
        VALUES (NEW.org_id, NEW.id,
            CASE
                WHEN v_before - 'is_active' <> v_after - 'is_active' THEN 'changed'
                WHEN NEW.is_active IS NOT FALSE THEN 'restored'
                ELSE 'retired'
            END,
            v_before, v_after, v_actor_id, v_request_id, public.current_db_role());
    END IF;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.record_offer_event() FROM PUBLIC;

COMMENT ON FUNCTION public.record_offer_event() IS
'Studio: trigger function that records every change of an offer.';
