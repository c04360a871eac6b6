-- Let requests import a purchase, and undo that.
ALTER TABLE public.session_requests
DROP CONSTRAINT session_requests_operation_is_known,
ADD CONSTRAINT session_requests_operation_is_known CHECK (
    operation IN (
        'reinstate', 'use', 'undo', 'extend', 'undo_extension', 'correct_expiry', 'correct_used',
        'correct_total', 'transfer', 'move_use', 'undo_move', 'refund', 'receive_payment', 'sell',
        'undo_change', 'import', 'undo_import'
    )
);
