-- Lets a request say which owner confirmed it, where the one who pressed could not alone.
ALTER TABLE public.session_requests
    ADD COLUMN approved_by_id bigint REFERENCES public.studio_user (id),
    ADD CONSTRAINT session_requests_are_approved_by_somebody_else
        CHECK (approved_by_id <> actor_id),
    ADD CONSTRAINT session_requests_only_reinstatements_are_approved
        CHECK (approved_by_id IS NULL OR operation = 'reinstate');

-- Its reader: whether a user may be deleted.
CREATE INDEX session_requests_of_an_approver ON public.session_requests (approved_by_id)
    WHERE approved_by_id IS NOT NULL;
