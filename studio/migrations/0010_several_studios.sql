-- Describe the new columns. Name the membership of each session, and when it was opened last.
COMMENT ON TABLE public.studio_membership IS
'Studio: the orgs of each user, and the role in each of them.';
COMMENT ON COLUMN public.studio_membership.is_active IS
'False if an owner of the org switched the person off. Other memberships of the person go on.';
COMMENT ON COLUMN public.studio_membership.opened_at IS
'The time of the last sign-in to the org, or of the last switch to it.';
COMMENT ON COLUMN public.studio_session.membership_id IS
'The membership that the session has open. Only session_data is trusted.';

-- A sign-in stores opened_at. It must not lock the owners of the org.
DROP TRIGGER keep_an_owner ON public.studio_membership;
CREATE TRIGGER keep_an_owner
AFTER DELETE OR UPDATE OF user_id, org_id, role, is_active ON public.studio_membership
FOR EACH ROW WHEN (old.role = 'owner') EXECUTE FUNCTION public.keep_an_owner();
COMMENT ON TRIGGER keep_an_owner ON public.studio_membership IS
'Studio: keeps an owner who can sign in.';

UPDATE public.studio_session AS session
SET membership_id = member.id
FROM public.studio_membership AS member
WHERE member.user_id = session.user_id;

UPDATE public.studio_membership AS member
SET opened_at = person.last_login
FROM public.studio_user AS person
WHERE person.id = member.user_id AND person.last_login IS NOT NULL;
