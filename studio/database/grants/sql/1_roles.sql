-- Create the role that owns the functions and the role that the web process connects as. Remove
-- superuser and similar attributes from both, and their memberships in other roles.
DO $$
DECLARE
    v_role record;
    v_group record;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'studio_ledger') THEN
        CREATE ROLE studio_ledger NOLOGIN NOINHERIT;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'studio_app') THEN
        CREATE ROLE studio_app LOGIN NOINHERIT;
    END IF;
    FOR v_role IN
        SELECT * FROM pg_catalog.pg_roles WHERE rolname IN ('studio_ledger', 'studio_app')
    LOOP
        IF v_role.rolcanlogin <> (v_role.rolname = 'studio_app') THEN
            EXECUTE format('ALTER ROLE %I %s', v_role.rolname,
                CASE WHEN v_role.rolcanlogin THEN 'NOLOGIN' ELSE 'LOGIN' END);
        END IF;
        IF v_role.rolsuper OR v_role.rolbypassrls OR v_role.rolcreaterole OR v_role.rolcreatedb
            OR v_role.rolreplication
        THEN
            EXECUTE format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB'
                ' NOREPLICATION', v_role.rolname);
        END IF;
        FOR v_group IN
            SELECT roleid::regrole AS name, grantor::regrole AS grantor
            FROM pg_catalog.pg_auth_members WHERE member = v_role.oid
        LOOP
            EXECUTE format('REVOKE %s FROM %I GRANTED BY %s CASCADE', v_group.name,
                v_role.rolname, v_group.grantor);
        END LOOP;
    END LOOP;
END
$$;
