-- Return the clients, with ids above `after` and up to `last` (null for no bound), that differ from
-- their last event in client_events, and the events that do not continue the event before.
-- Return the client, the event, the finding, and the names of columns that differ.
-- A client without an event is older than the ledger. Erased values are not compared.
WITH event AS (
    SELECT
        event.*,
        lead(event.id) OVER by_id IS NULL AS is_last,
        lag(event.kind) OVER by_id AS kind_before,
        event.erased_at IS NULL
        AND lag(event.erased_at) OVER by_id IS NULL
        AND (
            event.org_id_before, event.full_name_before, event.email_before, event.phone_before,
            event.notes_before, event.status_before
        ) IS DISTINCT FROM lag((
            event.org_id, event.full_name, event.email, event.phone, event.notes, event.status
        )) OVER by_id AS is_gap
    FROM public.client_events AS event
    WHERE (%(after)s::uuid IS NULL OR event.client_id > %(after)s::uuid)
        AND (%(last)s::uuid IS NULL OR event.client_id <= %(last)s::uuid)
    WINDOW by_id AS (PARTITION BY event.client_id ORDER BY event.id)
),

compared AS (
    SELECT
        event.client_id,
        event.id,
        event.kind,
        client.id IS NULL AS is_gone,
        array_remove(ARRAY[
            CASE WHEN event.org_id IS DISTINCT FROM client.org_id THEN 'org_id' END,
            CASE
                WHEN event.erased_at IS NULL AND event.full_name IS DISTINCT FROM client.full_name
                    THEN 'full_name'
            END,
            CASE
                WHEN event.erased_at IS NULL AND event.email IS DISTINCT FROM client.email
                    THEN 'email'
            END,
            CASE
                WHEN event.erased_at IS NULL AND event.phone IS DISTINCT FROM client.phone
                    THEN 'phone'
            END,
            CASE
                WHEN event.erased_at IS NULL AND event.notes IS DISTINCT FROM client.notes
                    THEN 'notes'
            END,
            CASE WHEN event.status IS DISTINCT FROM client.status THEN 'status' END
        ], NULL) AS differing
    FROM event
    LEFT JOIN public.clients AS client ON client.id = event.client_id
    WHERE event.is_last
)

SELECT client_id AS record_id, id AS event_id, 'gap' AS finding, NULL::text[] AS differing
FROM event
WHERE kind_before IS NOT NULL
    AND CASE
        WHEN kind IN ('opened', 'added') THEN kind_before <> 'deleted'
        ELSE kind_before = 'deleted' OR is_gap
    END
UNION ALL
SELECT
    client_id,
    id,
    CASE
        WHEN kind = 'deleted' THEN 'returned'
        WHEN is_gone THEN 'gone'
        ELSE 'differs'
    END,
    CASE WHEN kind <> 'deleted' AND NOT is_gone THEN differing END
FROM compared
WHERE CASE
    WHEN kind = 'deleted' THEN NOT is_gone
    ELSE is_gone OR cardinality(differing) > 0
END
ORDER BY record_id, event_id
