-- Replace the key of each session by its SHA-256, as purchases/session_keys.py computes it.
-- The cookies stay valid, so nobody is signed out.
UPDATE public.studio_session
SET session_key = encode(sha256(convert_to(session_key, 'UTF8')), 'hex');

COMMENT ON COLUMN public.studio_session.session_key IS
'The SHA-256 of the key in the browser''s cookie, in hexadecimal.';
