-- Store when a person used a session.
-- A synchronous standby need not confirm it, so that pages answer while that standby is away.
WITH settings AS (SELECT set_config('synchronous_commit', 'local', true))

UPDATE public.studio_session
SET last_used_at = %(now)s::timestamptz
FROM settings
WHERE session_key = %(key)s
RETURNING true
