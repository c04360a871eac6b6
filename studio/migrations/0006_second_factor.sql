-- Describe the tables of second factors.
COMMENT ON TABLE public.studio_totp IS 'Studio: the authenticator apps of people.';
COMMENT ON COLUMN public.studio_totp.user_id IS 'The user who has the app.';
COMMENT ON COLUMN public.studio_totp.secret IS
'The secret of the app, encrypted with a key that is not in the database.';
COMMENT ON COLUMN public.studio_totp.last_counter IS
'The 30-second step of the last code that was used. Only later codes are accepted.';
COMMENT ON COLUMN public.studio_totp.added_at IS 'The time when the person added the app.';

COMMENT ON TABLE public.studio_passkey IS 'Studio: the passkeys of people.';
COMMENT ON COLUMN public.studio_passkey.id IS 'The number of the row.';
COMMENT ON COLUMN public.studio_passkey.user_id IS 'The user who has the passkey.';
COMMENT ON COLUMN public.studio_passkey.name IS 'The name that the person gave the passkey.';
COMMENT ON COLUMN public.studio_passkey.credential_id IS
'The id by which the device finds the passkey.';
COMMENT ON COLUMN public.studio_passkey.credential IS
'The attested credential data of WebAuthn, with the id and the public key.';
COMMENT ON COLUMN public.studio_passkey.sign_count IS
'The number of signatures that the device has reported, or 0 if it does not count them.';
COMMENT ON COLUMN public.studio_passkey.added_at IS 'The time when the person added the passkey.';
COMMENT ON COLUMN public.studio_passkey.last_used_at IS
'The time of the last sign-in with the passkey, or null.';

COMMENT ON TABLE public.studio_recoverycode IS
'Studio: the recovery codes that were not used. Using a code deletes its row.';
COMMENT ON COLUMN public.studio_recoverycode.id IS 'The number of the row.';
COMMENT ON COLUMN public.studio_recoverycode.user_id IS 'The user whose code it is.';
COMMENT ON COLUMN public.studio_recoverycode.hash IS
'The HMAC of the code by a key that is not in the database.';

COMMENT ON TABLE public.studio_secondfactorrole IS
'Studio: the roles whose members need a second factor.';
COMMENT ON COLUMN public.studio_secondfactorrole.id IS 'The number of the row.';
COMMENT ON COLUMN public.studio_secondfactorrole.policy_id IS 'The policy of the org.';
COMMENT ON COLUMN public.studio_secondfactorrole.role IS 'The role, as in studio_membership.';
