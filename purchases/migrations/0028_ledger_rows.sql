-- Return every row of the three ledgers and of the requests as it is sealed: its content as JSON
-- without personal texts, its personal text, and its leaf if it is sealed. A column that is null is
-- left out, so that a column added later does not change older rows. PostgreSQL inlines the
-- function, so a caller's condition can use an index; SET would prevent this.
CREATE OR REPLACE FUNCTION public.ledger_rows() RETURNS TABLE (
    ledger text,
    row_id text,
    event_id bigint,
    org_id uuid,
    purchase_id uuid,
    request_id uuid,
    written_at timestamptz,
    xact_id xid8,
    personal text,
    content text,
    seal_id bigint,
    leaf bytea,
    personal_hash bytea,
    salt uuid
)
LANGUAGE sql STABLE
AS $$
    SELECT 'session_events', event.id::text, event.id, event.org_id, event.purchase_id,
        event.request_id, event.occurred_at, event.xact_id,
        nullif(substr(event.db_role, strpos(event.db_role || ' for ', ' for ')), ''),
        json_strip_nulls(json_build_object(
            'ledger', 'session_events', 'id', event.id, 'org_id', event.org_id,
            'purchase_id', event.purchase_id, 'kind', event.kind, 'delta', event.delta,
            'sessions_used', event.sessions_used, 'request_id', event.request_id,
            'reverses_id', event.reverses_id,
            'db_role', left(event.db_role, strpos(event.db_role || ' for ', ' for ') - 1),
            'occurred_at', extract(epoch FROM event.occurred_at), 'xact_id', event.xact_id
        ))::text,
        leaf.seal_id, leaf.leaf, leaf.personal_hash, salted.salt
    FROM public.session_events AS event
        LEFT JOIN public.seal_leaves AS leaf
            ON leaf.ledger = 'session_events' AND leaf.row_id = event.id::text
        LEFT JOIN public.seal_salts AS salted
            ON salted.ledger = 'session_events' AND salted.row_id = event.id::text
    UNION ALL
    SELECT 'expiry_events', event.id::text, event.id, event.org_id, event.purchase_id,
        event.request_id, event.occurred_at, event.xact_id,
        nullif(substr(event.db_role, strpos(event.db_role || ' for ', ' for ')), ''),
        json_strip_nulls(json_build_object(
            'ledger', 'expiry_events', 'id', event.id, 'org_id', event.org_id,
            'purchase_id', event.purchase_id, 'kind', event.kind,
            'expires_before', extract(epoch FROM event.expires_before),
            'expires_at', extract(epoch FROM event.expires_at),
            'request_id', event.request_id, 'reverses_id', event.reverses_id,
            'db_role', left(event.db_role, strpos(event.db_role || ' for ', ' for ') - 1),
            'occurred_at', extract(epoch FROM event.occurred_at), 'xact_id', event.xact_id
        ))::text,
        leaf.seal_id, leaf.leaf, leaf.personal_hash, salted.salt
    FROM public.expiry_events AS event
        LEFT JOIN public.seal_leaves AS leaf
            ON leaf.ledger = 'expiry_events' AND leaf.row_id = event.id::text
        LEFT JOIN public.seal_salts AS salted
            ON salted.ledger = 'expiry_events' AND salted.row_id = event.id::text
    UNION ALL
    SELECT 'purchase_events', event.id::text, event.id, event.org_id, event.purchase_id,
        event.request_id, event.occurred_at, event.xact_id,
        nullif(substr(event.db_role, strpos(event.db_role || ' for ', ' for ')), ''),
        json_strip_nulls(json_build_object(
            'ledger', 'purchase_events', 'id', event.id, 'org_id', event.org_id,
            'purchase_id', event.purchase_id, 'kind', event.kind,
            'org_id_before', event.org_id_before,
            'client_id_before', event.client_id_before, 'client_id', event.client_id,
            'offer_id_before', event.offer_id_before, 'offer_id', event.offer_id,
            'sessions_total_before', event.sessions_total_before,
            'sessions_total', event.sessions_total,
            'amount_paid_cents_before', event.amount_paid_cents_before,
            'amount_paid_cents', event.amount_paid_cents,
            'currency_before', event.currency_before, 'currency', event.currency,
            'payment_status_before', event.payment_status_before,
            'payment_status', event.payment_status,
            'payment_method_before', event.payment_method_before,
            'payment_method', event.payment_method,
            'purchased_at_before', extract(epoch FROM event.purchased_at_before),
            'purchased_at', extract(epoch FROM event.purchased_at),
            'created_at_before', extract(epoch FROM event.created_at_before),
            'created_at', extract(epoch FROM event.created_at),
            'expires_at', extract(epoch FROM event.expires_at),
            'request_id', event.request_id, 'client_request_id', event.client_request_id,
            'reverses_id', event.reverses_id,
            'db_role', left(event.db_role, strpos(event.db_role || ' for ', ' for ') - 1),
            'occurred_at', extract(epoch FROM event.occurred_at), 'xact_id', event.xact_id
        ))::text,
        leaf.seal_id, leaf.leaf, leaf.personal_hash, salted.salt
    FROM public.purchase_events AS event
        LEFT JOIN public.seal_leaves AS leaf
            ON leaf.ledger = 'purchase_events' AND leaf.row_id = event.id::text
        LEFT JOIN public.seal_salts AS salted
            ON salted.ledger = 'purchase_events' AND salted.row_id = event.id::text
    UNION ALL
    SELECT 'session_requests', request.request_id::text, NULL,
        -- A request has no org of its own. It has that of its purchase at that time, or when the
        -- ledger of the purchase began. A refused sale has no purchase.
        coalesce(
            (
                SELECT event.org_id FROM public.purchase_events AS event
                WHERE event.purchase_id = request.purchase_id
                    AND event.occurred_at <= request.asked_at
                ORDER BY event.id DESC LIMIT 1
            ),
            (
                SELECT coalesce(event.org_id_before, event.org_id)
                FROM public.purchase_events AS event
                WHERE event.purchase_id = request.purchase_id
                ORDER BY event.id LIMIT 1
            ),
            (
                SELECT event.org_id FROM public.session_events AS event
                WHERE event.purchase_id = request.purchase_id
                ORDER BY event.id LIMIT 1
            ),
            (SELECT offer.org_id FROM public.offers AS offer WHERE offer.id = request.offer_id)
        ),
        request.purchase_id, request.request_id, request.asked_at, request.claimed_xact_id,
        nullif(request.note, ''),
        json_strip_nulls(json_build_object(
            'ledger', 'session_requests', 'request_id', request.request_id,
            'operation', request.operation, 'purchase_id', request.purchase_id,
            'event_id', request.event_id, 'actor_id', request.actor_id,
            'approved_by_id', request.approved_by_id, 'reason', request.reason,
            'refusal', request.refusal, 'extend_days', request.extend_days,
            'extend_until', request.extend_until, 'adjust_by', request.adjust_by,
            'to_client_id', request.to_client_id, 'to_purchase_id', request.to_purchase_id,
            'offer_id', request.offer_id, 'refund_cents', request.refund_cents,
            'asked_at', extract(epoch FROM request.asked_at),
            'claimed_xact_id', request.claimed_xact_id
        ))::text,
        leaf.seal_id, leaf.leaf, leaf.personal_hash, salted.salt
    FROM public.session_requests AS request
        LEFT JOIN public.seal_leaves AS leaf
            ON leaf.ledger = 'session_requests' AND leaf.row_id = request.request_id::text
        LEFT JOIN public.seal_salts AS salted
            ON salted.ledger = 'session_requests' AND salted.row_id = request.request_id::text
$$;

REVOKE ALL ON FUNCTION public.ledger_rows() FROM PUBLIC;

COMMENT ON FUNCTION public.ledger_rows() IS
'Studio: returns the rows of the ledgers and the requests as they are sealed.';
