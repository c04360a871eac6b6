-- Describe the tables that Django makes for the accounts.
COMMENT ON TABLE public.studio_user IS 'Studio: the people who sign in.';
COMMENT ON COLUMN public.studio_user.id IS 'The number of the user.';
COMMENT ON COLUMN public.studio_user.password IS 'The hash of the password.';
COMMENT ON COLUMN public.studio_user.last_login IS 'The time of the last sign-in.';
COMMENT ON COLUMN public.studio_user.is_superuser IS
'Whether the user may do everything in the admin.';
COMMENT ON COLUMN public.studio_user.username IS 'The name with which the user signs in.';
COMMENT ON COLUMN public.studio_user.first_name IS 'The name that colleagues see at the desk.';
COMMENT ON COLUMN public.studio_user.last_name IS 'The family name.';
COMMENT ON COLUMN public.studio_user.email IS 'The e-mail address.';
COMMENT ON COLUMN public.studio_user.is_staff IS 'Whether the user may open the admin.';
COMMENT ON COLUMN public.studio_user.is_active IS 'Whether the user may sign in.';
COMMENT ON COLUMN public.studio_user.date_joined IS 'The time when the account was made.';

COMMENT ON TABLE public.studio_user_groups IS
'Studio: the groups of each user, as Django keeps them.';
COMMENT ON COLUMN public.studio_user_groups.id IS 'The number of the row.';
COMMENT ON COLUMN public.studio_user_groups.user_id IS 'The user.';
COMMENT ON COLUMN public.studio_user_groups.group_id IS 'The group.';

COMMENT ON TABLE public.studio_user_user_permissions IS
'Studio: the permissions of each user, as Django keeps them.';
COMMENT ON COLUMN public.studio_user_user_permissions.id IS 'The number of the row.';
COMMENT ON COLUMN public.studio_user_user_permissions.user_id IS 'The user.';
COMMENT ON COLUMN public.studio_user_user_permissions.permission_id IS 'The permission.';

COMMENT ON TABLE public.studio_membership IS 'Studio: the org of each user and the role in it.';
COMMENT ON COLUMN public.studio_membership.id IS 'The number of the membership.';
COMMENT ON COLUMN public.studio_membership.role IS 'The role: owner, staff or accountant_readonly.';
COMMENT ON COLUMN public.studio_membership.org_id IS 'The org.';
COMMENT ON COLUMN public.studio_membership.user_id IS 'The user.';
COMMENT ON COLUMN public.studio_membership.pin IS
'The hash of the PIN for a shared desk, or empty if there is no PIN.';
COMMENT ON COLUMN public.studio_membership.pin_digits IS 'The number of digits of the PIN.';
COMMENT ON COLUMN public.studio_membership.locked_until IS
'The time until which no PIN or password is accepted after wrong tries.';
COMMENT ON COLUMN public.studio_membership.wrong_tries IS
'The number of wrong tries since the last lock.';

COMMENT ON TABLE public.studio_policy IS 'Studio: the settings that an org chose for its desk.';
COMMENT ON COLUMN public.studio_policy.id IS 'The number of the policy.';
COMMENT ON COLUMN public.studio_policy.reason_is_mandatory IS
'Whether the desk must give a reason for a reinstatement.';
COMMENT ON COLUMN public.studio_policy.org_id IS 'The org.';
COMMENT ON COLUMN public.studio_policy.language IS
'The language of the pages, or empty for the language of the browser.';
COMMENT ON COLUMN public.studio_policy.time_zone IS 'The time zone in which a day begins and ends.';
COMMENT ON COLUMN public.studio_policy.desk_locks_after_minutes IS
'The idle minutes after which the desk locks, or null if it never does.';

COMMENT ON TABLE public.studio_allowance IS
'Studio: how many sessions staff may give back to a client for a reason without an owner.';
COMMENT ON COLUMN public.studio_allowance.id IS 'The number of the allowance.';
COMMENT ON COLUMN public.studio_allowance.reason IS
'The code of the reason, or empty for reinstatements without a reason.';
COMMENT ON COLUMN public.studio_allowance.sessions IS 'The number of sessions for each client.';
COMMENT ON COLUMN public.studio_allowance.days IS 'The number of days in which they are counted.';
COMMENT ON COLUMN public.studio_allowance.org_id IS 'The org.';

COMMENT ON TABLE public.studio_session IS 'Studio: the signed-in browsers.';
COMMENT ON COLUMN public.studio_session.session_key IS 'The key in the browser''s cookie.';
COMMENT ON COLUMN public.studio_session.session_data IS 'The signed data of the session.';
COMMENT ON COLUMN public.studio_session.expire_date IS 'The time when the session expires.';
COMMENT ON COLUMN public.studio_session.acting_id IS
'The membership of the acting member at a shared desk. Only session_data is trusted.';
COMMENT ON COLUMN public.studio_session.user_id IS
'The signed-in user. Only session_data is trusted.';
