-- Describe the new columns, and end the sessions of earlier versions within 12 hours.
-- They lasted 14 days.
COMMENT ON COLUMN public.studio_session.signed_in_at IS 'The time of the sign-in.';
COMMENT ON COLUMN public.studio_session.last_used_at IS
'The time of the last request of a person, as of a minute.';
COMMENT ON COLUMN public.studio_session.browser IS
'The short name of the browser that signed in, or empty if it is unknown.';
COMMENT ON COLUMN public.studio_policy.desk_locks_after_minutes IS
'The minutes without activity after which the desk locks, or null for 15 minutes.';

UPDATE public.studio_session
SET expire_date = least(expire_date, now() + interval '12 hours');
