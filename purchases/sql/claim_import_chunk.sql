-- Move the mark of an import from one position to a later one, and claim a request for each client
-- and each purchase between them.
-- Return no row, and change nothing, if another worker has moved the mark.
WITH mark AS (
    UPDATE public.imports
    SET rows_done = %(last)s, worked_at = clock_timestamp()
    WHERE id = %(import_id)s AND state = 'writing' AND rows_done = %(first)s - 1
    RETURNING id, actor_id, file_name
),

chunk AS MATERIALIZED (
    SELECT planned.*
    FROM mark
    INNER JOIN public.import_rows AS planned ON planned.import_id = mark.id
    WHERE planned.position BETWEEN %(first)s AND %(last)s
),

clients AS (
    INSERT INTO public.client_requests (
        request_id, operation, org_id, client_id, actor_id, file_name
    )
    SELECT
        chunk.client_request_id, 'import', chunk.org_id, chunk.client_id, mark.actor_id,
        mark.file_name
    FROM chunk CROSS JOIN mark
    WHERE chunk.adds_client
    ORDER BY chunk.position
),

purchases AS (
    INSERT INTO public.session_requests (request_id, operation, purchase_id, actor_id, note)
    SELECT chunk.request_id, 'import', chunk.purchase_id, mark.actor_id, mark.file_name
    FROM chunk CROSS JOIN mark
    WHERE chunk.purchase_id IS NOT NULL
    ORDER BY chunk.position
)

SELECT count(*) FROM mark HAVING count(*) > 0
