-- Insert an event of the security log, with the account of a typed name and the org of the account.
-- If the account has several orgs, it is that of the actor, or else that of the last sign-in.
-- Known and unknown names take the same statement, so they take the same time.
-- RETURNING would require that the request may see the row, and a wrong sign-in has no studio.
WITH event AS MATERIALIZED (
    SELECT
        coalesce(%(org_id)s::uuid, member.org_id, %(org_of_actor)s::uuid) AS org_id,
        coalesce(account.id, %(account_id)s::bigint) AS account_id,
        CASE WHEN account.id IS NULL THEN %(unknown_name)s::text ELSE '' END AS unknown_name
    FROM (SELECT 1 AS only) AS event
    LEFT JOIN public.studio_user AS account
        ON account.id = %(account_id)s::bigint OR account.username = %(username)s::text
    LEFT JOIN LATERAL (
        SELECT membership.org_id
        FROM public.studio_membership AS membership
        WHERE membership.user_id = account.id
        ORDER BY
            membership.org_id IS NOT DISTINCT FROM %(org_of_actor)s::uuid DESC,
            membership.is_active DESC,
            membership.opened_at DESC NULLS LAST,
            membership.id
        LIMIT 1
    ) AS member ON true
),

inserted AS (
    INSERT INTO public.studio_security_event (
        kind, org_id, account_id, actor_id, door, address, unknown_name, detail, log_id
    )
    SELECT
        %(kind)s::text,
        event.org_id,
        event.account_id,
        %(actor_id)s::bigint,
        %(door)s::text,
        %(address)s::text,
        event.unknown_name,
        %(detail)s::text,
        %(log_id)s::text
    FROM event
)

SELECT event.org_id, event.account_id FROM event
