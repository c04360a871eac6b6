-- Return the sealed events of a purchase and of each the receipt: the beginning of the SHA-256 of its
-- leaf and of the leaf of its request.
SELECT
    event.ledger,
    event.row_id,
    sha256(event.leaf || coalesce(request.leaf, '')) AS receipt
FROM public.ledger_rows() AS event
LEFT JOIN public.seal_leaves AS request
    ON request.ledger = 'session_requests' AND request.row_id = event.request_id::text
WHERE
    event.purchase_id = %(purchase_id)s
    AND event.ledger <> 'session_requests'
    AND event.seal_id IS NOT NULL
