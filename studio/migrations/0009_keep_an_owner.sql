-- Refuse a change after which no active owner with a password is left in an org that had one.
-- The lock lets concurrent changes of the owners of an org wait for each other: the second one sees
-- the first. The function reads the tables again after the lock, at READ COMMITTED.
CREATE FUNCTION public.keep_an_owner() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_org_ids uuid[];
    v_org_id uuid;
BEGIN
    IF TG_TABLE_NAME = 'studio_user' THEN
        v_org_ids := ARRAY(
            SELECT member.org_id
            FROM public.studio_membership AS member
            WHERE member.user_id = OLD.id AND member.role = 'owner'
            ORDER BY member.org_id
        );
    ELSE
        v_org_ids := ARRAY(
            SELECT OLD.org_id
            FROM public.studio_user AS person
            WHERE person.id = OLD.user_id AND person.is_active AND person.password NOT LIKE '!%'
        );
    END IF;
    FOREACH v_org_id IN ARRAY v_org_ids LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('studio owners ' || v_org_id, 0));
        IF NOT EXISTS (
            SELECT
            FROM public.studio_membership AS member
            INNER JOIN public.studio_user AS person ON person.id = member.user_id
            WHERE
                member.org_id = v_org_id
                AND member.role = 'owner'
                AND person.is_active
                AND person.password NOT LIKE '!%'
        ) THEN
            RAISE EXCEPTION 'the org % would have no owner who can sign in', v_org_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'an_org_keeps_an_owner_who_can_sign_in';
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.keep_an_owner() FROM PUBLIC;
COMMENT ON FUNCTION public.keep_an_owner() IS
'Studio: refuses a change that leaves an org without an owner who can sign in.';

-- The conditions spare every other statement the call: a sign-in updates the account too.
CREATE TRIGGER keep_an_owner
AFTER UPDATE OR DELETE ON public.studio_membership
FOR EACH ROW WHEN (old.role = 'owner') EXECUTE FUNCTION public.keep_an_owner();

CREATE TRIGGER keep_an_owner
AFTER UPDATE OF is_active, password ON public.studio_user
FOR EACH ROW WHEN (
    (old.is_active AND old.password NOT LIKE '!%')
    AND NOT (new.is_active AND new.password NOT LIKE '!%')
) EXECUTE FUNCTION public.keep_an_owner();

-- Django may delete the account before its memberships, because the key is deferred.
CREATE TRIGGER keep_an_owner_at_delete
AFTER DELETE ON public.studio_user
FOR EACH ROW WHEN (old.is_active AND old.password NOT LIKE '!%')
EXECUTE FUNCTION public.keep_an_owner();

COMMENT ON TRIGGER keep_an_owner ON public.studio_membership IS
'Studio: keeps an owner who can sign in.';
COMMENT ON TRIGGER keep_an_owner ON public.studio_user IS
'Studio: keeps an owner who can sign in.';
COMMENT ON TRIGGER keep_an_owner_at_delete ON public.studio_user IS
'Studio: keeps an owner who can sign in.';
