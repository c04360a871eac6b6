-- Claim a request id and insert a purchase that was sold.
-- Return true and the id of the event; false and null if the client or offer is of another org;
-- two nulls if the offer was retired and the caller refuses this.
-- `offer` locks the offer, so that it is not retired before the commit.
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

offer AS (
    SELECT is_active
    FROM public.offers
    WHERE id = %(offer_id)s AND org_id = %(org_id)s
    FOR SHARE
),

claimed AS (
    INSERT INTO public.session_requests (
        request_id, operation, purchase_id, event_id, actor_id, reason, note, refusal,
        to_client_id, offer_id
    )
    SELECT
        %(request_id)s, %(operation)s, %(purchase_id)s, %(event_id)s, %(actor_id)s, %(reason)s,
        %(note)s,
        CASE
            WHEN %(refuses_retired)s AND (SELECT is_active FROM offer) IS FALSE
                THEN 'offer_retired'
        END,
        %(to_client_id)s, %(offer_id)s
    FROM settings
    ON CONFLICT (request_id) DO NOTHING
    RETURNING request_id, refusal
)

SELECT result.done, CASE
    WHEN current_setting('studio.purchase_event_id') <> ''
        THEN current_setting('studio.purchase_event_id')::bigint
    WHEN result.done THEN public.refuse_without_event()
END
FROM claimed,
    LATERAL (SELECT CASE
        WHEN claimed.refusal IS NULL
            THEN public.sell_purchase(
                %(purchase_id)s, %(org_id)s, %(to_client_id)s, %(offer_id)s,
                %(sessions_total)s::int, %(amount_paid_cents)s, %(currency)s,
                %(payment_status)s, %(payment_method)s, %(purchased_at)s::timestamptz,
                %(expires_at)s::timestamptz
            )
    END AS done OFFSET 0) AS result
