-- Let the ledger of purchases record that a merge of two clients moved a purchase: one request for
-- the clients, an event on each purchase.
ALTER TABLE public.purchase_events
ADD COLUMN client_request_id uuid REFERENCES public.client_requests (request_id),
DROP CONSTRAINT purchase_events_kind_is_known,
ADD CONSTRAINT purchase_events_kind_is_known CHECK (
    kind IN (
        'opened', 'sold', 'corrected', 'transferred', 'refunded', 'paid', 'undone', 'merged',
        'unmerged', 'deleted'
    )
),
DROP CONSTRAINT purchase_events_an_undo_reverses_an_event,
ADD CONSTRAINT purchase_events_an_undo_reverses_an_event CHECK (
    (kind IN ('undone', 'unmerged')) = (reverses_id IS NOT NULL)
),
ADD CONSTRAINT purchase_events_a_merge_has_a_request CHECK (
    (kind IN ('merged', 'unmerged')) = (client_request_id IS NOT NULL)
),
ADD CONSTRAINT a_merge_has_one_event_for_each_purchase UNIQUE (client_request_id, purchase_id);

COMMENT ON COLUMN public.purchase_events.kind IS
'What happened: opened, sold, corrected, transferred, refunded, paid, merged, deleted, or an undo.';
COMMENT ON COLUMN public.purchase_events.client_request_id IS
'The request that merged two clients, or undid it, and so moved the purchase.';
