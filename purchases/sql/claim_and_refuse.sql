-- Claim a request id for an operation that is refused, and store the refusal.
-- Return two nulls.
-- Return no row, and change nothing, if the request id was claimed before.
WITH settings AS (
    SELECT
        set_config('studio.request_id', (%(request_id)s::uuid)::text, true),
        set_config('lock_timeout', '3s', true)
),

claimed AS (
    INSERT INTO public.session_requests (
        request_id, operation, purchase_id, event_id, actor_id, approved_by_id, reason, note,
        refusal, extend_days, extend_until, adjust_by, to_client_id, to_purchase_id, offer_id,
        refund_cents
    )
    SELECT
        %(request_id)s, %(operation)s, %(purchase_id)s, %(event_id)s, %(actor_id)s,
        %(approved_by_id)s, %(reason)s, %(note)s,
        %(refusal)s,
        %(extend_days)s::int, %(extend_until)s::date,
        %(adjust_by)s::int, %(to_client_id)s::uuid, %(to_purchase_id)s::uuid, %(offer_id)s::uuid,
        %(refund_cents)s::int
    FROM settings
    ON CONFLICT (request_id) DO NOTHING
    RETURNING request_id, refusal
)

SELECT NULL, NULL::bigint
FROM claimed
