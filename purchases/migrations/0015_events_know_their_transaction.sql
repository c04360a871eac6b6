-- Lets an open page ask what has changed since it looked. The id of an event can't tell: ids are
-- given before the commit, so that one may turn up behind a greater one. Its transaction can: a
-- page keeps the snapshot in which it looked, and what was not visible in that one is new.

-- Null in what was recorded before: no page is that old, and no row has to be rewritten.
ALTER TABLE public.session_events ADD COLUMN made_in xid8;
ALTER TABLE public.session_events ALTER COLUMN made_in SET DEFAULT pg_current_xact_id();

-- Its reader: every open page, every 1.5 seconds.
CREATE INDEX session_events_by_transaction
    ON public.session_events (org_id, made_in) INCLUDE (purchase_id)
    WHERE made_in IS NOT NULL;
