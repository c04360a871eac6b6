-- Let studio_app connect to this database, and set its settings there, such as timeouts.
DO $$
DECLARE
    v_setting text;
BEGIN
    IF NOT has_database_privilege('studio_app', current_database(), 'CONNECT') THEN
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO studio_app', current_database());
    END IF;
    FOREACH v_setting IN ARRAY ARRAY[{web_settings}] LOOP
        IF NOT EXISTS (
            SELECT FROM pg_catalog.pg_db_role_setting
            WHERE setdatabase = (
                    SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()
                )
                AND setrole = 'studio_app'::regrole
                AND v_setting = ANY (setconfig)
        ) THEN
            EXECUTE format('ALTER ROLE studio_app IN DATABASE %I SET %I = %L', current_database(),
                split_part(v_setting, '=', 1), split_part(v_setting, '=', 2));
        END IF;
    END LOOP;
END
$$;
