-- Claim a request id and reinstate one session, unless the client has used up the allowance.
-- Return sessions_used after it and the id of the event; -1 and null if no session is used;
-- -2 and null if the allowance is used up.
-- Lock the client and count before inserting the request: its refusal must be known at
-- insert, because requests are immutable.
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
        request_id, operation, purchase_id, event_id, actor_id, approved_by_id, reason, note,
        refusal, extend_days, extend_until
    )
    SELECT
        %(request_id)s, %(operation)s, %(purchase_id)s, %(event_id)s, %(actor_id)s,
        %(approved_by_id)s, %(reason)s, %(note)s,
        CASE
            WHEN public.lock_and_count_reinstatements(
                %(org_id)s, %(client_id)s, coalesce(%(reason)s, ''), %(days)s
            ) >= %(sessions)s::int THEN 'over_allowance'
        END,
        %(extend_days)s::int, %(extend_until)s::date
    FROM settings
    ON CONFLICT (request_id) DO NOTHING
    RETURNING request_id, refusal
)

SELECT result.done, CASE
    WHEN result.done IN (-1, -2) AND current_setting('studio.event_id') = '' THEN NULL
    WHEN result.done >= 0 AND nullif(current_setting('studio.event_id'), '0') <> ''
        THEN current_setting('studio.event_id')::bigint
    ELSE public.refuse_without_event()
END
FROM claimed,
    LATERAL (SELECT CASE
        WHEN claimed.refusal IS NULL THEN public.release_session(%(purchase_id)s)
        ELSE -2
    END AS done OFFSET 0) AS result
