-- Return a digest of what a plan depends on: the clients, the offers and the finished imports of an
-- org, and the purchases of the planned rows of an import that exist.
SELECT concat_ws(
    ' ',
    (
        SELECT count(*) || ' ' || coalesce(sum(hashtextextended(
            jsonb_build_array(id, full_name, email, phone)::text, 0
        )), 0)
        FROM public.clients WHERE org_id = %(org_id)s
    ),
    (
        SELECT count(*) || ' ' || coalesce(sum(hashtextextended(
            jsonb_build_array(id, name, is_active, sessions_included, bonus_sessions)::text, 0
        )), 0)
        FROM public.offers WHERE org_id = %(org_id)s
    ),
    (
        SELECT count(*) || ' ' || coalesce(sum(hashtextextended(id::text, 0)), 0)
        FROM public.imports WHERE org_id = %(org_id)s AND state = 'done'
    ),
    (
        SELECT count(*)
        FROM public.import_rows AS planned
        INNER JOIN public.client_purchases AS purchase ON purchase.id = planned.purchase_id
        WHERE planned.import_id = %(import_id)s
    )
)
