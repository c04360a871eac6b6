-- Let requests name what owners and staff do besides reinstating: corrections, transfers, moved
-- uses, refunds, payments and sales. A request names exactly what its operation needs.
ALTER TABLE public.session_requests
ADD COLUMN adjust_by int,
ADD COLUMN to_client_id uuid,
ADD COLUMN to_purchase_id uuid,
ADD COLUMN offer_id uuid,
ADD COLUMN refund_cents int,
DROP CONSTRAINT session_requests_operation_is_known,
ADD CONSTRAINT session_requests_operation_is_known CHECK (
    operation IN (
        'reinstate', 'use', 'undo', 'extend', 'undo_extension', 'correct_expiry', 'correct_used',
        'correct_total', 'transfer', 'move_use', 'undo_move', 'refund', 'receive_payment', 'sell',
        'undo_change'
    )
),
DROP CONSTRAINT session_requests_undo_names_an_event,
ADD CONSTRAINT session_requests_undo_names_an_event CHECK (
    operation NOT IN ('undo', 'undo_extension', 'undo_move', 'undo_change')
    OR event_id IS NOT NULL
),
ADD CONSTRAINT session_requests_correct_has_a_number_and_a_reason CHECK (
    (operation IN ('correct_used', 'correct_total')) = (adjust_by IS NOT NULL)
    AND (adjust_by IS NULL OR adjust_by <> 0 AND note <> '')
),
ADD CONSTRAINT session_requests_transfer_and_sell_have_a_client CHECK (
    (operation IN ('transfer', 'sell')) = (to_client_id IS NOT NULL)
),
ADD CONSTRAINT session_requests_move_has_two_purchases CHECK (
    (operation IN ('move_use', 'undo_move')) = (to_purchase_id IS NOT NULL)
    AND (to_purchase_id IS NULL OR to_purchase_id <> purchase_id)
),
ADD CONSTRAINT session_requests_sell_has_an_offer CHECK (
    (operation = 'sell') = (offer_id IS NOT NULL)
),
ADD CONSTRAINT session_requests_refund_has_an_amount CHECK (
    (operation = 'refund') = (refund_cents IS NOT NULL)
    AND (refund_cents IS NULL OR refund_cents >= 0)
);

-- Read by the history of a purchase to which a use was moved.
CREATE INDEX session_requests_to_a_purchase ON public.session_requests (to_purchase_id)
WHERE to_purchase_id IS NOT NULL;

COMMENT ON COLUMN public.session_requests.operation IS
'What was asked: reinstate, use, undo, extend, correct_used, transfer, and so on.';
COMMENT ON COLUMN public.session_requests.event_id IS
'The event that the person chose: the use to reinstate or move, or the event to undo.';
COMMENT ON COLUMN public.session_requests.adjust_by IS
'By how many sessions a correction changes the used or the bought ones.';
COMMENT ON COLUMN public.session_requests.to_client_id IS
'The client who gets a transferred or sold purchase.';
COMMENT ON COLUMN public.session_requests.to_purchase_id IS
'The purchase to which a use is moved, or from which the move is undone.';
COMMENT ON COLUMN public.session_requests.offer_id IS 'The offer of a sale.';
COMMENT ON COLUMN public.session_requests.refund_cents IS
'The amount of a refund that the person gave back, in the currency of the purchase.';
