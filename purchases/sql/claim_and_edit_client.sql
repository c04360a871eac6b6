-- Claim a request id and change a client.
-- Return true and the id of the event; false and null if it has changed since.
-- Return no row, and change nothing, if the request id was claimed before.
-- `settings` gives the request id to the trigger of the ledger and limits waits for locks to
-- 3 seconds, both until the transaction ends. It clears the event of an earlier statement of the
-- transaction.
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
        %(event_id)s::bigint, %(actor_id)s, NULL
    FROM settings
    ON CONFLICT (request_id) DO NOTHING
    RETURNING request_id
)

SELECT result.done, nullif(current_setting('studio.client_event_id', true), '')::bigint
FROM claimed,
    LATERAL (SELECT public.edit_client(
        %(client_id)s, %(full_name)s, %(email)s, %(phone)s, %(notes)s, %(full_name_before)s,
        %(email_before)s, %(phone_before)s, %(notes_before)s
    ) AS done OFFSET 0) AS result
