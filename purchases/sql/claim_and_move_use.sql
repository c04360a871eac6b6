-- Claim a request id and move a use to another purchase of the client.
-- Return sessions_used of the purchase after it and the id of an event; -1 and null if not moved.
-- Return no row, and change nothing, if the request id was claimed before.
-- `settings` gives the request id to the triggers of the ledgers and limits waits for locks to
-- 3 seconds, both until the transaction ends.
-- OFFSET 0 runs the function before current_setting() reads the id that its trigger set.
WITH settings AS (
    SELECT
        set_config('studio.request_id', (%(request_id)s::uuid)::text, true),
        set_config('lock_timeout', '3s', true)
),

claimed AS (
    INSERT INTO public.session_requests (
        request_id, operation, purchase_id, event_id, actor_id, reason, note, refusal,
        to_purchase_id
    )
    SELECT
        %(request_id)s, %(operation)s, %(purchase_id)s, %(event_id)s, %(actor_id)s, %(reason)s,
        %(note)s, %(refusal)s,
        %(to_purchase_id)s
    FROM settings
    ON CONFLICT (request_id) DO NOTHING
    RETURNING request_id, refusal
)

SELECT result.done, nullif(current_setting('studio.event_id', true), '')::bigint
FROM claimed,
    LATERAL (SELECT public.move_use(
        %(purchase_id)s, %(to_purchase_id)s, %(event_id)s::bigint
    ) AS done OFFSET 0) AS result
