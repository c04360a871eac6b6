-- Check every new count against 0 and the number of bought sessions. If older rows break the
-- constraint, it stays NOT VALID and those rows stay as they are until somebody corrects them.
ALTER TABLE public.client_purchases
ADD CONSTRAINT sessions_used_is_between_0_and_total
CHECK (sessions_used >= 0 AND (sessions_total IS NULL OR sessions_used <= sessions_total))
NOT VALID;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.client_purchases
        WHERE sessions_used < 0 OR sessions_used > sessions_total
    ) THEN
        ALTER TABLE public.client_purchases
            VALIDATE CONSTRAINT sessions_used_is_between_0_and_total;
    END IF;
END
$$;

COMMENT ON CONSTRAINT sessions_used_is_between_0_and_total ON public.client_purchases IS
'Studio: the number of used sessions is between 0 and the number of bought sessions.';
