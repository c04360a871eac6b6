-- Claim a request id and undo a move of a use.
-- Return sessions_used of the purchase after it and the id of an event; -1 and null if not undone.
-- Return no row, and change nothing, if the request id was claimed before.
-- `settings` gives the request id to the triggers of the ledgers and limits waits for locks to
-- 3 seconds, both until the transaction ends. It clears the event of an earlier statement of the
-- transaction.
-- Raise an error if the count changed without an event of this request, or an event came without
-- a new count: another program replaced the function or a trigger.
-- OFFSET 0 runs the function before current_setting() reads the id that its trigger set.
WITH settings AS (
    SELECT
        set_config('studio.request_id', (%(request_id)s::uuid)::text, true),
        set_config('lock_timeout', '3s', true),
        set_config('studio.event_id', '', true)
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

SELECT result.done, CASE
    WHEN result.done = -1 AND current_setting('studio.event_id') = '' THEN NULL
    WHEN result.done >= 0 AND nullif(current_setting('studio.event_id'), '0') <> ''
        THEN current_setting('studio.event_id')::bigint
    ELSE public.refuse_without_event()
END
FROM claimed,
    LATERAL (SELECT public.undo_move(
        %(purchase_id)s, %(to_purchase_id)s, %(event_id)s
    ) AS done OFFSET 0) AS result
