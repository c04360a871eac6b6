-- A class was cancelled: the purchases that each get one session back, written down in one
-- transaction before the first one does, so that a crash half way loses nobody.
CREATE TABLE public.cancelled_classes (
    -- made with the form, before the click
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL REFERENCES public.orgs (id),
    actor_id bigint NOT NULL REFERENCES public.studio_user (id),
    reason text NOT NULL,
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT cancelled_classes_reason_is_known
        CHECK (reason IN ('class_cancelled', 'checked_in_by_mistake', 'late_cancel_forgiven',
            'instructor_absent', 'other'))
);

-- Its reader: the studio's latest lists.
CREATE INDEX cancelled_classes_newest_first
    ON public.cancelled_classes (org_id, created_at DESC);
-- Its reader: whether a user may be deleted.
CREATE INDEX cancelled_classes_of_an_actor ON public.cancelled_classes (actor_id);

CREATE TABLE public.cancelled_class_lines (
    -- of the request that is made for this purchase; it comes later, or never
    request_id uuid PRIMARY KEY,
    cancelled_class_id uuid NOT NULL REFERENCES public.cancelled_classes (id),
    -- no foreign key: another program may delete the purchase
    purchase_id uuid NOT NULL,
    CONSTRAINT a_cancelled_class_has_a_purchase_once UNIQUE (cancelled_class_id, purchase_id)
);
