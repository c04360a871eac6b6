"""SQL statements of a hostile role. {me} is the name of the role and of its schema, {pack} a pack
with 2 of 3 used, {request} a request for another pack, {owner} the owner of the tables."""

# Statements before the call. They must not change its effect.
PRELUDES: dict[str, list[str]] = {
    "no statement": [],
    "temporary tables of the same names": [
        "CREATE TEMPORARY TABLE client_purchases (id uuid, org_id uuid, sessions_used int)",
        "INSERT INTO pg_temp.client_purchases VALUES ('{pack}', '{pack}', 3)",
        "CREATE TEMPORARY TABLE session_events (id bigint, purchase_id uuid, kind text)",
        "CREATE TEMPORARY TABLE session_requests (request_id uuid, purchase_id uuid)",
        "GRANT ALL ON client_purchases, session_events, session_requests TO PUBLIC",
    ],
    "a temporary table with a trigger": [
        "CREATE FUNCTION pg_temp.mine() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN NEW.sessions_used := 0; RETURN NEW; END'",
        "CREATE TEMPORARY TABLE client_purchases (id uuid, sessions_used int)",
        "CREATE TRIGGER enforce_request BEFORE INSERT OR UPDATE ON pg_temp.client_purchases "
        "FOR EACH ROW EXECUTE FUNCTION pg_temp.mine()",
        "INSERT INTO pg_temp.client_purchases VALUES ('{pack}', 3)",
    ],
    "temporary functions of the same names": [
        "CREATE FUNCTION pg_temp.current_db_role() RETURNS text LANGUAGE sql AS $$SELECT 'mia'$$",
        "CREATE FUNCTION pg_temp.event_to_reverse(uuid, text, bigint) RETURNS bigint "
        "LANGUAGE sql AS 'SELECT 1::bigint'",
        "SET LOCAL search_path = pg_temp, public",
    ],
    "functions that shadow PostgreSQL's": [
        "CREATE FUNCTION {me}.current_setting(text, boolean) RETURNS text "
        "LANGUAGE sql AS $$SELECT 'opened'$$",
        "CREATE FUNCTION {me}.set_config(text, text, boolean) RETURNS text "
        "LANGUAGE sql AS 'SELECT NULL::text'",
        "CREATE FUNCTION {me}.clock_timestamp() RETURNS timestamptz "
        "LANGUAGE sql AS $$SELECT timestamptz '2001-01-01'$$",
        "GRANT USAGE ON SCHEMA {me} TO PUBLIC",
        "SET LOCAL search_path = {me}, pg_catalog",
    ],
    "operators that shadow PostgreSQL's": [
        "CREATE FUNCTION {me}.never(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT false'",
        "CREATE FUNCTION {me}.always(int, int) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE FUNCTION {me}.twice(int, int) RETURNS int "
        "LANGUAGE sql AS 'SELECT pg_catalog.int4mi($1, 2)'",
        "CREATE OPERATOR {me}.= (leftarg = uuid, rightarg = uuid, function = {me}.never)",
        "CREATE OPERATOR {me}.<> (leftarg = uuid, rightarg = uuid, function = {me}.never)",
        "CREATE OPERATOR {me}.> (leftarg = int, rightarg = int, function = {me}.always)",
        "CREATE OPERATOR {me}.< (leftarg = int, rightarg = int, function = {me}.always)",
        "CREATE OPERATOR {me}.- (leftarg = int, rightarg = int, function = {me}.twice)",
        "GRANT USAGE ON SCHEMA {me} TO PUBLIC",
        "SET LOCAL search_path = {me}, pg_catalog, public",
    ],
    "types that shadow PostgreSQL's": [
        "CREATE DOMAIN {me}.uuid AS pg_catalog.text",
        "CREATE DOMAIN {me}.text AS pg_catalog.varchar CHECK (length(value) < 2)",
        "CREATE DOMAIN {me}.int4 AS pg_catalog.int4 CHECK (value > 1000)",
        "CREATE DOMAIN pg_temp.int8 AS pg_catalog.int8 CHECK (value < 0)",
        "SET LOCAL search_path = {me}, pg_temp, pg_catalog, public",
    ],
    "an empty search path": ["SET LOCAL search_path = ''"],
    "a search path that begins with temporary objects": [
        "SET LOCAL search_path = pg_temp, {me}, public, pg_catalog"
    ],
    "another operation": ["SET LOCAL application_name = 'studio: undo'"],
    "an unknown operation": ["SET LOCAL application_name = 'studio: nonsense'"],
    "the kind of an event": ["SET LOCAL application_name = 'studio: used'"],
    "a forged result": [
        "SET LOCAL studio.event_id = '1'",
        "SET LOCAL studio.sessions_used = '1000'",
    ],
    "another user's token": ["""SET LOCAL "request.jwt.claims" = '{{"sub": "mia"}}'"""],
    "a token that JSON can't hold": [
        """SET LOCAL "request.jwt.claims" = '{{"sub": "\\u0000"}}'""",
    ],
    "a token with a huge number": ["""SET LOCAL "request.jwt.claims" = '1e999999'"""],
    "a deeply nested token": [
        """SELECT set_config('request.jwt.claims', repeat('[', 50000), true)"""
    ],
    "row_security on": ["SET LOCAL row_security = on"],
    "settings that change what SQL means": [
        "SET LOCAL transform_null_equals = on",
        "SET LOCAL standard_conforming_strings = off",
        "SET LOCAL array_nulls = off",
        "SET LOCAL plan_cache_mode = force_generic_plan",
        "SET LOCAL DateStyle = 'SQL, DMY'",
        "SET LOCAL plpgsql.extra_errors = 'all'",
    ],
    "a call that is rolled back": [
        "DO $$ BEGIN PERFORM public.release_session('{pack}'); RAISE 'no'; "
        "EXCEPTION WHEN OTHERS THEN NULL; END $$",
    ],
    "a call from a function of its own": [
        "CREATE FUNCTION {me}.around(uuid) RETURNS int LANGUAGE sql "
        "AS $$SELECT set_config('application_name', 'studio: use', true); "
        "SELECT public.release_session($1)$$",
        "SAVEPOINT before",
        "SELECT {me}.around('{pack}')",
        "ROLLBACK TO before",
    ],
}

