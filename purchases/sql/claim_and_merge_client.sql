-- Claim a request id and merge another record of a person into a client.
-- Return null and the id of the event; the code of the refusal and null if they were not merged.
-- Lock and check the clients before inserting the request: its refusal must be known at insert,
-- because requests are immutable. A request id that exists takes no lock.
-- Return no row, and change nothing, if the request id was claimed before.
-- `settings` gives the request id to the trigger of the ledger and limits waits for locks to
-- 3 seconds, both until the transaction ends. It clears the event of an earlier statement of the
-- transaction.
-- Raise an error if the change has no event: another program replaced the function or a trigger.
-- OFFSET 0 runs the function before current_setting() reads the id that its trigger set.
WITH settings AS (
    SELECT
        set_config('studio.request_id', (%(request_id)s::uuid)::text, true),
        set_config('lock_timeout', '3s', true),
        set_config('studio.client_event_id', '', true)
),

claimed AS (
    INSERT INTO public.client_requests (
        request_id, operation, org_id, client_id, other_client_id, event_id, actor_id, refusal
    )
    SELECT
        %(request_id)s, %(operation)s, %(org_id)s, %(client_id)s, %(other_client_id)s::uuid,
        %(event_id)s::bigint, %(actor_id)s,
        CASE
            WHEN NOT EXISTS (
                SELECT FROM public.client_requests WHERE request_id = %(request_id)s
            ) THEN public.lock_and_check_merge(%(client_id)s, %(other_client_id)s::uuid)
        END
    FROM settings
    ON CONFLICT (request_id) DO NOTHING
    RETURNING request_id
)

SELECT result.done, CASE
    WHEN current_setting('studio.client_event_id') <> ''
        THEN current_setting('studio.client_event_id')::bigint
    WHEN result.done IS NULL THEN public.refuse_without_event()
END
FROM claimed,
    LATERAL (SELECT public.merge_client(
        %(client_id)s, %(other_client_id)s::uuid, %(take)s::text[]
    ) AS done OFFSET 0) AS result
