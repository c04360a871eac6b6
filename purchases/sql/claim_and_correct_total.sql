-- Claim a request id and correct the bought sessions of a purchase.
-- Return sessions_total after it and the id of the event; two nulls if nothing was corrected.
-- Return no row, and change nothing, if the request id was claimed before.
-- `settings` gives the request id to the triggers of the ledgers and limits waits for locks to
-- 3 seconds, both until the transaction ends. It clears the event of an earlier statement of the
-- transaction.
-- Raise an error if the change has no event: another program replaced the function or a trigger.
-- OFFSET 0 runs the function before current_setting() reads the id that its trigger set.
WITH settings AS (
    SELECT
        set_config('studio.request_id', (%(request_id)s::uuid)::text, true),
        set_config('lock_timeout', '3s', true),
        set_config('studio.purchase_event_id', '', true)
),

claimed AS (
    INSERT INTO public.session_requests (
        request_id, operation, purchase_id, event_id, actor_id, reason, note, refusal,
        adjust_by
    )
    SELECT
        %(request_id)s, %(operation)s, %(purchase_id)s, %(event_id)s, %(actor_id)s, %(reason)s,
        %(note)s, %(refusal)s,
        %(adjust_by)s
    FROM settings
    ON CONFLICT (request_id) DO NOTHING
    RETURNING request_id, refusal
)

SELECT result.done, CASE
    WHEN current_setting('studio.purchase_event_id') <> ''
        THEN current_setting('studio.purchase_event_id')::bigint
    WHEN result.done IS NOT NULL THEN public.refuse_without_event()
END
FROM claimed,
    LATERAL (SELECT public.correct_total(%(purchase_id)s, %(adjust_by)s) AS done OFFSET 0) AS result
