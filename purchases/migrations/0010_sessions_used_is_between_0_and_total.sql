-- Holds every count between 0 and what was bought, from now on. Rows that break it already keep
-- their count until somebody corrects them: the constraint then stays NOT VALID.
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
