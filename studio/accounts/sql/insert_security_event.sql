-- Insert an event of the security log, with the account of a typed name and the org of the account.
-- Known and unknown names take the same statement, so they take the same time.
INSERT INTO public.studio_security_event (
    kind, org_id, account_id, actor_id, door, address, unknown_name, detail, log_id
)
SELECT
    %(kind)s::text,
    coalesce(%(org_id)s::uuid, member.org_id, %(org_of_actor)s::uuid),
    coalesce(account.id, %(account_id)s::bigint),
    %(actor_id)s::bigint,
    %(door)s::text,
    %(address)s::text,
    CASE WHEN account.id IS NULL THEN %(unknown_name)s::text ELSE '' END,
    %(detail)s::text,
    %(log_id)s::text
FROM (SELECT 1 AS only) AS event
LEFT JOIN public.studio_user AS account
    ON account.id = %(account_id)s::bigint OR account.username = %(username)s::text
LEFT JOIN public.studio_membership AS member ON account.id = member.user_id
RETURNING org_id, account_id
