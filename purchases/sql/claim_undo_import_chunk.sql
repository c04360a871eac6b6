-- Move the mark of an import back to an earlier position, and claim a request to undo each client and
-- each purchase between them. Return no row, and change nothing, if another worker has moved the mark.
WITH mark AS (
    UPDATE public.imports
    SET rows_done = %(first)s - 1, worked_at = clock_timestamp()
    WHERE id = %(import_id)s AND state = 'undoing' AND rows_done = %(last)s
    RETURNING id, undone_by_id, file_name
),

chunk AS MATERIALIZED (
    SELECT planned.*, request.client_undo_id, request.undo_id
    FROM mark
    INNER JOIN public.import_rows AS planned ON planned.import_id = mark.id
    INNER JOIN
        unnest(%(positions)s::int[], %(client_undo_ids)s::uuid[], %(undo_ids)s::uuid[])
            AS request (position, client_undo_id, undo_id)
        ON request.position = planned.position
),

clients AS (
    INSERT INTO public.client_requests (
        request_id, operation, org_id, client_id, actor_id, file_name
    )
    SELECT
        chunk.client_undo_id, 'undo_import', chunk.org_id, chunk.client_id, mark.undone_by_id,
        mark.file_name
    FROM chunk CROSS JOIN mark
    WHERE chunk.adds_client
    ORDER BY chunk.position
),

purchases AS (
    INSERT INTO public.session_requests (request_id, operation, purchase_id, actor_id, note)
    SELECT chunk.undo_id, 'undo_import', chunk.purchase_id, mark.undone_by_id, mark.file_name
    FROM chunk CROSS JOIN mark
    WHERE chunk.purchase_id IS NOT NULL
    ORDER BY chunk.position
)

SELECT count(*) FROM mark HAVING count(*) > 0
