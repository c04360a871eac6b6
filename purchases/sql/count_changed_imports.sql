-- Return how many purchases of an import have changed since it wrote them.
SELECT count(*)
FROM public.import_rows AS planned
INNER JOIN public.client_purchases AS purchase ON purchase.id = planned.purchase_id
INNER JOIN public.purchase_events AS opened ON opened.request_id = planned.request_id
WHERE planned.import_id = %(import_id)s
    AND (
        purchase.expires_at IS DISTINCT FROM planned.expires_at
        OR EXISTS (
            SELECT
            FROM public.purchase_events AS later
            WHERE later.purchase_id = purchase.id AND later.id > opened.id
        )
        OR EXISTS (
            SELECT
            FROM public.session_events AS first
            INNER JOIN public.session_events AS later ON later.purchase_id = first.purchase_id
            WHERE first.purchase_id = purchase.id
                AND first.kind = 'opened'
                AND first.xact_id = opened.xact_id
                AND later.id > first.id
        )
    )
