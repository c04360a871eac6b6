-- Let the ledger of counts record a use that was moved from one purchase to another: one request,
-- an event on each purchase. Let it record an undone use or correction too.
ALTER TABLE public.session_events
DROP CONSTRAINT session_events_kind_is_known,
ADD CONSTRAINT session_events_kind_is_known CHECK (
    kind IN ('opened', 'used', 'reinstated', 'moved', 'undone', 'corrected', 'deleted')
),
DROP CONSTRAINT session_events_delta_fits_its_kind,
ADD CONSTRAINT session_events_delta_fits_its_kind CHECK (
    CASE kind
        WHEN 'used' THEN delta = 1
        WHEN 'reinstated' THEN delta = -1
        WHEN 'moved' THEN abs(delta) = 1
        WHEN 'undone' THEN delta <> 0
        ELSE true
    END
),
DROP CONSTRAINT session_events_only_some_kinds_reverse,
ADD CONSTRAINT session_events_only_some_kinds_reverse CHECK (
    reverses_id IS NULL OR kind IN ('reinstated', 'undone', 'moved')
),
DROP CONSTRAINT a_request_has_one_event,
ADD CONSTRAINT a_request_has_one_event UNIQUE (request_id, purchase_id);

COMMENT ON COLUMN public.session_events.kind IS
'What happened: opened, used, reinstated, moved, undone, corrected or deleted.';
