-- Describe the table that counts wrong passwords and PINs.
COMMENT ON TABLE public.studio_ratelimit IS
'Studio: the recent wrong tries of each account, address and browser, and of the whole site.';
COMMENT ON COLUMN public.studio_ratelimit.key IS
'A digest of the user name, address or browser, made with a key that is not in the database.';
COMMENT ON COLUMN public.studio_ratelimit.account IS
'The key of the account, in rows of an account and of its browsers. Otherwise empty.';
COMMENT ON COLUMN public.studio_ratelimit.level IS
'The wrong tries at the time counted_at, less those that were forgotten with time.';
COMMENT ON COLUMN public.studio_ratelimit.counted_at IS 'The time of the last try.';
COMMENT ON COLUMN public.studio_ratelimit.free_at IS 'The time from which a try is checked.';
COMMENT ON COLUMN public.studio_ratelimit.wrong_tries IS
'The wrong tries since the last sign-in of the account, of which the person is told.';
COMMENT ON COLUMN public.studio_ratelimit.wrong_since IS 'The time of the first of wrong_tries.';
COMMENT ON COLUMN public.studio_ratelimit.lifted_at IS
'The time when an owner last ended the delays of the account.';
