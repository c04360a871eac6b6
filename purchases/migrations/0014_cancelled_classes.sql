-- Create the lists of purchases that get one session back each because a class was cancelled. A
-- list is committed as a whole before its first session is given back, so that a crash in the
-- middle loses no purchase.
CREATE TABLE public.cancelled_classes (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL REFERENCES public.orgs (id),
    actor_id bigint NOT NULL REFERENCES public.studio_user (id),
    reason text NOT NULL,
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The list of reasons is SessionRequest.Reason in Python; the database checks the form only.
    CONSTRAINT cancelled_classes_reason_is_a_code CHECK (reason ~ '^[a-z][a-z0-9_]*$')
);

-- Read by the newest lists of an org.
CREATE INDEX cancelled_classes_newest_first
ON public.cancelled_classes (org_id, created_at DESC);
-- Read when a user is deleted.
CREATE INDEX cancelled_classes_of_an_actor ON public.cancelled_classes (actor_id);

CREATE TABLE public.cancelled_class_lines (
    request_id uuid PRIMARY KEY,
    cancelled_class_id uuid NOT NULL REFERENCES public.cancelled_classes (id),
    purchase_id uuid NOT NULL,
    CONSTRAINT a_cancelled_class_has_a_purchase_once UNIQUE (cancelled_class_id, purchase_id)
);

COMMENT ON TABLE public.cancelled_classes IS
'Studio: lists of purchases that get one session back each because a class was cancelled.';
COMMENT ON COLUMN public.cancelled_classes.id IS
'The idempotency key, made with the form before the click.';
COMMENT ON COLUMN public.cancelled_classes.org_id IS 'The org whose class was cancelled.';
COMMENT ON COLUMN public.cancelled_classes.actor_id IS 'The user who wrote the list.';
COMMENT ON COLUMN public.cancelled_classes.reason IS 'The code of the reason.';
COMMENT ON COLUMN public.cancelled_classes.note IS 'What the person added in their own words.';
COMMENT ON COLUMN public.cancelled_classes.created_at IS 'The time when the list was written.';
COMMENT ON TABLE public.cancelled_class_lines IS
'Studio: the purchases of a list of a cancelled class.';
COMMENT ON COLUMN public.cancelled_class_lines.request_id IS
'The id of the request for this purchase in session_requests. The request is written later.';
COMMENT ON COLUMN public.cancelled_class_lines.cancelled_class_id IS 'The list.';
COMMENT ON COLUMN public.cancelled_class_lines.purchase_id IS
'The purchase. It has no foreign key, because another program may delete the purchase.';