# Refused statements, and the text of the error.
REFUSALS: dict[str, tuple[list[str], str]] = {
    "an update in the name of a use": (
        [
            "SET LOCAL application_name = 'studio: use'",
            "UPDATE public.client_purchases SET sessions_used = 3",
        ],
        "permission denied for table client_purchases",
    ),
    "an update in a DO block": (
        ["DO $$ BEGIN EXECUTE 'UPDATE public.client_purchases SET sessions_used = 0'; END $$"],
        "permission denied for table client_purchases",
    ),
    "a request for another purchase": (
        [
            "SET LOCAL studio.request_id = '{request}'",
            "SELECT public.release_session('{pack}')",
        ],
        "is not for the purchase",
    ),
    "an unknown request": (
        ["SET LOCAL studio.request_id = '{pack}'", "SELECT public.use_session('{pack}')"],
        "the request {pack} is not for the purchase {pack}",
    ),
    "a malformed request id": (
        ["SET LOCAL studio.request_id = 'x'", "SELECT public.release_session('{pack}')"],
        'invalid input syntax for type uuid: "x"',
    ),
    "reading requests": (
        ["SELECT FROM public.session_requests"],
        "permission denied for table session_requests",
    ),
    "an event by hand": (
        [
            "INSERT INTO public.session_events (org_id, purchase_id, kind, delta, db_role) "
            "VALUES ('{pack}', '{pack}', 'used', 1, 'mia')"
        ],
        "permission denied for table session_events",
    ),
    "a request by hand": (
        [
            "INSERT INTO public.session_requests (request_id, operation, purchase_id, actor_id) "
            "VALUES ('{pack}', 'use', '{pack}', 1)"
        ],
        "permission denied for table session_requests",
    ),
    "deleting events": (
        ["DELETE FROM public.session_events"],
        "permission denied for table session_events",
    ),
    "reused event ids": (
        ["SELECT setval('public.session_events_id_seq', 1)"],
        "permission denied for sequence session_events_id_seq",
    ),
    "a lock on the table": (
        ["LOCK TABLE public.client_purchases IN ACCESS EXCLUSIVE MODE"],
        "permission denied for table client_purchases",
    ),
    "a lock on the row": (
        ["SELECT FROM public.client_purchases FOR UPDATE"],
        "permission denied for table client_purchases",
    ),
    "a lock through a foreign key": (
        ["CREATE TABLE {me}.mine (id uuid REFERENCES public.client_purchases)"],
        "permission denied for table client_purchases",
    ),
    "a trigger of its own": (
        [
            "CREATE FUNCTION {me}.mine() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN NEW.sessions_used := 0; RETURN NEW; END'",
            "CREATE TRIGGER mine BEFORE UPDATE ON public.client_purchases "
            "FOR EACH ROW EXECUTE FUNCTION {me}.mine()",
        ],
        "permission denied for table client_purchases",
    ),
    "a rule of its own": (
        ["CREATE RULE mine AS ON UPDATE TO public.client_purchases DO INSTEAD NOTHING"],
        "must be owner of table client_purchases",
    ),
    "disabled triggers": (
        ["SET LOCAL session_replication_role = replica"],
        'permission denied to set parameter "session_replication_role"',
    ),
    "a direct call of a trigger function": (
        ["SELECT public.record_session_event()"],
        "permission denied for function record_session_event",
    ),
    "the trigger function on another table": (
        [
            "CREATE TEMPORARY TABLE mine (id uuid, org_id uuid, sessions_used int)",
            "CREATE TRIGGER mine AFTER INSERT ON mine "
            "FOR EACH ROW EXECUTE FUNCTION public.record_session_event()",
            "INSERT INTO mine VALUES ('{pack}', '{pack}', 1000)",
        ],
        "permission denied for function public.record_session_event",
    ),
    "the truncate trigger function on another table": (
        [
            "CREATE TEMPORARY TABLE mine (id uuid)",
            "CREATE TRIGGER mine BEFORE TRUNCATE ON mine "
            "EXECUTE FUNCTION public.record_truncated_purchases()",
            "TRUNCATE mine",
        ],
        "permission denied for function public.record_truncated_purchases",
    ),
    "a function that was not granted": (
        ["SELECT public.undo_event('{pack}', 1)"],
        "permission denied for function undo_event",
    ),
    "a helper of the functions": (
        ["SELECT public.event_to_reverse('{pack}', 'undone', NULL)"],
        "permission denied for function event_to_reverse",
    ),
    "a changed function": (
        ["ALTER FUNCTION public.release_session(uuid) SECURITY INVOKER"],
        "must be owner of function public.release_session",
    ),
    "an overloaded function": (
        ["CREATE FUNCTION public.release_session(text) RETURNS int LANGUAGE sql AS 'SELECT 1'"],
        "permission denied for schema public",
    ),
    "privileges granted to itself": (
        ["GRANT UPDATE ON public.client_purchases TO {me}"],
        "permission denied for table client_purchases",
    ),
    "the owner's role": (["SET LOCAL ROLE {owner}"], "permission denied to set role"),
}
