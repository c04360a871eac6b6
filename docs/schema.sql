-- The schema of the database, as pg_dump prints it, without Django's own tables.
-- tests/test_schema.py compares this file with the migrations and explains how to write it.

CREATE FUNCTION public.add_client(p_client_id uuid, p_org_id uuid, p_full_name text, p_email text, p_phone text, p_notes text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: add_client'
    AS $$
    WITH added AS (
        INSERT INTO public.clients (id, org_id, full_name, email, phone, notes)
        VALUES (p_client_id, p_org_id, p_full_name, p_email, p_phone, p_notes)
        ON CONFLICT (id) DO NOTHING
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM added)
$$;

COMMENT ON FUNCTION public.add_client(p_client_id uuid, p_org_id uuid, p_full_name text, p_email text, p_phone text, p_notes text) IS 'Studio: inserts a client that a person added; returns whether it was inserted.';

CREATE FUNCTION public.comes_with_ledger(p_operation text, p_ledger regclass) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
SELECT current_setting('session_replication_role') = 'replica'
    AND CASE
        WHEN worker.subid IS NULL THEN p_operation = 'INSERT'
        ELSE EXISTS (
            SELECT FROM pg_catalog.pg_subscription_rel AS copied
            WHERE copied.srsubid = worker.subid AND copied.srrelid = p_ledger
        )
    END
FROM (
    SELECT (
        SELECT running.subid FROM pg_stat_get_subscription(NULL) AS running
        WHERE running.pid = pg_backend_pid()
    ) AS subid
) AS worker
$$;

COMMENT ON FUNCTION public.comes_with_ledger(p_operation text, p_ledger regclass) IS 'Studio: whether a change comes with the events of its ledger, by a load or a subscription.';

CREATE FUNCTION public.correct_expiry(p_purchase_id uuid, p_expires_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: correct_expiry'
    AS $$
    WITH corrected AS (
        UPDATE public.client_purchases SET expires_at = p_expires_at
        WHERE id = p_purchase_id AND expires_at IS DISTINCT FROM p_expires_at
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM corrected)
$$;

COMMENT ON FUNCTION public.correct_expiry(p_purchase_id uuid, p_expires_at timestamp with time zone) IS 'Studio: sets the expiry of a purchase; returns whether it changed.';

CREATE FUNCTION public.correct_total(p_purchase_id uuid, p_adjust_by integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: correct_total'
    AS $$
    UPDATE public.client_purchases
    SET sessions_total = sessions_total + p_adjust_by
    WHERE id = p_purchase_id
        AND p_adjust_by <> 0
        -- As bigint, because a sum of two large numbers overflows.
        AND sessions_total::bigint + p_adjust_by
            BETWEEN greatest(sessions_used, 0) AND 2147483647
    RETURNING sessions_total
$$;

COMMENT ON FUNCTION public.correct_total(p_purchase_id uuid, p_adjust_by integer) IS 'Studio: adds to the bought sessions of a purchase; returns them, or null if nothing changed.';

CREATE FUNCTION public.correct_used(p_purchase_id uuid, p_adjust_by integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: correct_used'
    AS $$
    WITH corrected AS (
        UPDATE public.client_purchases
        SET sessions_used = coalesce(sessions_used, 0) + p_adjust_by
        WHERE id = p_purchase_id
            AND p_adjust_by <> 0
            -- As bigint, because a sum of two large numbers overflows.
            AND coalesce(sessions_used, 0)::bigint + p_adjust_by
                BETWEEN 0 AND coalesce(sessions_total, 2147483647)
        RETURNING sessions_used
    )
    SELECT coalesce((SELECT sessions_used FROM corrected), -1)
$$;

COMMENT ON FUNCTION public.correct_used(p_purchase_id uuid, p_adjust_by integer) IS 'Studio: adds to the used sessions of a purchase; returns them, or -1 if nothing changed.';

CREATE FUNCTION public.count_reinstatements(p_org_id uuid, p_client_ids uuid[], p_reasons text[], p_days integer[]) RETURNS TABLE(client_id uuid, reason text, times integer)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    WITH record AS (
        SELECT given.client_id, given.client_id AS kept_client_id
        FROM unnest(p_client_ids) AS given (client_id)
        UNION ALL
        SELECT merged.client_id, merged.kept_client_id
        FROM public.merged_clients AS merged
        WHERE merged.kept_client_id = ANY (p_client_ids)
    ), all_ids AS (
        SELECT array_agg(record.client_id) AS client_ids FROM record
    ), had AS (
        SELECT id AS purchase_id
        FROM public.client_purchases
        WHERE client_id = ANY ((SELECT client_ids FROM all_ids)::uuid[]) AND org_id = p_org_id
        UNION
        SELECT purchase_id
        FROM public.purchase_events
        WHERE client_id_before = ANY ((SELECT client_ids FROM all_ids)::uuid[])
            AND client_id_before <> client_id
    )
    SELECT record.kept_client_id, counted.reason, count(*)::int
    FROM had
        JOIN public.client_purchases AS purchase ON purchase.id = had.purchase_id
        JOIN public.session_events AS event ON event.purchase_id = purchase.id
        JOIN public.session_requests AS request ON request.request_id = event.request_id
        JOIN unnest(p_reasons, p_days) AS counted (reason, days)
            ON counted.reason = coalesce(request.reason, ''),
        LATERAL (
            SELECT coalesce((
                SELECT transfer.client_id_before
                FROM public.purchase_events AS transfer
                WHERE transfer.purchase_id = event.purchase_id
                    AND transfer.kind IN ('transferred', 'undone')
                    AND transfer.client_id_before <> transfer.client_id
                    AND transfer.occurred_at > event.occurred_at
                ORDER BY transfer.id
                LIMIT 1
            ), purchase.client_id) AS client_id
        ) AS owner
        JOIN record ON record.client_id = owner.client_id
    WHERE purchase.org_id = p_org_id
        AND event.kind = 'reinstated'
        AND event.occurred_at > now() - make_interval(hours => 24 * counted.days)
        AND NOT EXISTS (
            SELECT FROM public.session_events AS later WHERE later.reverses_id = event.id
        )
    GROUP BY record.kept_client_id, counted.reason
$$;

COMMENT ON FUNCTION public.count_reinstatements(p_org_id uuid, p_client_ids uuid[], p_reasons text[], p_days integer[]) IS 'Studio: returns how many sessions clients were given back for each reason within its days.';

CREATE FUNCTION public.current_client_operation() RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_name text := current_setting('application_name');
BEGIN
    RETURN CASE WHEN v_name IN (
        'studio: add_client', 'studio: edit_client', 'studio: merge_client', 'studio: undo_merge',
        'studio: erase_client', 'studio: import', 'studio: undo_import'
    ) THEN substr(v_name, length('studio: ') + 1) END;
END
$$;

COMMENT ON FUNCTION public.current_client_operation() IS 'Studio: returns the operation on a client that is running, or null for another program''s change.';

CREATE FUNCTION public.current_db_role() RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    -- In a SECURITY DEFINER function current_user is the function's owner, so it is not used here.
    v_role text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
    v_claims text := nullif(current_setting('request.jwt.claims', true), '');
BEGIN
    RETURN v_role || coalesce(' for ' || (v_claims::jsonb ->> 'sub'), '');
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    -- Claims that can't be parsed must not stop the change of another program.
    RETURN v_role;
END
$$;

COMMENT ON FUNCTION public.current_db_role() IS 'Studio: returns the database role at work and the subject of its JWT, for the ledgers.';

CREATE FUNCTION public.current_operation() RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_name text := current_setting('application_name');
BEGIN
    -- A list: a regular expression took a sixth of the time of a press's statement.
    RETURN CASE WHEN v_name IN (
        'studio: use', 'studio: reinstate', 'studio: undo', 'studio: correct_used',
        'studio: move_use', 'studio: undo_move',
        'studio: extend', 'studio: undo_extension', 'studio: correct_expiry',
        'studio: sell', 'studio: correct_total', 'studio: transfer', 'studio: refund',
        'studio: receive_payment', 'studio: undo_change', 'studio: import', 'studio: undo_import'
    ) THEN substr(v_name, length('studio: ') + 1) END;
END
$$;

COMMENT ON FUNCTION public.current_operation() IS 'Studio: returns the operation whose function is running, or null for another program''s change.';

CREATE FUNCTION public.edit_client(p_client_id uuid, p_full_name text, p_email text, p_phone text, p_notes text, p_full_name_before text, p_email_before text, p_phone_before text, p_notes_before text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: edit_client'
    AS $$
    WITH edited AS (
        UPDATE public.clients
        SET full_name = p_full_name, email = p_email, phone = p_phone, notes = p_notes
        WHERE id = p_client_id
            AND status <> 'merged'
            AND full_name = p_full_name_before
            AND email IS NOT DISTINCT FROM p_email_before
            AND phone IS NOT DISTINCT FROM p_phone_before
            AND notes IS NOT DISTINCT FROM p_notes_before
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM edited)
$$;

COMMENT ON FUNCTION public.edit_client(p_client_id uuid, p_full_name text, p_email text, p_phone text, p_notes text, p_full_name_before text, p_email_before text, p_phone_before text, p_notes_before text) IS 'Studio: changes a client that has the values that a person saw; returns whether it did.';

CREATE FUNCTION public.enforce_caller() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
    v_may boolean;
BEGIN
    IF public.current_operation() IN ('reinstate', 'use') THEN
        IF to_regprocedure('public.caller_may_change(uuid)') IS NOT NULL THEN
            EXECUTE 'SELECT public.caller_may_change($1)' INTO v_may USING OLD.org_id;
        END IF;
        IF v_may IS NOT TRUE THEN
            RAISE EXCEPTION 'the caller may not change sessions of the studio %', OLD.org_id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END
$_$;

COMMENT ON FUNCTION public.enforce_caller() IS 'Studio: trigger function that calls the check function of another program.';

CREATE FUNCTION public.enforce_request() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_operation text := public.current_operation();
    v_request public.session_requests;
BEGIN
    IF v_operation IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT * INTO v_request FROM public.session_requests
    WHERE request_id = current_setting('studio.request_id')::uuid;
    -- A move changes two purchases.
    IF (OLD.id IN (v_request.purchase_id, v_request.to_purchase_id)) IS NOT TRUE
        OR v_request.operation IS DISTINCT FROM v_operation
    THEN
        RAISE EXCEPTION 'the request % is not for the purchase %',
            current_setting('studio.request_id'), OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_one_purchase';
    END IF;
    -- Otherwise a caller who knows the id of a refused request could act in the actor's name.
    IF v_request.claimed_xact_id <> pg_current_xact_id() THEN
        RAISE EXCEPTION 'the request % was answered before', v_request.request_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_answered_once';
    END IF;
    IF v_request.event_id IS NOT NULL
        AND (OLD.id = v_request.purchase_id OR v_operation = 'undo_move')
        AND public.event_to_reverse(OLD.id, v_operation, v_request.event_id) IS NULL
    THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION public.enforce_request() IS 'Studio: trigger function that allows a change of a count only to the purchase of its request.';

CREATE FUNCTION public.erase_client(p_client_id uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: erase_client'
    AS $$
DECLARE
    v_emptied int;
BEGIN
    UPDATE public.clients
    SET full_name = 'Erased client', email = NULL, phone = NULL, notes = NULL
    WHERE id = p_client_id;
    UPDATE public.client_events
    SET full_name_before = NULL, full_name = NULL, email_before = NULL, email = NULL,
        phone_before = NULL, phone = NULL, notes_before = NULL, notes = NULL,
        erased_at = clock_timestamp()
    WHERE client_id = p_client_id AND erased_at IS NULL;
    GET DIAGNOSTICS v_emptied = ROW_COUNT;
    RETURN v_emptied;
END
$$;

COMMENT ON FUNCTION public.erase_client(p_client_id uuid) IS 'Studio: erases the personal values of a client and of its events; returns how many were emptied.';

CREATE FUNCTION public.event_to_reverse(p_purchase_id uuid, p_operation text, p_chosen bigint) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_move uuid;
BEGIN
    -- Not a subquery below: its cost would make PostgreSQL plan that query anew for every press.
    IF p_operation = 'undo_move' THEN
        v_move := (SELECT request_id FROM public.session_events WHERE id = p_chosen);
    END IF;
    RETURN (
        SELECT event.id
        FROM public.session_events AS event
        WHERE event.purchase_id = p_purchase_id
            AND CASE
                WHEN p_operation IN ('reinstate', 'move_use') THEN
                    event.kind IN ('used', 'undone', 'moved')
                    AND event.delta = 1
                    AND (p_chosen IS NULL OR event.id = p_chosen)
                WHEN p_operation = 'undo' THEN
                    event.kind IN ('used', 'reinstated', 'corrected')
                    AND (event.kind <> 'corrected' OR event.request_id IS NOT NULL)
                    AND event.id = p_chosen
                WHEN p_operation = 'undo_move' THEN
                    event.kind = 'moved'
                    AND event.request_id = v_move
                ELSE false
            END
            AND NOT EXISTS (
                SELECT FROM public.session_events AS later WHERE later.reverses_id = event.id
            )
        ORDER BY event.id DESC
        LIMIT 1
    );
END
$$;

COMMENT ON FUNCTION public.event_to_reverse(p_purchase_id uuid, p_operation text, p_chosen bigint) IS 'Studio: returns the newest event of a purchase that an operation can reverse.';

CREATE FUNCTION public.extend_expiry(p_purchase_id uuid, p_until timestamp with time zone, p_days integer, p_day_ends timestamp with time zone[]) RETURNS timestamp with time zone
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: extend'
    AS $$
    UPDATE public.client_purchases
    SET expires_at = public.extended_expiry(expires_at, p_until, p_days, p_day_ends)
    WHERE id = p_purchase_id
        -- Other programs write the year 9999 or infinity for a purchase that never expires.
        AND expires_at < timestamptz '9999-01-01 00:00Z'
        AND greatest(expires_at, now())
            < public.extended_expiry(expires_at, p_until, p_days, p_day_ends)
    RETURNING expires_at
$$;

COMMENT ON FUNCTION public.extend_expiry(p_purchase_id uuid, p_until timestamp with time zone, p_days integer, p_day_ends timestamp with time zone[]) IS 'Studio: extends the expiry of a purchase; returns the new expiry, or null if nothing changed.';

CREATE FUNCTION public.extended_expiry(p_expires_at timestamp with time zone, p_until timestamp with time zone, p_days integer, p_day_ends timestamp with time zone[]) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- If no day is over, the current day may be one before the array.
    SELECT coalesce(p_until, p_day_ends[nullif(days_over, 0) + 1 + p_days])
    FROM width_bucket(
        greatest(now(), p_expires_at - interval '1 microsecond') - interval '1 second', p_day_ends
    ) AS days_over
$$;

COMMENT ON FUNCTION public.extended_expiry(p_expires_at timestamp with time zone, p_until timestamp with time zone, p_days integer, p_day_ends timestamp with time zone[]) IS 'Studio: returns the expiry that an extension by days or to a time leads to.';

CREATE FUNCTION public.extension_to_undo(p_purchase_id uuid) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT CASE newest.kind WHEN 'extended' THEN newest.id END
    FROM public.expiry_events AS newest
    WHERE newest.purchase_id = p_purchase_id
        AND newest.kind <> 'undone'
        AND NOT EXISTS (
            SELECT FROM public.expiry_events AS undo WHERE undo.reverses_id = newest.id
        )
    ORDER BY newest.id DESC
    LIMIT 1
$$;

COMMENT ON FUNCTION public.extension_to_undo(p_purchase_id uuid) IS 'Studio: returns the extension of a purchase that can be undone, or null.';

CREATE FUNCTION public.fold_for_search(p_word text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- NFKD splits a letter into its base letter and combining accents, and turns ´ into a space
    -- and an accent. Letters that NFKD does not split are replaced by name.
    -- A line each: accents and apostrophes; Hebrew points, geresh and gershayim; the Arabic hamza,
    -- tatweel and vowel signs; characters without a shape. Then Farsi letters, and the Arabic
    -- letters that people exchange: alef maksura and yeh, ta marbuta and ha, alef wasla and alef.
    SELECT replace(replace(replace(replace(translate(
        lower(regexp_replace(
            normalize(p_word, NFKD),
            '[ \u0300-\u036f''’‘ʼʻʹ′`'
            '\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u05f3\u05f4'
            '\u0610-\u061a\u0621\u0640\u064b-\u065f\u0670\u06d6-\u06ed'
            '\u00ad\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]',
            '', 'g'
        )),
        E'øłđðħıŧςØŁĐÐĦŦ\u06cc\u06a9\u06be\u06c1\u06d5\u0649\u0629\u0671',
        E'olddhitσolddht\u064a\u0643\u0647\u0647\u0647\u064a\u0647\u0627'
    ), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
$$;

COMMENT ON FUNCTION public.fold_for_search(p_word text) IS 'Studio: returns a word as the search compares it: lower case, without accents and apostrophes.';

CREATE FUNCTION public.follow_merge() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM FROM public.clients WHERE id = NEW.client_id FOR KEY SHARE;
    NEW.client_id := coalesce(
        (SELECT kept_client_id FROM public.merged_clients WHERE client_id = NEW.client_id),
        NEW.client_id
    );
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION public.follow_merge() IS 'Studio: trigger function that gives a purchase of a merged client to the kept one.';

CREATE FUNCTION public.forbid_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION '% of % is forbidden: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation',
            HINT = 'Correct a mistake by a further change, which is recorded too.';
END
$$;

COMMENT ON FUNCTION public.forbid_change() IS 'Studio: trigger function that refuses UPDATE, DELETE and TRUNCATE.';

CREATE FUNCTION public.forbid_changed_client_event() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_personal text[] := ARRAY[
        'full_name_before', 'full_name', 'email_before', 'email', 'phone_before', 'phone',
        'notes_before', 'notes', 'erased_at'
    ];
BEGIN
    IF OLD.erased_at IS NULL
        AND NEW.erased_at IS NOT NULL
        AND to_jsonb(NEW) - v_personal = to_jsonb(OLD) - v_personal
    THEN
        -- A constraint holds that an erased event has no personal value.
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of % is forbidden: the table is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation',
            HINT = 'Correct a mistake by a further change, which is recorded too.';
END
$$;

COMMENT ON FUNCTION public.forbid_changed_client_event() IS 'Studio: trigger function that refuses UPDATE, unless it erases the personal values of an event.';

CREATE FUNCTION public.keep_an_owner() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_org_ids uuid[];
    v_org_id uuid;
BEGIN
    IF TG_TABLE_NAME = 'studio_user' THEN
        v_org_ids := ARRAY(
            SELECT member.org_id
            FROM public.studio_membership AS member
            WHERE member.user_id = OLD.id AND member.role = 'owner' AND member.is_active
            ORDER BY member.org_id
        );
    ELSE
        v_org_ids := ARRAY(
            SELECT OLD.org_id
            FROM public.studio_user AS person
            WHERE
                person.id = OLD.user_id
                AND OLD.is_active
                AND person.is_active
                AND person.password NOT LIKE '!%'
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
                AND member.is_active
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

COMMENT ON FUNCTION public.keep_an_owner() IS 'Studio: refuses a change that leaves an org without an owner who can sign in.';

CREATE FUNCTION public.ledger_rows() RETURNS TABLE(ledger text, row_id text, event_id bigint, org_id uuid, purchase_id uuid, request_id uuid, written_at timestamp with time zone, xact_id xid8, personal text, content text, seal_id bigint, leaf bytea, personal_hash bytea, salt uuid)
    LANGUAGE sql STABLE
    AS $$
    SELECT 'session_events', event.id::text, event.id, event.org_id, event.purchase_id,
        event.request_id, event.occurred_at, event.xact_id,
        nullif(substr(event.db_role, strpos(event.db_role || ' for ', ' for ')), ''),
        json_strip_nulls(json_build_object(
            'ledger', 'session_events', 'id', event.id, 'org_id', event.org_id,
            'purchase_id', event.purchase_id, 'kind', event.kind, 'delta', event.delta,
            'sessions_used', event.sessions_used, 'request_id', event.request_id,
            'reverses_id', event.reverses_id,
            'db_role', left(event.db_role, strpos(event.db_role || ' for ', ' for ') - 1),
            'occurred_at', extract(epoch FROM event.occurred_at), 'xact_id', event.xact_id
        ))::text,
        leaf.seal_id, leaf.leaf, leaf.personal_hash, salted.salt
    FROM public.session_events AS event
        LEFT JOIN public.seal_leaves AS leaf
            ON leaf.ledger = 'session_events' AND leaf.row_id = event.id::text
        LEFT JOIN public.seal_salts AS salted
            ON salted.ledger = 'session_events' AND salted.row_id = event.id::text
    UNION ALL
    SELECT 'expiry_events', event.id::text, event.id, event.org_id, event.purchase_id,
        event.request_id, event.occurred_at, event.xact_id,
        nullif(substr(event.db_role, strpos(event.db_role || ' for ', ' for ')), ''),
        json_strip_nulls(json_build_object(
            'ledger', 'expiry_events', 'id', event.id, 'org_id', event.org_id,
            'purchase_id', event.purchase_id, 'kind', event.kind,
            'expires_before', extract(epoch FROM event.expires_before),
            'expires_at', extract(epoch FROM event.expires_at),
            'request_id', event.request_id, 'reverses_id', event.reverses_id,
            'db_role', left(event.db_role, strpos(event.db_role || ' for ', ' for ') - 1),
            'occurred_at', extract(epoch FROM event.occurred_at), 'xact_id', event.xact_id
        ))::text,
        leaf.seal_id, leaf.leaf, leaf.personal_hash, salted.salt
    FROM public.expiry_events AS event
        LEFT JOIN public.seal_leaves AS leaf
            ON leaf.ledger = 'expiry_events' AND leaf.row_id = event.id::text
        LEFT JOIN public.seal_salts AS salted
            ON salted.ledger = 'expiry_events' AND salted.row_id = event.id::text
    UNION ALL
    SELECT 'purchase_events', event.id::text, event.id, event.org_id, event.purchase_id,
        event.request_id, event.occurred_at, event.xact_id,
        nullif(substr(event.db_role, strpos(event.db_role || ' for ', ' for ')), ''),
        json_strip_nulls(json_build_object(
            'ledger', 'purchase_events', 'id', event.id, 'org_id', event.org_id,
            'purchase_id', event.purchase_id, 'kind', event.kind,
            'org_id_before', event.org_id_before,
            'client_id_before', event.client_id_before, 'client_id', event.client_id,
            'offer_id_before', event.offer_id_before, 'offer_id', event.offer_id,
            'sessions_total_before', event.sessions_total_before,
            'sessions_total', event.sessions_total,
            'amount_paid_cents_before', event.amount_paid_cents_before,
            'amount_paid_cents', event.amount_paid_cents,
            'currency_before', event.currency_before, 'currency', event.currency,
            'payment_status_before', event.payment_status_before,
            'payment_status', event.payment_status,
            'payment_method_before', event.payment_method_before,
            'payment_method', event.payment_method,
            'purchased_at_before', extract(epoch FROM event.purchased_at_before),
            'purchased_at', extract(epoch FROM event.purchased_at),
            'created_at_before', extract(epoch FROM event.created_at_before),
            'created_at', extract(epoch FROM event.created_at),
            'expires_at', extract(epoch FROM event.expires_at),
            'request_id', event.request_id, 'client_request_id', event.client_request_id,
            'reverses_id', event.reverses_id,
            'db_role', left(event.db_role, strpos(event.db_role || ' for ', ' for ') - 1),
            'occurred_at', extract(epoch FROM event.occurred_at), 'xact_id', event.xact_id
        ))::text,
        leaf.seal_id, leaf.leaf, leaf.personal_hash, salted.salt
    FROM public.purchase_events AS event
        LEFT JOIN public.seal_leaves AS leaf
            ON leaf.ledger = 'purchase_events' AND leaf.row_id = event.id::text
        LEFT JOIN public.seal_salts AS salted
            ON salted.ledger = 'purchase_events' AND salted.row_id = event.id::text
    UNION ALL
    SELECT 'session_requests', request.request_id::text, NULL,
        -- A request has no org of its own. It has that of its purchase at that time, or when the
        -- ledger of the purchase began. A refused sale has no purchase.
        coalesce(
            (
                SELECT event.org_id FROM public.purchase_events AS event
                WHERE event.purchase_id = request.purchase_id
                    AND event.occurred_at <= request.asked_at
                ORDER BY event.id DESC LIMIT 1
            ),
            (
                SELECT coalesce(event.org_id_before, event.org_id)
                FROM public.purchase_events AS event
                WHERE event.purchase_id = request.purchase_id
                ORDER BY event.id LIMIT 1
            ),
            (
                SELECT event.org_id FROM public.session_events AS event
                WHERE event.purchase_id = request.purchase_id
                ORDER BY event.id LIMIT 1
            ),
            (SELECT offer.org_id FROM public.offers AS offer WHERE offer.id = request.offer_id)
        ),
        request.purchase_id, request.request_id, request.asked_at, request.claimed_xact_id,
        nullif(request.note, ''),
        json_strip_nulls(json_build_object(
            'ledger', 'session_requests', 'request_id', request.request_id,
            'operation', request.operation, 'purchase_id', request.purchase_id,
            'event_id', request.event_id, 'actor_id', request.actor_id,
            'approved_by_id', request.approved_by_id, 'reason', request.reason,
            'refusal', request.refusal, 'extend_days', request.extend_days,
            'extend_until', request.extend_until, 'adjust_by', request.adjust_by,
            'to_client_id', request.to_client_id, 'to_purchase_id', request.to_purchase_id,
            'offer_id', request.offer_id, 'refund_cents', request.refund_cents,
            'asked_at', extract(epoch FROM request.asked_at),
            'claimed_xact_id', request.claimed_xact_id
        ))::text,
        leaf.seal_id, leaf.leaf, leaf.personal_hash, salted.salt
    FROM public.session_requests AS request
        LEFT JOIN public.seal_leaves AS leaf
            ON leaf.ledger = 'session_requests' AND leaf.row_id = request.request_id::text
        LEFT JOIN public.seal_salts AS salted
            ON salted.ledger = 'session_requests' AND salted.row_id = request.request_id::text
$$;

COMMENT ON FUNCTION public.ledger_rows() IS 'Studio: returns the rows of the ledgers and the requests as they are sealed.';

CREATE FUNCTION public.lock_and_check_merge(p_client_id uuid, p_other_id uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM FROM public.clients WHERE id IN (p_client_id, p_other_id) ORDER BY id FOR UPDATE;
    IF NOT EXISTS (
        SELECT FROM public.clients AS client
            JOIN public.clients AS other ON other.org_id = client.org_id
        WHERE client.id = p_client_id
            AND other.id = p_other_id
            AND client.id <> other.id
            AND client.status <> 'merged'
            AND other.status <> 'merged'
    ) THEN
        RETURN 'merged_already';
    END IF;
    IF EXISTS (SELECT FROM public.merged_clients WHERE kept_client_id = p_other_id) THEN
        RETURN 'has_merged';
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.lock_and_check_merge(p_client_id uuid, p_other_id uuid) IS 'Studio: locks two clients and returns the refusal of merging the other into the first, or null.';

CREATE FUNCTION public.lock_and_check_undo(p_purchase_id uuid, p_event_id bigint) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_used int;
    v_total int;
    v_event_id bigint;
    v_delta int;
BEGIN
    SELECT sessions_used, sessions_total INTO v_used, v_total
    FROM public.client_purchases WHERE id = p_purchase_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    v_event_id := public.event_to_reverse(p_purchase_id, 'undo', p_event_id);
    v_delta := (SELECT delta FROM public.session_events WHERE id = v_event_id);
    RETURN CASE
        WHEN v_event_id IS NULL THEN 'undone'
        WHEN v_used IS NULL THEN 'count_missing'
        WHEN v_used < 0 OR v_used > v_total THEN 'count_is_off'
        WHEN v_used - v_delta > v_total THEN 'no_room'
        WHEN v_used - v_delta < 0 THEN 'too_few_used'
    END;
END
$$;

COMMENT ON FUNCTION public.lock_and_check_undo(p_purchase_id uuid, p_event_id bigint) IS 'Studio: locks a purchase and returns the refusal of undoing a change of its count, or null.';

CREATE FUNCTION public.lock_and_check_undo_change(p_purchase_id uuid, p_event_id bigint) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_purchase record;
    v_event public.purchase_events;
BEGIN
    SELECT org_id, client_id, sessions_total, sessions_used, payment_status INTO v_purchase
    FROM public.client_purchases WHERE id = p_purchase_id FOR NO KEY UPDATE;
    SELECT * INTO v_event FROM public.purchase_events
    WHERE id = p_event_id
        AND purchase_id = p_purchase_id
        AND kind IN ('sold', 'corrected', 'transferred', 'refunded', 'paid')
        AND request_id IS NOT NULL;
    IF NOT FOUND OR v_purchase IS NULL THEN
        RETURN 'changed_since';
    END IF;
    IF EXISTS (SELECT FROM public.purchase_events WHERE reverses_id = p_event_id) THEN
        RETURN 'undone';
    END IF;
    IF v_event.kind = 'sold' THEN
        RETURN CASE
            WHEN v_purchase.payment_status = 'refunded' OR EXISTS (
                SELECT FROM public.purchase_events AS later
                WHERE later.purchase_id = p_purchase_id
                    AND later.id > p_event_id
                    AND later.reverses_id IS NULL
                    AND NOT EXISTS (
                        SELECT FROM public.purchase_events AS undo WHERE undo.reverses_id = later.id
                    )
            ) OR EXISTS (
                SELECT FROM public.expiry_events AS later
                WHERE later.purchase_id = p_purchase_id
                    AND later.reverses_id IS NULL
                    AND NOT EXISTS (
                        SELECT FROM public.expiry_events AS undo WHERE undo.reverses_id = later.id
                    )
            ) THEN 'changed_since'
            WHEN v_purchase.sessions_used <> 0 THEN 'sale_used'
        END;
    END IF;
    -- A later change of the same column, unless it was undone.
    IF EXISTS (
        SELECT FROM public.purchase_events AS later
        WHERE later.purchase_id = p_purchase_id
            AND later.id > p_event_id
            AND later.reverses_id IS NULL
            AND NOT EXISTS (
                SELECT FROM public.purchase_events AS undo WHERE undo.reverses_id = later.id
            )
            AND (
                later.client_id <> later.client_id_before
                AND v_event.client_id <> v_event.client_id_before
                OR later.sessions_total IS DISTINCT FROM later.sessions_total_before
                AND v_event.sessions_total IS DISTINCT FROM v_event.sessions_total_before
                OR later.payment_status IS DISTINCT FROM later.payment_status_before
                AND v_event.payment_status IS DISTINCT FROM v_event.payment_status_before
            )
    ) THEN
        RETURN 'changed_since';
    END IF;
    IF v_event.client_id <> v_event.client_id_before
        AND (
            v_purchase.client_id <> v_event.client_id
            OR NOT EXISTS (
                SELECT FROM public.clients
                WHERE id = v_event.client_id_before AND org_id = v_purchase.org_id
            )
        )
        OR v_event.sessions_total IS DISTINCT FROM v_event.sessions_total_before
        AND v_purchase.sessions_total IS DISTINCT FROM v_event.sessions_total
        OR v_event.payment_status IS DISTINCT FROM v_event.payment_status_before
        AND v_purchase.payment_status IS DISTINCT FROM v_event.payment_status
    THEN
        RETURN 'changed_since';
    END IF;
    IF v_event.sessions_total IS DISTINCT FROM v_event.sessions_total_before
        AND v_purchase.sessions_used > v_event.sessions_total_before
    THEN
        RETURN 'used_since';
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.lock_and_check_undo_change(p_purchase_id uuid, p_event_id bigint) IS 'Studio: locks a purchase and returns the refusal of undoing a change of it, or null.';

CREATE FUNCTION public.lock_and_check_undo_merge(p_client_id uuid, p_event_id bigint) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_event public.client_events;
BEGIN
    SELECT * INTO v_event FROM public.client_events
    WHERE id = p_event_id AND kind = 'merged' AND other_client_id = p_client_id
        AND status = 'merged';
    IF NOT FOUND THEN
        RETURN 'changed_since';
    END IF;
    PERFORM FROM public.clients
    WHERE id IN (p_client_id, v_event.client_id) ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT FROM public.client_events WHERE reverses_id = p_event_id) THEN
        RETURN 'undone';
    END IF;
    IF NOT EXISTS (
        SELECT FROM public.merged_clients AS merged
            JOIN public.clients AS other ON other.id = merged.client_id
        WHERE merged.client_id = v_event.client_id
            AND merged.kept_client_id = p_client_id
            AND other.status = 'merged'
    ) OR EXISTS (
        SELECT FROM public.client_events AS merged
            JOIN public.clients AS client ON client.id = merged.client_id
        WHERE merged.request_id = v_event.request_id
            AND merged.client_id = p_client_id
            AND (
                merged.erased_at IS NOT NULL
                OR (merged.full_name, merged.email, merged.phone, merged.notes)
                IS DISTINCT FROM (client.full_name, client.email, client.phone, client.notes)
            )
    ) OR EXISTS (
        SELECT FROM public.purchase_events AS moved
            JOIN public.client_purchases AS purchase ON purchase.id = moved.purchase_id
        WHERE moved.client_request_id = v_event.request_id
            AND purchase.client_id <> p_client_id
    ) THEN
        RETURN 'changed_since';
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.lock_and_check_undo_merge(p_client_id uuid, p_event_id bigint) IS 'Studio: locks the clients of a merge and returns the refusal of undoing it, or null.';

CREATE FUNCTION public.lock_and_count_reinstatements(p_org_id uuid, p_client_id uuid, p_reason text, p_days integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_times int;
BEGIN
    -- A row of our own table, because any login could hold an advisory lock against the desk.
    INSERT INTO public.allowance_locks (client_id) VALUES (p_client_id) ON CONFLICT DO NOTHING;
    PERFORM FROM public.allowance_locks WHERE client_id = p_client_id FOR UPDATE;
    SELECT times INTO v_times FROM public.count_reinstatements(
        p_org_id, ARRAY[p_client_id], ARRAY[p_reason], ARRAY[p_days]);
    RETURN coalesce(v_times, 0);
END
$$;

COMMENT ON FUNCTION public.lock_and_count_reinstatements(p_org_id uuid, p_client_id uuid, p_reason text, p_days integer) IS 'Studio: locks a client''s count and returns how many sessions the client was given back.';

CREATE FUNCTION public.merge_client(p_client_id uuid, p_other_id uuid, p_take text[]) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: merge_client'
    AS $$
DECLARE
    v_refusal text := public.lock_and_check_merge(p_client_id, p_other_id);
BEGIN
    IF v_refusal IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    UPDATE public.client_purchases SET client_id = p_client_id WHERE client_id = p_other_id;
    INSERT INTO public.merged_clients (client_id, kept_client_id)
    VALUES (p_other_id, p_client_id);
    UPDATE public.clients AS client
    SET
        full_name = CASE
            WHEN 'full_name' = ANY (p_take) THEN other.full_name ELSE client.full_name
        END,
        email = CASE WHEN 'email' = ANY (p_take) THEN other.email ELSE client.email END,
        phone = CASE WHEN 'phone' = ANY (p_take) THEN other.phone ELSE client.phone END,
        notes = CASE
            WHEN 'notes' = ANY (p_take) THEN other.notes
            WHEN 'both_notes' = ANY (p_take)
                THEN nullif(concat_ws(E'\n', client.notes, other.notes), '')
            ELSE client.notes
        END
    FROM public.clients AS other
    WHERE client.id = p_client_id AND other.id = p_other_id;
    -- The last change, because its event is the one that an undo names.
    UPDATE public.clients SET status = 'merged' WHERE id = p_other_id;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.merge_client(p_client_id uuid, p_other_id uuid, p_take text[]) IS 'Studio: merges another record of a person into a client; returns null, or why it cannot.';

CREATE FUNCTION public.move_use(p_purchase_id uuid, p_to_purchase_id uuid, p_event_id bigint) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: move_use'
    AS $$
DECLARE
    v_used int;
    v_used_at timestamptz;
    v_is_old boolean;
BEGIN
    -- Lock both in the order of their ids, so that two opposite moves do not deadlock. The next
    -- statements see a change that was under way.
    PERFORM FROM public.client_purchases
    WHERE id IN (p_purchase_id, p_to_purchase_id) ORDER BY id FOR NO KEY UPDATE;
    v_used_at := (
        SELECT occurred_at FROM public.session_events
        WHERE id = public.event_to_reverse(p_purchase_id, 'move_use', p_event_id)
    );
    -- A use that is older than the ledger.
    v_is_old := v_used_at IS NULL;
    v_used_at := coalesce(v_used_at, now());
    -- A use before a transfer is that of the former client.
    IF EXISTS (
        SELECT FROM public.purchase_events AS transfer
        WHERE transfer.purchase_id = p_purchase_id
            AND transfer.kind = 'transferred'
            AND (transfer.occurred_at > v_used_at OR v_is_old)
            AND NOT EXISTS (
                SELECT FROM public.purchase_events AS undo WHERE undo.reverses_id = transfer.id
            )
    ) THEN
        RETURN -1;
    END IF;
    IF NOT EXISTS (
        SELECT
        FROM public.client_purchases AS charged
            JOIN public.client_purchases AS other
                ON other.client_id = charged.client_id AND other.org_id = charged.org_id
        WHERE charged.id = p_purchase_id
            AND charged.sessions_used > 0
            AND other.id = p_to_purchase_id
            AND other.id <> charged.id
            AND other.sessions_used < other.sessions_total
            AND other.payment_status = 'succeeded'
            AND (other.expires_at IS NULL OR other.expires_at > v_used_at)
    ) THEN
        RETURN -1;
    END IF;
    UPDATE public.client_purchases SET sessions_used = sessions_used - 1
    WHERE id = p_purchase_id
    RETURNING sessions_used INTO v_used;
    -- The trigger enforce_request skips the UPDATE if the chosen use was reversed.
    IF NOT FOUND THEN
        RETURN -1;
    END IF;
    UPDATE public.client_purchases SET sessions_used = sessions_used + 1
    WHERE id = p_to_purchase_id;
    RETURN v_used;
END
$$;

COMMENT ON FUNCTION public.move_use(p_purchase_id uuid, p_to_purchase_id uuid, p_event_id bigint) IS 'Studio: moves a use to another purchase of the client; returns the used sessions, or -1.';

CREATE FUNCTION public.purchase_as_of(p_purchase_id uuid, p_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone) RETURNS TABLE(id uuid, org_id uuid, client_id uuid, offer_id uuid, amount_paid_cents integer, currency text, sessions_total integer, sessions_used integer, purchased_at timestamp with time zone, expires_at timestamp with time zone, payment_status text, payment_method text, created_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT state.purchase_id, state.org_id, state.client_id, state.offer_id,
        state.amount_paid_cents, state.currency, state.sessions_total, counted.sessions_used,
        state.purchased_at,
        CASE WHEN changed.id IS NULL THEN opened.expires_at ELSE changed.expires_at END,
        state.payment_status, state.payment_method, state.created_at
    FROM (
        SELECT * FROM public.purchase_events AS event
        WHERE event.purchase_id = p_purchase_id AND event.occurred_at <= p_at
        ORDER BY event.id DESC LIMIT 1
    ) AS state
        LEFT JOIN LATERAL (
            SELECT event.sessions_used FROM public.session_events AS event
            WHERE event.purchase_id = p_purchase_id AND event.occurred_at <= p_at
            ORDER BY event.id DESC LIMIT 1
        ) AS counted ON true
        -- A deleted purchase that is inserted again has a second beginning.
        LEFT JOIN LATERAL (
            SELECT event.expires_at, event.occurred_at FROM public.purchase_events AS event
            WHERE event.purchase_id = p_purchase_id
                AND event.occurred_at <= p_at
                AND event.kind IN ('opened', 'sold')
            ORDER BY event.id DESC LIMIT 1
        ) AS opened ON true
        LEFT JOIN LATERAL (
            SELECT event.id, event.expires_at FROM public.expiry_events AS event
            WHERE event.purchase_id = p_purchase_id
                AND event.occurred_at <= p_at
                AND event.occurred_at > opened.occurred_at
            ORDER BY event.id DESC LIMIT 1
        ) AS changed ON true
    WHERE state.kind <> 'deleted'
$$;

COMMENT ON FUNCTION public.purchase_as_of(p_purchase_id uuid, p_at timestamp with time zone) IS 'Studio: returns a purchase as it stood at a time, rebuilt from the ledgers.';

CREATE FUNCTION public.receive_payment(p_purchase_id uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: receive_payment'
    AS $$
    WITH paid AS (
        UPDATE public.client_purchases SET payment_status = 'succeeded'
        WHERE id = p_purchase_id
            AND (payment_status IN ('pending', 'failed') OR payment_status IS NULL)
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM paid)
$$;

COMMENT ON FUNCTION public.receive_payment(p_purchase_id uuid) IS 'Studio: marks an unpaid purchase as paid; returns whether it was marked.';

CREATE FUNCTION public.record_client_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_operation text := public.current_client_operation();
    v_kind text := CASE v_operation
        WHEN 'add_client' THEN 'added'
        WHEN 'edit_client' THEN 'edited'
        WHEN 'merge_client' THEN 'merged'
        WHEN 'undo_merge' THEN 'unmerged'
        WHEN 'erase_client' THEN 'erased'
        WHEN 'import' THEN 'added'
        ELSE 'corrected'
    END;
    v_request public.client_requests;
    v_other_id uuid;
    v_reverses_id bigint;
    v_event_id bigint;
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.client_events')
    THEN
        RETURN NULL;
    END IF;

    IF v_operation IN ('add_client', 'edit_client', 'merge_client', 'undo_merge') THEN
        SELECT * INTO v_request FROM public.client_requests
        WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid;
        IF NOT FOUND THEN
            RAISE EXCEPTION '% needs a request', v_operation
                USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'an_operation_of_the_site_has_a_request';
        END IF;
        IF (v_request.operation, v_request.claimed_xact_id)
            IS DISTINCT FROM (v_operation, pg_current_xact_id())
            OR (NEW.id IN (v_request.client_id, v_request.other_client_id)) IS NOT TRUE
        THEN
            RAISE EXCEPTION 'the request % is not for this change of the client %',
                v_request.request_id, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_its_clients';
        END IF;
        v_other_id := CASE NEW.id
            WHEN v_request.client_id THEN v_request.other_client_id ELSE v_request.client_id
        END;
    END IF;

    IF v_operation IN ('import', 'undo_import') THEN
        SELECT * INTO v_request FROM public.client_requests
        WHERE client_id = coalesce(NEW.id, OLD.id)
            AND operation = v_operation
            AND claimed_xact_id = pg_current_xact_id();
        IF NOT FOUND THEN
            RAISE EXCEPTION '% needs a request', v_operation
                USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'an_operation_of_the_site_has_a_request';
        END IF;
    END IF;

    -- A changed id is recorded as a deleted client and a new one.
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.client_events
            (org_id, client_id, kind, org_id_before, full_name_before, email_before,
            phone_before, notes_before, status_before, request_id, db_role)
        VALUES (OLD.org_id, OLD.id, 'deleted', OLD.org_id, OLD.full_name, OLD.email, OLD.phone,
            OLD.notes, OLD.status,
            CASE v_operation WHEN 'undo_import' THEN v_request.request_id END,
            public.current_db_role());
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.client_events
            (org_id, client_id, kind, full_name, email, phone, notes, status, request_id, db_role)
        VALUES (NEW.org_id, NEW.id, CASE v_kind WHEN 'added' THEN v_kind ELSE 'opened' END,
            NEW.full_name, NEW.email, NEW.phone, NEW.notes, NEW.status, v_request.request_id,
            public.current_db_role())
        RETURNING id INTO v_event_id;
    ELSIF TG_OP = 'UPDATE' THEN
        IF v_kind = 'unmerged' THEN
            -- Both clients of a merge have an event of its request, if the merge changed both.
            SELECT undone.id INTO v_reverses_id
            FROM public.client_events AS merge
                JOIN public.client_events AS undone ON undone.request_id = merge.request_id
            WHERE merge.id = v_request.event_id AND undone.client_id = NEW.id;
        END IF;
        INSERT INTO public.client_events
            (org_id, client_id, kind, org_id_before, full_name_before, full_name, email_before,
            email, phone_before, phone, notes_before, notes, status_before, status,
            other_client_id, request_id, reverses_id, db_role)
        VALUES (NEW.org_id, NEW.id, v_kind, OLD.org_id, OLD.full_name, NEW.full_name, OLD.email,
            NEW.email, OLD.phone, NEW.phone, OLD.notes, NEW.notes, OLD.status, NEW.status,
            v_other_id, v_request.request_id, v_reverses_id, public.current_db_role())
        RETURNING id INTO v_event_id;
    END IF;
    -- Return the event to the statement that claimed the request.
    PERFORM set_config('studio.client_event_id', v_event_id::text, true);
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.record_client_event() IS 'Studio: trigger function that records a change of a client in client_events.';

CREATE FUNCTION public.record_expiry_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_operation text := public.current_operation();
    v_kind text := CASE v_operation
        WHEN 'extend' THEN 'extended' WHEN 'undo_extension' THEN 'undone' ELSE 'corrected' END;
    v_before timestamptz;
    v_request_id uuid;
    v_request public.session_requests;
    v_event_id bigint;
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.expiry_events')
    THEN
        RETURN NULL;
    END IF;

    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
        v_before := OLD.expires_at;
    ELSE
        -- A deleted purchase that is inserted again with its old id continues its old ledger.
        SELECT expires_at INTO v_before FROM public.expiry_events
        WHERE purchase_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    IF v_before IS NOT DISTINCT FROM NEW.expires_at THEN
        RETURN NULL;
    END IF;

    IF v_operation IN ('extend', 'undo_extension', 'correct_expiry') THEN
        v_request_id := nullif(current_setting('studio.request_id', true), '')::uuid;
    END IF;
    IF v_request_id IS NOT NULL THEN
        SELECT * INTO v_request FROM public.session_requests WHERE request_id = v_request_id;
        IF (v_request.purchase_id, v_request.operation, v_request.claimed_xact_id)
            IS DISTINCT FROM (NEW.id, v_operation, pg_current_xact_id())
        THEN
            RAISE EXCEPTION 'the request % is not for this change of the purchase %',
                v_request_id, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_one_purchase';
        END IF;
    END IF;

    INSERT INTO public.expiry_events
        (org_id, purchase_id, kind, expires_before, expires_at, request_id, reverses_id, db_role)
    VALUES (NEW.org_id, NEW.id, v_kind, v_before, NEW.expires_at, v_request_id,
        CASE WHEN v_kind = 'undone' THEN public.extension_to_undo(NEW.id) END,
        public.current_db_role())
    RETURNING id INTO v_event_id;
    -- Return the event to the statement that claimed the request.
    PERFORM set_config('studio.expiry_event_id', v_event_id::text, true);
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.record_expiry_event() IS 'Studio: trigger function that records a change of an expiry in expiry_events.';

CREATE FUNCTION public.record_offer_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    -- Without the times of the row, and without columns that other programs added.
    v_recorded text[] := ARRAY[
        'name', 'description', 'offer_type', 'price_cents', 'currency', 'sessions_included',
        'bonus_sessions', 'pack_validity_days', 'is_active'
    ];
    v_before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN (
        SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(OLD))
        WHERE key = ANY (v_recorded)
    ) END;
    v_after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN (
        SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(NEW))
        WHERE key = ANY (v_recorded)
    ) END;
    v_actor_id bigint := nullif(current_setting('studio.actor_id', true), '')::bigint;
    v_request_id uuid := nullif(current_setting('studio.offer_request_id', true), '')::uuid;
    v_is_moved boolean := TG_OP = 'UPDATE' AND (NEW.id, NEW.org_id) <> (OLD.id, OLD.org_id);
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.offer_events')
    THEN
        RETURN NULL;
    END IF;

    IF TG_OP = 'DELETE' OR v_is_moved THEN
        INSERT INTO public.offer_events (org_id, offer_id, kind, before, actor_id, db_role)
        VALUES (OLD.org_id, OLD.id, 'deleted', v_before, v_actor_id, public.current_db_role());
    END IF;
    IF TG_OP = 'INSERT' OR v_is_moved THEN
        INSERT INTO public.offer_events
            (org_id, offer_id, kind, after, actor_id, request_id, db_role)
        VALUES (NEW.org_id, NEW.id, 'added', v_after, v_actor_id, v_request_id,
            public.current_db_role());
    ELSIF TG_OP = 'UPDATE' AND v_before <> v_after THEN
        INSERT INTO public.offer_events
            (org_id, offer_id, kind, before, after, actor_id, request_id, db_role)
        VALUES (NEW.org_id, NEW.id,
            CASE
                WHEN v_before - 'is_active' <> v_after - 'is_active' THEN 'changed'
                WHEN NEW.is_active IS NOT FALSE THEN 'restored'
                ELSE 'retired'
            END,
            v_before, v_after, v_actor_id, v_request_id, public.current_db_role());
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.record_offer_event() IS 'Studio: trigger function that records every change of an offer.';

CREATE FUNCTION public.record_purchase_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_operation text := public.current_operation();
    v_client_operation text := public.current_client_operation();
    v_kind text := CASE coalesce(v_operation, v_client_operation)
        WHEN 'sell' THEN 'sold'
        WHEN 'transfer' THEN 'transferred'
        WHEN 'refund' THEN 'refunded'
        WHEN 'receive_payment' THEN 'paid'
        WHEN 'undo_change' THEN 'undone'
        WHEN 'merge_client' THEN 'merged'
        WHEN 'undo_merge' THEN 'unmerged'
        ELSE 'corrected'
    END;
    v_request_id uuid;
    v_request public.session_requests;
    v_client_request public.client_requests;
    v_reverses_id bigint;
    v_event_id bigint;
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.purchase_events')
    THEN
        RETURN NULL;
    END IF;

    IF v_operation IN
        ('sell', 'correct_total', 'transfer', 'refund', 'receive_payment', 'undo_change')
    THEN
        v_request_id := nullif(current_setting('studio.request_id', true), '')::uuid;
        IF v_request_id IS NULL THEN
            RAISE EXCEPTION '% needs a request', v_operation
                USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'an_operation_of_the_site_has_a_request';
        END IF;
    END IF;
    IF v_operation IN ('import', 'undo_import') THEN
        v_request_id := (
            SELECT request_id FROM public.session_requests
            WHERE purchase_id = coalesce(NEW.id, OLD.id)
                AND operation = v_operation
                AND claimed_xact_id = pg_current_xact_id()
        );
        IF v_request_id IS NULL THEN
            RAISE EXCEPTION '% needs a request', v_operation
                USING ERRCODE = 'check_violation',
                    CONSTRAINT = 'an_operation_of_the_site_has_a_request';
        END IF;
    ELSIF v_request_id IS NOT NULL THEN
        SELECT * INTO v_request FROM public.session_requests WHERE request_id = v_request_id;
        IF (v_request.purchase_id, v_request.operation, v_request.claimed_xact_id)
            IS DISTINCT FROM (NEW.id, v_operation, pg_current_xact_id())
        THEN
            RAISE EXCEPTION 'the request % is not for this change of the purchase %',
                v_request_id, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_one_purchase';
        END IF;
    END IF;
    IF v_kind IN ('merged', 'unmerged') THEN
        SELECT * INTO v_client_request FROM public.client_requests
        WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid;
        IF (v_client_request.operation, v_client_request.claimed_xact_id)
            IS DISTINCT FROM (v_client_operation, pg_current_xact_id())
            OR TG_OP <> 'UPDATE'
        THEN
            RAISE EXCEPTION 'no request of this transaction is for this change of the purchase'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_its_clients';
        END IF;
    END IF;
    IF v_kind = 'undone' THEN
        v_reverses_id := v_request.event_id;
    ELSIF v_kind = 'unmerged' THEN
        SELECT event.id INTO v_reverses_id
        FROM public.client_events AS merge
            JOIN public.purchase_events AS event ON event.client_request_id = merge.request_id
        WHERE merge.id = v_client_request.event_id AND event.purchase_id = NEW.id;
    END IF;

    -- Open the ledger of a purchase that is older than the ledger, with its state before.
    IF TG_OP IN ('UPDATE', 'DELETE') AND NOT EXISTS (
        SELECT FROM public.purchase_events WHERE purchase_id = OLD.id
    ) THEN
        INSERT INTO public.purchase_events
            (org_id, purchase_id, kind, client_id, offer_id, sessions_total, amount_paid_cents,
            currency, payment_status, payment_method, purchased_at, created_at, expires_at, db_role)
        VALUES (OLD.org_id, OLD.id, 'opened', OLD.client_id, OLD.offer_id, OLD.sessions_total,
            OLD.amount_paid_cents, OLD.currency, OLD.payment_status, OLD.payment_method,
            -- The ledger of expiries has recorded a change of the expiry in the same UPDATE.
            OLD.purchased_at, OLD.created_at,
            CASE TG_OP WHEN 'UPDATE' THEN NEW.expires_at ELSE OLD.expires_at END,
            public.current_db_role());
    END IF;

    -- A changed id is recorded as a deleted purchase and a new one.
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.purchase_events
            (org_id, purchase_id, kind, org_id_before, client_id_before, offer_id_before,
            sessions_total_before, amount_paid_cents_before, currency_before,
            payment_status_before, payment_method_before, purchased_at_before, created_at_before,
            request_id, db_role)
        VALUES (OLD.org_id, OLD.id, 'deleted', OLD.org_id, OLD.client_id, OLD.offer_id,
            OLD.sessions_total, OLD.amount_paid_cents, OLD.currency, OLD.payment_status,
            OLD.payment_method, OLD.purchased_at, OLD.created_at,
            CASE v_operation WHEN 'undo_import' THEN v_request_id END, public.current_db_role());
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.purchase_events
            (org_id, purchase_id, kind, client_id, offer_id, sessions_total, amount_paid_cents,
            currency, payment_status, payment_method, purchased_at, created_at, expires_at,
            request_id, db_role)
        VALUES (NEW.org_id, NEW.id, CASE v_kind WHEN 'sold' THEN v_kind ELSE 'opened' END,
            NEW.client_id, NEW.offer_id, NEW.sessions_total, NEW.amount_paid_cents, NEW.currency,
            NEW.payment_status, NEW.payment_method, NEW.purchased_at, NEW.created_at,
            NEW.expires_at, v_request_id, public.current_db_role())
        RETURNING id INTO v_event_id;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO public.purchase_events
            (org_id, purchase_id, kind, org_id_before, client_id_before, client_id,
            offer_id_before, offer_id, sessions_total_before, sessions_total,
            amount_paid_cents_before, amount_paid_cents, currency_before, currency,
            payment_status_before, payment_status, payment_method_before, payment_method,
            purchased_at_before, purchased_at, created_at_before, created_at, request_id,
            client_request_id, reverses_id, db_role)
        VALUES (NEW.org_id, NEW.id, v_kind, OLD.org_id, OLD.client_id, NEW.client_id,
            OLD.offer_id, NEW.offer_id, OLD.sessions_total, NEW.sessions_total,
            OLD.amount_paid_cents, NEW.amount_paid_cents, OLD.currency, NEW.currency,
            OLD.payment_status, NEW.payment_status, OLD.payment_method, NEW.payment_method,
            OLD.purchased_at, NEW.purchased_at, OLD.created_at, NEW.created_at, v_request_id,
            v_client_request.request_id, v_reverses_id, public.current_db_role())
        RETURNING id INTO v_event_id;
    END IF;
    -- Return the event to the statement that claimed the request.
    PERFORM set_config('studio.purchase_event_id', v_event_id::text, true);
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.record_purchase_event() IS 'Studio: trigger function that records what was bought, by whom and how it was paid.';

CREATE FUNCTION public.record_session_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_operation text := public.current_operation();
    v_kind text := CASE v_operation
        WHEN 'use' THEN 'used'
        WHEN 'reinstate' THEN 'reinstated'
        WHEN 'move_use' THEN 'moved'
        WHEN 'undo' THEN 'undone'
        WHEN 'undo_move' THEN 'undone'
        ELSE 'corrected'
    END;
    v_request_id uuid := nullif(current_setting('studio.request_id', true), '')::uuid;
    v_chosen bigint;
    v_event_id bigint;
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.session_events')
    THEN
        RETURN NULL;
    END IF;

    IF v_request_id IS NULL
        AND v_operation IN ('undo', 'move_use', 'undo_move', 'correct_used')
    THEN
        RAISE EXCEPTION '% needs a request', v_operation
            USING ERRCODE = 'check_violation',
                CONSTRAINT = 'an_operation_of_the_site_has_a_request';
    END IF;

    -- Open the ledger of a purchase that is older than the ledger, with the count before.
    IF TG_OP IN ('UPDATE', 'DELETE') AND NOT EXISTS (
        SELECT FROM public.session_events WHERE purchase_id = OLD.id
    ) THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, db_role)
        VALUES (OLD.org_id, OLD.id, 'opened', coalesce(OLD.sessions_used, 0), OLD.sessions_used,
            public.current_db_role());
    END IF;

    -- A changed id is recorded as a deleted purchase and a new one.
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, db_role)
        VALUES (OLD.org_id, OLD.id, 'deleted', -coalesce(OLD.sessions_used, 0), 0,
            public.current_db_role());
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, db_role)
        VALUES (NEW.org_id, NEW.id, 'opened', coalesce(NEW.sessions_used, 0), NEW.sessions_used,
            public.current_db_role());
    ELSIF TG_OP = 'UPDATE' AND NEW.sessions_used IS DISTINCT FROM OLD.sessions_used THEN
        IF v_kind = 'corrected' AND v_operation IS DISTINCT FROM 'correct_used' THEN
            v_request_id := NULL;
        ELSIF v_kind IN ('reinstated', 'undone', 'moved') THEN
            v_chosen := (
                SELECT event_id FROM public.session_requests WHERE request_id = v_request_id
            );
        END IF;
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, request_id, reverses_id, db_role)
        VALUES (NEW.org_id, NEW.id, v_kind,
            coalesce(NEW.sessions_used, 0) - coalesce(OLD.sessions_used, 0), NEW.sessions_used,
            v_request_id,
            -- A move reverses a use of the purchase that it takes the use from.
            CASE WHEN v_kind IN ('reinstated', 'undone')
                OR v_kind = 'moved' AND NEW.sessions_used < OLD.sessions_used
                THEN public.event_to_reverse(NEW.id, v_operation, v_chosen) END,
            public.current_db_role())
        RETURNING id INTO v_event_id;
        -- Return the event and the count to the statement that claimed the request. 0 means that
        -- the event has no request, because another program replaced the function.
        PERFORM set_config('studio.event_id',
                CASE WHEN v_request_id IS NULL THEN '0' ELSE v_event_id::text END, true),
            set_config('studio.sessions_used', NEW.sessions_used::text, true);
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.record_session_event() IS 'Studio: trigger function that records a change of a count in session_events.';

CREATE FUNCTION public.record_truncated_clients() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.client_events')
    THEN
        RETURN NULL;
    END IF;

    INSERT INTO public.client_events
        (org_id, client_id, kind, org_id_before, full_name_before, email_before, phone_before,
        notes_before, status_before, db_role)
    SELECT client.org_id, client.id, 'deleted', client.org_id, client.full_name, client.email,
        client.phone, client.notes, client.status, public.current_db_role()
    FROM public.clients AS client;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.record_truncated_clients() IS 'Studio: trigger function that records every client as deleted before TRUNCATE.';

CREATE FUNCTION public.record_truncated_purchases() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    -- A load with triggers held off, or a subscription, brings the ledger itself.
    IF current_setting('session_replication_role') = 'replica'
        AND public.comes_with_ledger(TG_OP, 'public.session_events')
    THEN
        RETURN NULL;
    END IF;

    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, db_role)
    SELECT purchase.org_id, purchase.id, 'opened', coalesce(purchase.sessions_used, 0),
        purchase.sessions_used, public.current_db_role()
    FROM public.client_purchases AS purchase
    WHERE NOT EXISTS (
        SELECT FROM public.session_events AS event WHERE event.purchase_id = purchase.id
    );
    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, db_role)
    SELECT purchase.org_id, purchase.id, 'deleted', -coalesce(purchase.sessions_used, 0), 0,
        public.current_db_role()
    FROM public.client_purchases AS purchase;

    INSERT INTO public.purchase_events
        (org_id, purchase_id, kind, client_id, offer_id, sessions_total, amount_paid_cents,
        currency, payment_status, payment_method, purchased_at, created_at, expires_at,
        db_role)
    SELECT purchase.org_id, purchase.id, 'opened', purchase.client_id, purchase.offer_id,
        purchase.sessions_total, purchase.amount_paid_cents, purchase.currency,
        purchase.payment_status, purchase.payment_method, purchase.purchased_at,
        purchase.created_at, purchase.expires_at, public.current_db_role()
    FROM public.client_purchases AS purchase
    WHERE NOT EXISTS (
        SELECT FROM public.purchase_events AS event WHERE event.purchase_id = purchase.id
    );
    INSERT INTO public.purchase_events
        (org_id, purchase_id, kind, org_id_before, client_id_before, offer_id_before,
        sessions_total_before, amount_paid_cents_before, currency_before,
        payment_status_before, payment_method_before, purchased_at_before, created_at_before,
        db_role)
    SELECT purchase.org_id, purchase.id, 'deleted', purchase.org_id, purchase.client_id,
        purchase.offer_id, purchase.sessions_total, purchase.amount_paid_cents,
        purchase.currency, purchase.payment_status, purchase.payment_method,
        purchase.purchased_at, purchase.created_at, public.current_db_role()
    FROM public.client_purchases AS purchase;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.record_truncated_purchases() IS 'Studio: trigger function that records every purchase as deleted before TRUNCATE.';

CREATE FUNCTION public.refresh_merged_search_terms() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        PERFORM public.write_search_terms(OLD.client_id);
        PERFORM public.write_search_terms(OLD.kept_client_id);
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        PERFORM public.write_search_terms(NEW.client_id);
        PERFORM public.write_search_terms(NEW.kept_client_id);
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.refresh_merged_search_terms() IS 'Studio: trigger function that writes the search terms of two clients whose merge changed.';

CREATE FUNCTION public.refresh_search_terms() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM public.client_search_terms WHERE client_id = OLD.id;
        PERFORM public.write_search_terms(NEW.id);
        PERFORM public.write_search_terms(kept_client_id)
        FROM public.merged_clients WHERE client_id = NEW.id;
        RETURN NULL;
    END IF;
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT NEW.org_id, term, NEW.id
    FROM public.search_terms(NEW.full_name, NEW.email, NEW.phone) AS term;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.refresh_search_terms() IS 'Studio: trigger function that replaces the search terms of a client.';

CREATE FUNCTION public.refund_purchase(p_purchase_id uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: refund'
    AS $$
    WITH refunded AS (
        UPDATE public.client_purchases SET payment_status = 'refunded'
        WHERE id = p_purchase_id AND payment_status = 'succeeded'
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM refunded)
$$;

COMMENT ON FUNCTION public.refund_purchase(p_purchase_id uuid) IS 'Studio: marks a paid purchase as refunded; returns whether it was marked.';

CREATE FUNCTION public.refuse_without_event() RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION 'the request % changed something, and no event of it came back',
        current_setting('studio.request_id', true)
        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_change_has_an_event',
            HINT = 'Another program replaced a function or a trigger: python manage.py repair';
END
$$;

COMMENT ON FUNCTION public.refuse_without_event() IS 'Studio: raises the error of a change whose event did not come back.';

CREATE FUNCTION public.release_session(p_purchase_id uuid) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: reinstate'
    AS $$
    WITH released AS (
        UPDATE public.client_purchases
        SET sessions_used = sessions_used - 1
        WHERE id = p_purchase_id AND sessions_used > 0
        RETURNING sessions_used
    )
    SELECT coalesce((SELECT sessions_used FROM released), -1)
$$;

COMMENT ON FUNCTION public.release_session(p_purchase_id uuid) IS 'Studio: gives one session back; returns the used sessions after it, or -1 if nothing changed.';

CREATE FUNCTION public.seal_days(p_org_ids uuid[], p_days date[], p_ends_at timestamp with time zone[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    -- Assigned before the snapshot below, and after the end of every day. So a transaction with a
    -- greater id wrote all its rows after the end of every day.
    v_xact_id xid8 := pg_current_xact_id();
    v_now timestamptz := clock_timestamp();
    v_seals int;
BEGIN
    IF EXISTS (SELECT FROM unnest(p_ends_at) AS ends_at WHERE (ends_at < now()) IS NOT TRUE) THEN
        RAISE EXCEPTION 'a day is sealed after its end only'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;

    WITH RECURSIVE given AS (
        SELECT org_id, array_agg(day ORDER BY ends_at) AS days,
            array_agg(ends_at ORDER BY ends_at) AS ends
        FROM unnest(p_org_ids, p_days, p_ends_at) AS day (org_id, day, ends_at)
        GROUP BY org_id
    ),

    placed AS MATERIALIZED (
        SELECT given.org_id, given.days[place.position] AS day,
            given.ends[place.position] AS ends_at, unsealed.ledger, unsealed.row_id,
            CASE WHEN unsealed.written_at < given.ends[place.position] THEN unsealed.event_id END
                AS event_id,
            unsealed.content, unsealed.personal,
            CASE WHEN unsealed.personal IS NOT NULL THEN gen_random_uuid() END AS salt
        FROM public.ledger_rows() AS unsealed
            LEFT JOIN public.orgs AS org ON org.id = unsealed.org_id
            JOIN given
                ON given.org_id = coalesce(org.id, '00000000-0000-0000-0000-000000000000')
            CROSS JOIN LATERAL (
                -- A time in the future comes from a wrong clock. Such a row is not left unsealed.
                SELECT CASE
                    WHEN unsealed.written_at > v_now + interval '1 day' THEN 1
                    ELSE width_bucket(unsealed.written_at, given.ends) + 1
                END AS position
            ) AS place
        WHERE unsealed.seal_id IS NULL AND place.position <= cardinality(given.ends)
    ),

    hashed AS MATERIALIZED (
        SELECT placed.*, sha256(uuid_send(placed.salt) || convert_to(placed.personal, 'UTF8'))
                AS personal_hash
        FROM placed
    ),

    leaves AS MATERIALIZED (
        SELECT hashed.*,
            sha256(convert_to(hashed.content, 'UTF8') || coalesce(hashed.personal_hash, ''))
                AS leaf
        FROM hashed
    ),

    days AS (
        SELECT org_id, day, ends_at,
            row_number() OVER (PARTITION BY org_id ORDER BY day) AS position,
            count(*) AS lines,
            count(*) FILTER (WHERE ledger <> 'session_requests') AS events,
            ARRAY[
                max(event_id) FILTER (WHERE ledger = 'session_events'),
                max(event_id) FILTER (WHERE ledger = 'expiry_events'),
                max(event_id) FILTER (WHERE ledger = 'purchase_events')
            ] AS last_ids,
            -- Ids in order of their number, because a longer number is a greater one.
            sha256(string_agg(leaf, '' ORDER BY ledger COLLATE "C", length(row_id),
                row_id COLLATE "C")) AS digest
        FROM leaves
        GROUP BY org_id, day, ends_at
    ),

    chain AS (
        SELECT org.org_id, 0::bigint AS position, NULL::date AS day, NULL::timestamptz AS ends_at,
            NULL::bigint AS lines, NULL::bigint AS events, NULL::bytea AS digest, coalesce(newest.number, 0) AS number,
            ARRAY[
                newest.last_session_event_id, newest.last_expiry_event_id,
                newest.last_purchase_event_id
            ] AS last_ids,
            newest.hash
        FROM (SELECT DISTINCT org_id FROM days) AS org
            LEFT JOIN LATERAL (
                SELECT * FROM public.seals WHERE seals.org_id = org.org_id
                ORDER BY seals.number DESC LIMIT 1
            ) AS newest ON true
        UNION ALL
        SELECT days.org_id, days.position, days.day, days.ends_at, days.lines, days.events, days.digest,
            former.number + 1, last.ids,
            public.seal_hash(former.hash, days.org_id, days.day, days.lines, last.ids,
                days.digest, days.ends_at, v_now, v_xact_id, pg_current_snapshot())
        FROM chain AS former
            JOIN days ON days.org_id = former.org_id AND days.position = former.position + 1
            CROSS JOIN LATERAL (
                SELECT ARRAY[
                    greatest(former.last_ids[1], days.last_ids[1]),
                    greatest(former.last_ids[2], days.last_ids[2]),
                    greatest(former.last_ids[3], days.last_ids[3])
                ] AS ids
            ) AS last
    ),

    sealed AS (
        INSERT INTO public.seals (org_id, number, day, lines, events, last_session_event_id,
            last_expiry_event_id, last_purchase_event_id, digest, hash, ends_at, sealed_at,
            xact_id, snapshot)
        SELECT org_id, number, day, lines, events, last_ids[1], last_ids[2], last_ids[3], digest, hash,
            ends_at, v_now, v_xact_id, pg_current_snapshot()
        FROM chain WHERE position > 0
        ORDER BY org_id, number
        RETURNING id, org_id, day
    ),

    sealed_leaves AS (
        INSERT INTO public.seal_leaves (ledger, row_id, seal_id, leaf, personal_hash)
        SELECT leaves.ledger, leaves.row_id, sealed.id, leaves.leaf, leaves.personal_hash
        FROM leaves JOIN sealed ON sealed.org_id = leaves.org_id AND sealed.day = leaves.day
        ORDER BY leaves.ledger, length(leaves.row_id), leaves.row_id
    ),

    salted AS (
        INSERT INTO public.seal_salts (ledger, row_id, salt)
        SELECT ledger, row_id, salt FROM leaves WHERE salt IS NOT NULL
    )

    SELECT count(*) INTO v_seals FROM sealed;
    RETURN v_seals;
END
$$;

COMMENT ON FUNCTION public.seal_days(p_org_ids uuid[], p_days date[], p_ends_at timestamp with time zone[]) IS 'Studio: seals the unsealed rows of these days, and returns the number of new seals.';

CREATE FUNCTION public.seal_hash(p_former bytea, p_org_id uuid, p_day date, p_lines bigint, p_last_ids bigint[], p_digest bytea, p_ends_at timestamp with time zone, p_sealed_at timestamp with time zone, p_xact_id xid8, p_snapshot pg_snapshot) RETURNS bytea
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT sha256(convert_to(concat(
        encode(p_former, 'hex'), '|', p_org_id, '|', to_char(p_day, 'YYYY-MM-DD'), '|', p_lines,
        '|', p_last_ids, '|', encode(p_digest, 'hex'), '|', extract(epoch FROM p_ends_at), '|',
        extract(epoch FROM p_sealed_at), '|', p_xact_id, '|', p_snapshot
    ), 'UTF8'))
$$;

COMMENT ON FUNCTION public.seal_hash(p_former bytea, p_org_id uuid, p_day date, p_lines bigint, p_last_ids bigint[], p_digest bytea, p_ends_at timestamp with time zone, p_sealed_at timestamp with time zone, p_xact_id xid8, p_snapshot pg_snapshot) IS 'Studio: returns the seal of these values and the seal before it.';

CREATE FUNCTION public.search_terms(p_full_name text, p_email text, p_phone text) RETURNS SETOF text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
BEGIN
    RETURN QUERY
    WITH names AS (
        -- O'Brien gives "obrien" here and "brien" in the next branch.
        SELECT regexp_split_to_table(
            p_full_name,
            '[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
            '.,;:/_&()"“”„‟«»‹›<>\[\]{}|*+‐‑‒–—―،、・-]+'
        ) AS word
        UNION
        SELECT regexp_split_to_table(
            p_full_name,
            '[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
            '.,;:/_&()"“”„‟«»‹›<>\[\]{}|*+‐‑‒–—―،、・''’‘ʼʻʹ′`´-]+'
        )
        UNION
        -- Mc Donald and O Brien give "McDonald" and "OBrien" too.
        SELECT concat(parts[1], parts[2])
        FROM regexp_matches(
            p_full_name, '(?:^|[\s(])(ma?c|[od])[\s\u00a0]+([^\s\u00a0.,;:/_&()"-]{3,})', 'gi'
        ) AS parts
    ), emails AS (
        -- A field may hold several addresses, or one with a full stop after it.
        SELECT btrim(email, '.''') AS email
        FROM regexp_split_to_table(p_email, '[\s\u00a0,;:|<>()"\[\]]+') AS email
    ), folded_names AS MATERIALIZED (
        SELECT word, public.fold_for_search(word) AS folded FROM names
    ), words AS (
        SELECT folded AS word FROM folded_names
        UNION ALL
        -- Müller gives "Mueller" too.
        SELECT public.fold_for_search(replace(replace(replace(replace(replace(
            composed.word, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ø', 'oe'), 'å', 'aa'))
        FROM names, LATERAL (SELECT normalize(lower(names.word), NFC) AS word) AS composed
        WHERE composed.word ~ '[äöüøå]'
        UNION ALL
        -- Mueller gives "Muller" too, which is Müller without its accent.
        SELECT regexp_replace(folded, '([aou])e(?=.)', '\1', 'g') FROM folded_names
        UNION ALL
        -- McDonald gives "Donald" too.
        SELECT substring(folded, '^ma?c(...+)') FROM folded_names
        UNION ALL
        SELECT public.fold_for_search(email) FROM emails
        UNION ALL
        SELECT public.fold_for_search(
            regexp_split_to_table(split_part(email, '@', 1), '[.,;:/_&()"+-]+')
        )
        FROM emails
        UNION ALL
        -- Every suffix of at least three digits. The number is cut at 100 digits, because 20,000
        -- digits took 147 seconds.
        SELECT substr(digits, first)
        FROM (
                SELECT public.fold_for_search(
                    left(regexp_replace(p_phone, '\D', '', 'g'), 100)
                ) AS digits
            ) AS phone,
            generate_series(1, length(digits) - 2) AS first
    ), folded AS (
        SELECT DISTINCT left(word, 100) AS word FROM words
    ), initials AS (
        SELECT left(string_agg(DISTINCT left(word, 1) COLLATE "C", ''), 100) AS letters
        FROM folded WHERE left(word, 1) !~ '[0-9]'
    )
    SELECT concat(folded.word, ' ', initials.letters) FROM folded, initials WHERE folded.word <> '';
END
$$;

COMMENT ON FUNCTION public.search_terms(p_full_name text, p_email text, p_phone text) IS 'Studio: returns the search terms of a client from the name, the e-mail and the phone number.';

CREATE FUNCTION public.sell_purchase(p_purchase_id uuid, p_org_id uuid, p_client_id uuid, p_offer_id uuid, p_sessions_total integer, p_amount_paid_cents integer, p_currency text, p_payment_status text, p_payment_method text, p_purchased_at timestamp with time zone, p_expires_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: sell'
    AS $$
    WITH sold AS (
        INSERT INTO public.client_purchases (
            id, org_id, client_id, offer_id, sessions_total, sessions_used, amount_paid_cents,
            currency, payment_status, payment_method, purchased_at, expires_at
        )
        SELECT
            p_purchase_id, p_org_id, client.id, offer.id, p_sessions_total, 0,
            p_amount_paid_cents, p_currency, p_payment_status, p_payment_method,
            coalesce(p_purchased_at, now()), p_expires_at
        FROM public.clients AS client, public.offers AS offer
        WHERE client.id = p_client_id
            AND client.org_id = p_org_id
            AND offer.id = p_offer_id
            AND offer.org_id = p_org_id
        ON CONFLICT (id) DO NOTHING
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM sold)
$$;

COMMENT ON FUNCTION public.sell_purchase(p_purchase_id uuid, p_org_id uuid, p_client_id uuid, p_offer_id uuid, p_sessions_total integer, p_amount_paid_cents integer, p_currency text, p_payment_status text, p_payment_method text, p_purchased_at timestamp with time zone, p_expires_at timestamp with time zone) IS 'Studio: inserts a purchase that a person sold; returns whether it was inserted.';

CREATE FUNCTION public.similar_words(p_org_id uuid, p_word text) RETURNS SETOF text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
    v_schema name := (
        SELECT schema.nspname
        FROM pg_extension AS extension
        INNER JOIN pg_namespace AS schema ON schema.oid = extension.extnamespace
        WHERE extension.extname = 'pg_trgm'
    );
BEGIN
    IF v_schema IS NULL THEN
        RETURN;
    END IF;
    -- The schema of the extension differs between servers.
    RETURN QUERY EXECUTE format($query$
        SELECT word FROM (
            SELECT DISTINCT word, %1$I.similarity(word, $2) AS similarity
            FROM (
                SELECT split_part(term, ' ', 1) AS word
                FROM public.client_search_terms WHERE org_id = $1 LIMIT 50000
            ) AS term
        ) AS compared
        WHERE similarity >= 0.35
        ORDER BY similarity DESC, word
        LIMIT 5
    $query$, v_schema) USING p_org_id, public.fold_for_search(p_word);
END
$_$;

COMMENT ON FUNCTION public.similar_words(p_org_id uuid, p_word text) IS 'Studio: returns words of clients that are similar to a mistyped word, if pg_trgm is installed.';

CREATE FUNCTION public.transfer_purchase(p_purchase_id uuid, p_client_id uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: transfer'
    AS $$
    WITH transferred AS (
        UPDATE public.client_purchases AS purchase
        SET client_id = client.id
        FROM public.clients AS client
        WHERE purchase.id = p_purchase_id
            AND client.id = p_client_id
            AND client.id <> purchase.client_id
            AND client.org_id = purchase.org_id
        RETURNING purchase.id
    )
    SELECT EXISTS (SELECT FROM transferred)
$$;

COMMENT ON FUNCTION public.transfer_purchase(p_purchase_id uuid, p_client_id uuid) IS 'Studio: transfers a purchase to another client of the org; returns whether it was transferred.';

CREATE FUNCTION public.undo_change(p_purchase_id uuid, p_event_id bigint) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: undo_change'
    AS $$
DECLARE
    v_event public.purchase_events;
    v_refusal text := public.lock_and_check_undo_change(p_purchase_id, p_event_id);
BEGIN
    IF v_refusal IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    IF p_event_id IS DISTINCT FROM (
        SELECT event_id FROM public.session_requests
        WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid
    ) THEN
        RETURN 'changed_since';
    END IF;
    SELECT * INTO v_event FROM public.purchase_events WHERE id = p_event_id;
    UPDATE public.client_purchases
    SET
        client_id = CASE
            WHEN v_event.client_id <> v_event.client_id_before THEN v_event.client_id_before
            ELSE client_id
        END,
        sessions_total = CASE
            WHEN v_event.kind = 'sold' THEN sessions_total
            WHEN v_event.sessions_total IS DISTINCT FROM v_event.sessions_total_before
                THEN v_event.sessions_total_before
            ELSE sessions_total
        END,
        payment_status = CASE
            WHEN v_event.kind = 'sold' THEN 'refunded'
            WHEN v_event.payment_status IS DISTINCT FROM v_event.payment_status_before
                THEN v_event.payment_status_before
            ELSE payment_status
        END
    WHERE id = p_purchase_id;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.undo_change(p_purchase_id uuid, p_event_id bigint) IS 'Studio: undoes a correction, transfer, refund, payment or sale; returns null, or why it cannot.';

CREATE FUNCTION public.undo_event(p_purchase_id uuid, p_event_id bigint) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: undo'
    AS $$
    WITH undone AS (
        UPDATE public.client_purchases AS purchase
        SET sessions_used = purchase.sessions_used - event.delta
        FROM public.session_events AS event
        WHERE purchase.id = p_purchase_id
            AND event.id = public.event_to_reverse(p_purchase_id, 'undo', p_event_id)
            -- The event of the caller's request.
            AND p_event_id = (
                SELECT event_id FROM public.session_requests
                WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid
            )
            AND purchase.sessions_used >= 0
            AND purchase.sessions_used - event.delta >= 0
            AND (
                purchase.sessions_total IS NULL
                OR purchase.sessions_used - event.delta <= purchase.sessions_total
            )
        RETURNING purchase.sessions_used
    )
    SELECT coalesce((SELECT sessions_used FROM undone), -1)
$$;

COMMENT ON FUNCTION public.undo_event(p_purchase_id uuid, p_event_id bigint) IS 'Studio: undoes a change of the used sessions; returns them after it, or -1 if nothing changed.';

CREATE FUNCTION public.undo_extension(p_purchase_id uuid, p_event_id bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: undo_extension'
    AS $$
BEGIN
    -- Lock first, so that the next statement sees a change that was under way.
    PERFORM FROM public.client_purchases WHERE id = p_purchase_id FOR NO KEY UPDATE;
    UPDATE public.client_purchases AS purchase
    SET expires_at = extension.expires_before
    FROM public.expiry_events AS extension
    WHERE purchase.id = p_purchase_id
        AND extension.id = p_event_id
        AND extension.id = public.extension_to_undo(purchase.id)
        AND extension.expires_at = purchase.expires_at;
    RETURN FOUND;
END
$$;

COMMENT ON FUNCTION public.undo_extension(p_purchase_id uuid, p_event_id bigint) IS 'Studio: undoes an extension of an expiry; returns whether it was undone.';

CREATE FUNCTION public.undo_import(p_import_id uuid, p_first integer, p_last integer, OUT packs_kept integer, OUT clients_kept integer) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: undo_import'
    AS $$
BEGIN
    -- Lock the clients and the purchases, so that the next statements see every change of them. A
    -- merge locks them in this order too.
    PERFORM FROM public.clients AS client
    WHERE client.id IN (
        SELECT client_id FROM public.import_rows
        WHERE import_id = p_import_id AND position BETWEEN p_first AND p_last AND adds_client
    )
    ORDER BY client.id
    FOR UPDATE;
    PERFORM FROM public.client_purchases AS purchase
    WHERE purchase.id IN (
        SELECT purchase_id FROM public.import_rows
        WHERE import_id = p_import_id AND position BETWEEN p_first AND p_last
    )
    ORDER BY purchase.id
    FOR UPDATE;

    DELETE FROM public.client_purchases AS purchase
    USING public.import_rows AS planned
    INNER JOIN public.purchase_events AS opened
        ON opened.purchase_id = planned.purchase_id
        AND opened.request_id = planned.request_id
        AND opened.kind = 'opened'
    INNER JOIN public.session_requests AS request
        ON request.request_id = planned.request_id AND request.operation = 'import'
    WHERE planned.import_id = p_import_id
        AND planned.position BETWEEN p_first AND p_last
        AND purchase.id = planned.purchase_id
        AND purchase.org_id = planned.org_id
        AND NOT EXISTS (
            SELECT FROM public.purchase_events AS later
            WHERE later.purchase_id = purchase.id AND later.id > opened.id
        )
        AND purchase.expires_at IS NOT DISTINCT FROM planned.expires_at
        AND NOT EXISTS (
            SELECT
            FROM public.session_events AS first
            INNER JOIN public.session_events AS later ON later.purchase_id = first.purchase_id
            WHERE first.purchase_id = purchase.id
                AND first.kind = 'opened'
                AND first.xact_id = opened.xact_id
                AND later.id > first.id
        );

    SELECT count(*) INTO packs_kept
    FROM public.import_rows AS planned
    INNER JOIN public.client_purchases AS purchase ON purchase.id = planned.purchase_id
    INNER JOIN public.purchase_events AS opened ON opened.request_id = planned.request_id
    WHERE planned.import_id = p_import_id AND planned.position BETWEEN p_first AND p_last;

    DELETE FROM public.clients AS client
    USING public.import_rows AS planned
    WHERE planned.import_id = p_import_id
        AND planned.position BETWEEN p_first AND p_last
        AND planned.adds_client
        AND client.id = planned.client_id
        AND client.org_id = planned.org_id
        AND EXISTS (
            SELECT
            FROM public.client_requests AS request
            INNER JOIN public.client_events AS added ON added.request_id = request.request_id
            WHERE request.request_id = planned.client_request_id
                AND request.operation = 'import'
                AND added.client_id = client.id
                AND NOT EXISTS (
                    SELECT FROM public.client_events AS later
                    WHERE later.client_id = client.id AND later.id > added.id
                )
        )
        AND NOT EXISTS (
            SELECT FROM public.merged_clients AS merged
            WHERE client.id IN (merged.client_id, merged.kept_client_id)
        )
        AND NOT EXISTS (
            SELECT FROM public.client_purchases AS purchase WHERE purchase.client_id = client.id
        );

    SELECT count(*) INTO clients_kept
    FROM public.import_rows AS planned
    INNER JOIN public.clients AS client ON client.id = planned.client_id
    INNER JOIN public.client_events AS added ON added.request_id = planned.client_request_id
    WHERE planned.import_id = p_import_id AND planned.position BETWEEN p_first AND p_last;

    IF p_first = 1 THEN
        DELETE FROM public.offers AS offer
        USING public.imports AS import, jsonb_array_elements(import.offers) AS added
        WHERE import.id = p_import_id
            AND offer.id = (added ->> 'id')::uuid
            AND offer.org_id = import.org_id
            AND NOT EXISTS (
                SELECT FROM public.client_purchases AS purchase WHERE purchase.offer_id = offer.id
            );
    END IF;
END
$$;

COMMENT ON FUNCTION public.undo_import(p_import_id uuid, p_first integer, p_last integer, OUT packs_kept integer, OUT clients_kept integer) IS 'Studio: deletes what an import added between two positions; returns how much it kept.';

CREATE FUNCTION public.undo_merge(p_client_id uuid, p_event_id bigint) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: undo_merge'
    AS $$
DECLARE
    v_event public.client_events;
    v_refusal text := public.lock_and_check_undo_merge(p_client_id, p_event_id);
BEGIN
    IF v_refusal IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    IF p_event_id IS DISTINCT FROM (
        SELECT event_id FROM public.client_requests
        WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid
    ) THEN
        RETURN 'changed_since';
    END IF;
    SELECT * INTO v_event FROM public.client_events WHERE id = p_event_id;
    -- First, because follow_merge() would give the purchases to the kept client again.
    DELETE FROM public.merged_clients WHERE client_id = v_event.client_id;
    UPDATE public.client_purchases SET client_id = v_event.client_id
    WHERE id IN (
        SELECT purchase_id FROM public.purchase_events
        WHERE client_request_id = v_event.request_id
    );
    UPDATE public.clients AS client
    SET full_name = merged.full_name_before, email = merged.email_before,
        phone = merged.phone_before, notes = merged.notes_before
    FROM public.client_events AS merged
    WHERE client.id = p_client_id
        AND merged.request_id = v_event.request_id
        AND merged.client_id = p_client_id;
    UPDATE public.clients SET status = v_event.status_before WHERE id = v_event.client_id;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION public.undo_merge(p_client_id uuid, p_event_id bigint) IS 'Studio: undoes a merge of two clients; returns null, or why it cannot.';

CREATE FUNCTION public.undo_move(p_purchase_id uuid, p_to_purchase_id uuid, p_event_id bigint) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: undo_move'
    AS $$
DECLARE
    v_used int;
BEGIN
    -- Lock both in the order of their ids, as move_use() does.
    PERFORM FROM public.client_purchases
    WHERE id IN (p_purchase_id, p_to_purchase_id) ORDER BY id FOR NO KEY UPDATE;
    IF p_event_id IS DISTINCT FROM (
        SELECT event_id FROM public.session_requests
        WHERE request_id = nullif(current_setting('studio.request_id', true), '')::uuid
    )
        OR public.event_to_reverse(p_purchase_id, 'undo_move', p_event_id) IS NULL
        OR public.event_to_reverse(p_to_purchase_id, 'undo_move', p_event_id) IS NULL
    THEN
        RETURN -1;
    END IF;
    UPDATE public.client_purchases SET sessions_used = sessions_used + 1
    WHERE id = p_purchase_id
        AND sessions_used >= 0
        AND (sessions_total IS NULL OR sessions_used < sessions_total)
        AND EXISTS (
            SELECT FROM public.client_purchases AS other
            WHERE other.id = p_to_purchase_id AND other.sessions_used > 0
        )
    RETURNING sessions_used INTO v_used;
    IF NOT FOUND THEN
        RETURN -1;
    END IF;
    UPDATE public.client_purchases SET sessions_used = sessions_used - 1
    WHERE id = p_to_purchase_id;
    RETURN v_used;
END
$$;

COMMENT ON FUNCTION public.undo_move(p_purchase_id uuid, p_to_purchase_id uuid, p_event_id bigint) IS 'Studio: undoes a move of a use; returns the used sessions, or -1 if nothing changed.';

CREATE FUNCTION public.use_session(p_purchase_id uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: use'
    AS $$
    WITH taken AS (
        UPDATE public.client_purchases
        SET sessions_used = sessions_used + 1
        WHERE id = p_purchase_id
            AND sessions_used < sessions_total
            AND (expires_at IS NULL OR expires_at > now())
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM taken)
$$;

COMMENT ON FUNCTION public.use_session(p_purchase_id uuid) IS 'Studio: takes one session from a purchase; returns whether a session was taken.';

CREATE FUNCTION public.write_import(p_import_id uuid, p_first integer, p_last integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: import'
    AS $$
DECLARE
    v_written int;
BEGIN
    INSERT INTO public.clients (id, org_id, full_name, email, phone, notes)
    SELECT client_id, org_id, full_name, email, phone, notes
    FROM public.import_rows
    WHERE import_id = p_import_id
        AND position BETWEEN p_first AND p_last
        AND adds_client
        AND full_name IS NOT NULL
    ORDER BY position
    ON CONFLICT (id) DO NOTHING;

    INSERT INTO public.client_purchases (
        id, org_id, client_id, offer_id, sessions_total, sessions_used, amount_paid_cents,
        currency, payment_status, purchased_at, expires_at
    )
    SELECT
        planned.purchase_id, planned.org_id, client.id, offer.id, planned.sessions_total,
        planned.sessions_used, planned.amount_paid_cents, planned.currency, 'succeeded',
        planned.purchased_at, planned.expires_at
    FROM public.import_rows AS planned
    INNER JOIN public.clients AS client
        ON client.id = planned.client_id
    INNER JOIN public.offers AS offer
        ON offer.id = planned.offer_id
    WHERE planned.import_id = p_import_id
        AND planned.position BETWEEN p_first AND p_last
        AND planned.purchase_id IS NOT NULL
        -- No index has this condition. With =, the planner read every client of the org for each
        -- row, because the statistics are older than the import.
        AND client.org_id IS NOT DISTINCT FROM planned.org_id
        AND offer.org_id IS NOT DISTINCT FROM planned.org_id
    ORDER BY planned.position
    ON CONFLICT (id) DO NOTHING;
    GET DIAGNOSTICS v_written = ROW_COUNT;

    UPDATE public.import_rows
    SET full_name = NULL, email = NULL, phone = NULL, notes = NULL
    WHERE import_id = p_import_id
        AND position BETWEEN p_first AND p_last
        AND adds_client;
    RETURN v_written;
END
$$;

COMMENT ON FUNCTION public.write_import(p_import_id uuid, p_first integer, p_last integer) IS 'Studio: inserts what an import adds between two positions; returns how many purchases.';

CREATE FUNCTION public.write_search_terms(p_client_id uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    DELETE FROM public.client_search_terms WHERE client_id = p_client_id;
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT DISTINCT client.org_id, term, client.id
    FROM public.clients AS client,
        public.clients AS record,
        LATERAL public.search_terms(record.full_name, record.email, record.phone) AS term
    WHERE client.id = p_client_id
        AND record.id IN (
            SELECT p_client_id
            UNION ALL
            SELECT client_id FROM public.merged_clients WHERE kept_client_id = p_client_id
        )
        AND NOT EXISTS (SELECT FROM public.merged_clients WHERE client_id = p_client_id)
$$;

COMMENT ON FUNCTION public.write_search_terms(p_client_id uuid) IS 'Studio: writes the search terms of a client and of the records that were merged into it.';

CREATE TABLE public.allowance_locks (
    client_id uuid NOT NULL
);

COMMENT ON TABLE public.allowance_locks IS 'Studio: a row for each client, which a reinstatement within an allowance locks.';

COMMENT ON COLUMN public.allowance_locks.client_id IS 'The client. It has no foreign key, because a check of one would wait for other programs.';

CREATE TABLE public.cancelled_class_lines (
    request_id uuid NOT NULL,
    cancelled_class_id uuid NOT NULL,
    purchase_id uuid NOT NULL
);

COMMENT ON TABLE public.cancelled_class_lines IS 'Studio: the purchases of a list of a cancelled class.';

COMMENT ON COLUMN public.cancelled_class_lines.request_id IS 'The id of the request for this purchase in session_requests. The request is written later.';

COMMENT ON COLUMN public.cancelled_class_lines.cancelled_class_id IS 'The list.';

COMMENT ON COLUMN public.cancelled_class_lines.purchase_id IS 'The purchase. It has no foreign key, because another program may delete the purchase.';

CREATE TABLE public.cancelled_classes (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    actor_id bigint NOT NULL,
    reason text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT cancelled_classes_reason_is_a_code CHECK ((reason ~ '^[a-z][a-z0-9_]*$'::text))
);

COMMENT ON TABLE public.cancelled_classes IS 'Studio: lists of purchases that get one session back each because a class was cancelled.';

COMMENT ON COLUMN public.cancelled_classes.id IS 'The idempotency key, made with the form before the click.';

COMMENT ON COLUMN public.cancelled_classes.org_id IS 'The org whose class was cancelled.';

COMMENT ON COLUMN public.cancelled_classes.actor_id IS 'The user who wrote the list.';

COMMENT ON COLUMN public.cancelled_classes.reason IS 'The code of the reason.';

COMMENT ON COLUMN public.cancelled_classes.note IS 'What the person added in their own words.';

COMMENT ON COLUMN public.cancelled_classes.created_at IS 'The time when the list was written.';

CREATE TABLE public.client_events (
    id bigint NOT NULL,
    org_id uuid NOT NULL,
    client_id uuid NOT NULL,
    kind text NOT NULL,
    org_id_before uuid,
    full_name_before text,
    full_name text,
    email_before text,
    email text,
    phone_before text,
    phone text,
    notes_before text,
    notes text,
    status_before text,
    status text,
    other_client_id uuid,
    request_id uuid,
    reverses_id bigint,
    db_role text NOT NULL,
    occurred_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    xact_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    erased_at timestamp with time zone,
    CONSTRAINT client_events_a_merge_has_another_client CHECK (((kind = ANY (ARRAY['merged'::text, 'unmerged'::text])) = (other_client_id IS NOT NULL))),
    CONSTRAINT client_events_an_erased_one_is_empty CHECK (((erased_at IS NULL) OR (num_nonnulls(full_name_before, full_name, email_before, email, phone_before, phone, notes_before, notes) = 0))),
    CONSTRAINT client_events_are_changes CHECK (((kind = ANY (ARRAY['opened'::text, 'added'::text, 'deleted'::text])) OR (erased_at IS NOT NULL) OR ((((((org_id IS DISTINCT FROM org_id_before) OR (full_name IS DISTINCT FROM full_name_before)) OR (email IS DISTINCT FROM email_before)) OR (phone IS DISTINCT FROM phone_before)) OR (notes IS DISTINCT FROM notes_before)) OR (status IS DISTINCT FROM status_before)))),
    CONSTRAINT client_events_have_an_org_before CHECK (((kind = ANY (ARRAY['opened'::text, 'added'::text])) = (org_id_before IS NULL))),
    CONSTRAINT client_events_kind_is_known CHECK ((kind = ANY (ARRAY['opened'::text, 'added'::text, 'edited'::text, 'corrected'::text, 'merged'::text, 'unmerged'::text, 'erased'::text, 'deleted'::text])))
);

COMMENT ON TABLE public.client_events IS 'Studio: the ledger of clients. Append-only, but the personal values of an event can be erased.';

COMMENT ON COLUMN public.client_events.id IS 'The number of the event.';

COMMENT ON COLUMN public.client_events.org_id IS 'The org after the event; of a deleted client, its last org.';

COMMENT ON COLUMN public.client_events.client_id IS 'The client. It has no foreign key, because the ledger outlives the client.';

COMMENT ON COLUMN public.client_events.kind IS 'What happened: opened, added, edited, corrected, merged, unmerged, erased or deleted.';

COMMENT ON COLUMN public.client_events.org_id_before IS 'The org before the event, or null if the event added the client.';

COMMENT ON COLUMN public.client_events.full_name_before IS 'The name before the event.';

COMMENT ON COLUMN public.client_events.full_name IS 'The name after the event.';

COMMENT ON COLUMN public.client_events.email_before IS 'The e-mail before the event.';

COMMENT ON COLUMN public.client_events.email IS 'The e-mail after the event.';

COMMENT ON COLUMN public.client_events.phone_before IS 'The phone number before the event.';

COMMENT ON COLUMN public.client_events.phone IS 'The phone number after the event.';

COMMENT ON COLUMN public.client_events.notes_before IS 'The notes before the event.';

COMMENT ON COLUMN public.client_events.notes IS 'The notes after the event.';

COMMENT ON COLUMN public.client_events.status_before IS 'The status before the event.';

COMMENT ON COLUMN public.client_events.status IS 'The status after the event.';

COMMENT ON COLUMN public.client_events.other_client_id IS 'The other client of a merge: the kept one, or the one that was merged into this client.';

COMMENT ON COLUMN public.client_events.request_id IS 'The request that caused the event, or null if another program made the change.';

COMMENT ON COLUMN public.client_events.reverses_id IS 'The event that this event undoes.';

COMMENT ON COLUMN public.client_events.db_role IS 'The database role, with " for " and the subject of the JWT if there is one. A caller can set it.';

COMMENT ON COLUMN public.client_events.occurred_at IS 'The time of the change.';

COMMENT ON COLUMN public.client_events.xact_id IS 'The transaction of the change.';

COMMENT ON COLUMN public.client_events.erased_at IS 'The time when erase_client() emptied the name, the e-mail, the phone number and the notes.';

ALTER TABLE public.client_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.client_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.client_purchases (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    amount_paid_cents integer NOT NULL,
    currency text DEFAULT 'aud'::text NOT NULL,
    sessions_total integer,
    sessions_used integer DEFAULT 0,
    sessions_remaining integer GENERATED ALWAYS AS ((sessions_total - sessions_used)) STORED,
    purchased_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    payment_status text DEFAULT 'pending'::text,
    payment_method text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    client_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    org_id uuid NOT NULL,
    CONSTRAINT client_purchases_payment_status_check CHECK ((payment_status = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text, 'refunded'::text]))),
    CONSTRAINT sessions_used_is_between_0_and_total CHECK (((sessions_used >= 0) AND ((sessions_total IS NULL) OR (sessions_used <= sessions_total))))
);

COMMENT ON CONSTRAINT sessions_used_is_between_0_and_total ON public.client_purchases IS 'Studio: the number of used sessions is between 0 and the number of bought sessions.';

CREATE TABLE public.client_requests (
    request_id uuid NOT NULL,
    operation text NOT NULL,
    org_id uuid NOT NULL,
    client_id uuid NOT NULL,
    other_client_id uuid,
    event_id bigint,
    actor_id bigint NOT NULL,
    refusal text,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    claimed_xact_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    file_name text,
    CONSTRAINT client_requests_merge_has_two_clients CHECK ((((operation = ANY (ARRAY['merge_client'::text, 'undo_merge'::text])) = (other_client_id IS NOT NULL)) AND ((other_client_id IS NULL) OR (other_client_id <> client_id)))),
    CONSTRAINT client_requests_only_imports_name_a_file CHECK (((operation = ANY (ARRAY['import'::text, 'undo_import'::text])) OR (file_name IS NULL))),
    CONSTRAINT client_requests_operation_is_known CHECK ((operation = ANY (ARRAY['add_client'::text, 'edit_client'::text, 'merge_client'::text, 'undo_merge'::text, 'import'::text, 'undo_import'::text]))),
    CONSTRAINT client_requests_undo_names_an_event CHECK (((operation = 'undo_merge'::text) = (event_id IS NOT NULL)))
);

COMMENT ON TABLE public.client_requests IS 'Studio: what a person asked for about a client, once per request id. Append-only.';

COMMENT ON COLUMN public.client_requests.request_id IS 'The id of the request, made by the page before the click.';

COMMENT ON COLUMN public.client_requests.operation IS 'What was asked: add_client, edit_client, merge_client, undo_merge, import or undo_import.';

COMMENT ON COLUMN public.client_requests.org_id IS 'The org of the person who asked.';

COMMENT ON COLUMN public.client_requests.client_id IS 'The client; in a merge, the one that is kept. It has no foreign key, as the ledger.';

COMMENT ON COLUMN public.client_requests.other_client_id IS 'The client that is merged into the kept one.';

COMMENT ON COLUMN public.client_requests.event_id IS 'The event of the merge that is undone.';

COMMENT ON COLUMN public.client_requests.actor_id IS 'The user who asked.';

COMMENT ON COLUMN public.client_requests.refusal IS 'The code of the refusal, or null if none was known when the request came.';

COMMENT ON COLUMN public.client_requests.asked_at IS 'The time when the request came.';

COMMENT ON COLUMN public.client_requests.claimed_xact_id IS 'The transaction that inserted the request. No later transaction may write an event for it.';

COMMENT ON COLUMN public.client_requests.file_name IS 'The name of the file of an import.';

CREATE TABLE public.client_search_terms (
    org_id uuid NOT NULL,
    term text NOT NULL COLLATE pg_catalog."C",
    client_id uuid NOT NULL
);

COMMENT ON TABLE public.client_search_terms IS 'Studio: the words that find a client. Triggers on clients write it; do not change it by hand.';

COMMENT ON COLUMN public.client_search_terms.org_id IS 'The org of the client.';

COMMENT ON COLUMN public.client_search_terms.term IS 'A folded word, a space, and the initials of all words of the client, as in "ana ar".';

COMMENT ON COLUMN public.client_search_terms.client_id IS 'The client that the term finds.';

CREATE TABLE public.clients (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    full_name text NOT NULL,
    email text,
    phone text,
    status text DEFAULT 'active'::text NOT NULL,
    notes text,
    org_id uuid NOT NULL
);

CREATE TABLE public.expiry_events (
    id bigint NOT NULL,
    org_id uuid NOT NULL,
    purchase_id uuid NOT NULL,
    kind text NOT NULL,
    expires_before timestamp with time zone,
    expires_at timestamp with time zone,
    request_id uuid,
    reverses_id bigint,
    db_role text NOT NULL,
    occurred_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    xact_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT an_extension_is_never_shorter CHECK (((kind <> 'extended'::text) OR ((expires_at > expires_before) IS TRUE))),
    CONSTRAINT expiry_events_an_undo_reverses_an_extension CHECK (((kind = 'undone'::text) = (reverses_id IS NOT NULL))),
    CONSTRAINT expiry_events_are_changes CHECK ((expires_before IS DISTINCT FROM expires_at)),
    CONSTRAINT expiry_events_kind_is_known CHECK ((kind = ANY (ARRAY['extended'::text, 'undone'::text, 'corrected'::text])))
);

COMMENT ON TABLE public.expiry_events IS 'Studio: the ledger of client_purchases.expires_at, written by triggers. Append-only.';

COMMENT ON COLUMN public.expiry_events.id IS 'The number of the event.';

COMMENT ON COLUMN public.expiry_events.org_id IS 'The org of the purchase at that time.';

COMMENT ON COLUMN public.expiry_events.purchase_id IS 'The purchase. It has no foreign key, because the ledger outlives the purchase.';

COMMENT ON COLUMN public.expiry_events.kind IS 'What happened: extended, undone or corrected.';

COMMENT ON COLUMN public.expiry_events.expires_before IS 'The expiry before the event, or null if the purchase never expired.';

COMMENT ON COLUMN public.expiry_events.expires_at IS 'The expiry after the event, or null if the purchase never expires.';

COMMENT ON COLUMN public.expiry_events.request_id IS 'The request that caused the event, or null if another program made the change.';

COMMENT ON COLUMN public.expiry_events.reverses_id IS 'The extension that this event undoes.';

COMMENT ON COLUMN public.expiry_events.db_role IS 'The database role, with " for " and the subject of the JWT if there is one. A caller can set it.';

COMMENT ON COLUMN public.expiry_events.occurred_at IS 'The time of the change.';

COMMENT ON COLUMN public.expiry_events.xact_id IS 'The transaction of the change.';

ALTER TABLE public.expiry_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.expiry_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.import_rows (
    import_id uuid NOT NULL,
    "position" integer NOT NULL,
    row_number integer NOT NULL,
    org_id uuid NOT NULL,
    client_id uuid NOT NULL,
    adds_client boolean NOT NULL,
    client_request_id uuid,
    full_name text,
    email text,
    phone text,
    notes text,
    external_id text,
    request_id uuid,
    purchase_id uuid,
    offer_id uuid,
    sessions_total integer,
    sessions_used integer,
    amount_paid_cents integer,
    currency text,
    purchased_at timestamp with time zone,
    expires_at timestamp with time zone,
    CONSTRAINT import_rows_a_client_to_add_has_a_request CHECK ((adds_client = (client_request_id IS NOT NULL))),
    CONSTRAINT import_rows_a_purchase_is_whole CHECK ((num_nulls(request_id, purchase_id, offer_id, sessions_total, sessions_used, amount_paid_cents, currency, purchased_at) = ANY (ARRAY[0, 8])))
);

COMMENT ON TABLE public.import_rows IS 'Studio: the planned rows of an import. The contact data is removed when a row is written.';

COMMENT ON COLUMN public.import_rows.import_id IS 'The import.';

COMMENT ON COLUMN public.import_rows."position" IS 'The place of the row in the plan, from 1.';

COMMENT ON COLUMN public.import_rows.row_number IS 'The number of the row in the file.';

COMMENT ON COLUMN public.import_rows.org_id IS 'The org of the import.';

COMMENT ON COLUMN public.import_rows.client_id IS 'The client. It has no foreign key, because the row is planned before the client exists.';

COMMENT ON COLUMN public.import_rows.adds_client IS 'Whether the row adds the client.';

COMMENT ON COLUMN public.import_rows.client_request_id IS 'The id of the request that adds the client, or null if the row adds none.';

COMMENT ON COLUMN public.import_rows.full_name IS 'The name of a client to add, until then.';

COMMENT ON COLUMN public.import_rows.email IS 'The e-mail of a client to add, until then.';

COMMENT ON COLUMN public.import_rows.phone IS 'The phone of a client to add, until then.';

COMMENT ON COLUMN public.import_rows.notes IS 'The note about a client to add, until then.';

COMMENT ON COLUMN public.import_rows.external_id IS 'The number of the client in the other program.';

COMMENT ON COLUMN public.import_rows.request_id IS 'The id of the request of the purchase.';

COMMENT ON COLUMN public.import_rows.purchase_id IS 'The purchase, or null if the row has none.';

COMMENT ON COLUMN public.import_rows.offer_id IS 'The offer of the purchase.';

COMMENT ON COLUMN public.import_rows.sessions_total IS 'The bought sessions.';

COMMENT ON COLUMN public.import_rows.sessions_used IS 'The used sessions.';

COMMENT ON COLUMN public.import_rows.amount_paid_cents IS 'What was paid, or 0 if unknown.';

COMMENT ON COLUMN public.import_rows.currency IS 'The currency of the amount.';

COMMENT ON COLUMN public.import_rows.purchased_at IS 'The time of the purchase.';

COMMENT ON COLUMN public.import_rows.expires_at IS 'The expiry, or null if it never expires.';

CREATE TABLE public.imports (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    actor_id bigint NOT NULL,
    file_name text NOT NULL,
    content bytea,
    content_hash text NOT NULL,
    choices jsonb DEFAULT '{}'::jsonb NOT NULL,
    plan jsonb,
    state text DEFAULT 'draft'::text NOT NULL,
    offers jsonb DEFAULT '[]'::jsonb NOT NULL,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    rows_total integer DEFAULT 0 NOT NULL,
    rows_done integer DEFAULT 0 NOT NULL,
    packs_kept integer DEFAULT 0 NOT NULL,
    clients_kept integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_at timestamp with time zone,
    worked_at timestamp with time zone,
    finished_at timestamp with time zone,
    undone_by_id bigint,
    undone_at timestamp with time zone,
    CONSTRAINT imports_an_undone_one_has_a_user CHECK (((state = ANY (ARRAY['undoing'::text, 'undone'::text])) = (undone_by_id IS NOT NULL))),
    CONSTRAINT imports_only_drafts_keep_the_file CHECK ((((content IS NOT NULL) AND (state = 'draft'::text)) OR ((content IS NULL) AND (plan IS NULL)))),
    CONSTRAINT imports_rows_done_is_between_0_and_total CHECK (((rows_done >= 0) AND (rows_done <= rows_total))),
    CONSTRAINT imports_state_is_known CHECK ((state = ANY (ARRAY['draft'::text, 'writing'::text, 'done'::text, 'undoing'::text, 'undone'::text])))
);

COMMENT ON TABLE public.imports IS 'Studio: files of other programs whose clients and purchases were imported, or will be.';

COMMENT ON COLUMN public.imports.id IS 'The id of the import; ids of its requests derive from it.';

COMMENT ON COLUMN public.imports.org_id IS 'The org that imports.';

COMMENT ON COLUMN public.imports.actor_id IS 'The user who imports.';

COMMENT ON COLUMN public.imports.file_name IS 'The name of the file.';

COMMENT ON COLUMN public.imports.content IS 'The file, until its rows are planned. Null afterwards, because only chosen columns are kept.';

COMMENT ON COLUMN public.imports.content_hash IS 'The SHA-256 of the file, in hexadecimal digits.';

COMMENT ON COLUMN public.imports.choices IS 'What the owner chose: columns, encoding, order of dates, sessions of each pack.';

COMMENT ON COLUMN public.imports.plan IS 'The preview of a draft, and digests of what it was made from; before it is made, its progress.';

COMMENT ON COLUMN public.imports.state IS 'draft, writing, done, undoing or undone.';

COMMENT ON COLUMN public.imports.offers IS 'The offers that the import adds, with their ids.';

COMMENT ON COLUMN public.imports.counts IS 'How many people and packs the preview listed.';

COMMENT ON COLUMN public.imports.rows_total IS 'The number of planned rows.';

COMMENT ON COLUMN public.imports.rows_done IS 'The number of rows that are written. An undo counts it down.';

COMMENT ON COLUMN public.imports.packs_kept IS 'The number of packs that an undo kept, because they were changed while it ran.';

COMMENT ON COLUMN public.imports.clients_kept IS 'The number of clients that an undo kept, because they were changed since the import.';

COMMENT ON COLUMN public.imports.created_at IS 'The time when the file was uploaded.';

COMMENT ON COLUMN public.imports.started_at IS 'The time of the last press, which started writing.';

COMMENT ON COLUMN public.imports.worked_at IS 'The time when the last chunk was written.';

COMMENT ON COLUMN public.imports.finished_at IS 'The time when the last row was written.';

COMMENT ON COLUMN public.imports.undone_by_id IS 'The user who undid the import.';

COMMENT ON COLUMN public.imports.undone_at IS 'The time when the undo was requested.';

CREATE TABLE public.merged_clients (
    client_id uuid NOT NULL,
    kept_client_id uuid NOT NULL,
    CONSTRAINT merged_clients_have_another_client CHECK ((client_id <> kept_client_id))
);

COMMENT ON TABLE public.merged_clients IS 'Studio: the records that were merged into another client. Functions write it.';

COMMENT ON COLUMN public.merged_clients.client_id IS 'The record that was merged.';

COMMENT ON COLUMN public.merged_clients.kept_client_id IS 'The client that was kept. No record was merged into the merged one.';

CREATE TABLE public.offer_events (
    id bigint NOT NULL,
    org_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    kind text NOT NULL,
    before jsonb,
    after jsonb,
    actor_id bigint,
    request_id uuid,
    db_role text NOT NULL,
    occurred_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    xact_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT an_offer_request_has_an_actor CHECK (((request_id IS NULL) OR (actor_id IS NOT NULL))),
    CONSTRAINT offer_events_have_a_state_after CHECK (((kind = 'deleted'::text) = (after IS NULL))),
    CONSTRAINT offer_events_have_a_state_before CHECK (((kind = 'added'::text) = (before IS NULL))),
    CONSTRAINT offer_events_kind_is_known CHECK ((kind = ANY (ARRAY['added'::text, 'changed'::text, 'retired'::text, 'restored'::text, 'deleted'::text])))
);

COMMENT ON TABLE public.offer_events IS 'Studio: the ledger of offers: who changed what, and when. Append-only.';

COMMENT ON COLUMN public.offer_events.id IS 'The number of the event.';

COMMENT ON COLUMN public.offer_events.org_id IS 'The org of the offer.';

COMMENT ON COLUMN public.offer_events.offer_id IS 'The offer. It has no foreign key, because the ledger outlives the offer.';

COMMENT ON COLUMN public.offer_events.kind IS 'What happened: added, changed, retired, restored or deleted.';

COMMENT ON COLUMN public.offer_events.before IS 'The columns of the offer before the event.';

COMMENT ON COLUMN public.offer_events.after IS 'The columns of the offer after the event.';

COMMENT ON COLUMN public.offer_events.actor_id IS 'The user who made the change, or null if another program made it. The site sets it.';

COMMENT ON COLUMN public.offer_events.request_id IS 'The id of the request that made the change, or null.';

COMMENT ON COLUMN public.offer_events.db_role IS 'The database role, with " for " and the subject of the JWT if there is one. A caller can set it.';

COMMENT ON COLUMN public.offer_events.occurred_at IS 'The time of the change.';

COMMENT ON COLUMN public.offer_events.xact_id IS 'The transaction of the change.';

ALTER TABLE public.offer_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.offer_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.offers (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    description text,
    offer_type text NOT NULL,
    price_cents integer NOT NULL,
    currency text DEFAULT 'aud'::text NOT NULL,
    sessions_included integer,
    bonus_sessions integer DEFAULT 0,
    pack_validity_days integer,
    is_active boolean DEFAULT true,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    org_id uuid NOT NULL,
    CONSTRAINT offers_offer_type_check CHECK ((offer_type = ANY (ARRAY['subscription'::text, 'session_pack'::text, 'single_session'::text])))
);

CREATE TABLE public.orgs (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    name text NOT NULL,
    slug text NOT NULL
);

CREATE TABLE public.purchase_events (
    id bigint NOT NULL,
    org_id uuid NOT NULL,
    purchase_id uuid NOT NULL,
    kind text NOT NULL,
    org_id_before uuid,
    client_id_before uuid,
    client_id uuid,
    offer_id_before uuid,
    offer_id uuid,
    sessions_total_before integer,
    sessions_total integer,
    amount_paid_cents_before integer,
    amount_paid_cents integer,
    currency_before text,
    currency text,
    payment_status_before text,
    payment_status text,
    payment_method_before text,
    payment_method text,
    purchased_at_before timestamp with time zone,
    purchased_at timestamp with time zone,
    created_at_before timestamp with time zone,
    created_at timestamp with time zone,
    expires_at timestamp with time zone,
    request_id uuid,
    reverses_id bigint,
    db_role text NOT NULL,
    occurred_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    xact_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    client_request_id uuid,
    CONSTRAINT purchase_events_a_merge_has_a_request CHECK (((kind = ANY (ARRAY['merged'::text, 'unmerged'::text])) = (client_request_id IS NOT NULL))),
    CONSTRAINT purchase_events_an_undo_reverses_an_event CHECK (((kind = ANY (ARRAY['undone'::text, 'unmerged'::text])) = (reverses_id IS NOT NULL))),
    CONSTRAINT purchase_events_are_changes CHECK (((kind = ANY (ARRAY['opened'::text, 'sold'::text, 'deleted'::text])) OR ((((((((((org_id IS DISTINCT FROM org_id_before) OR (client_id IS DISTINCT FROM client_id_before)) OR (offer_id IS DISTINCT FROM offer_id_before)) OR (sessions_total IS DISTINCT FROM sessions_total_before)) OR (amount_paid_cents IS DISTINCT FROM amount_paid_cents_before)) OR (currency IS DISTINCT FROM currency_before)) OR (payment_status IS DISTINCT FROM payment_status_before)) OR (payment_method IS DISTINCT FROM payment_method_before)) OR (purchased_at IS DISTINCT FROM purchased_at_before)) OR (created_at IS DISTINCT FROM created_at_before)))),
    CONSTRAINT purchase_events_have_a_state_after CHECK (((kind = 'deleted'::text) = (client_id IS NULL))),
    CONSTRAINT purchase_events_have_a_state_before CHECK ((((kind = ANY (ARRAY['opened'::text, 'sold'::text])) = (org_id_before IS NULL)) AND ((kind = ANY (ARRAY['opened'::text, 'sold'::text])) = (client_id_before IS NULL)))),
    CONSTRAINT purchase_events_have_an_expiry_at_the_start CHECK (((kind = ANY (ARRAY['opened'::text, 'sold'::text])) OR (expires_at IS NULL))),
    CONSTRAINT purchase_events_kind_is_known CHECK ((kind = ANY (ARRAY['opened'::text, 'sold'::text, 'corrected'::text, 'transferred'::text, 'refunded'::text, 'paid'::text, 'undone'::text, 'merged'::text, 'unmerged'::text, 'deleted'::text])))
);

COMMENT ON TABLE public.purchase_events IS 'Studio: the ledger of what was bought, by whom and how it was paid. Append-only.';

COMMENT ON COLUMN public.purchase_events.id IS 'The number of the event.';

COMMENT ON COLUMN public.purchase_events.org_id IS 'The org after the event; of a deleted purchase, its last org.';

COMMENT ON COLUMN public.purchase_events.purchase_id IS 'The purchase. It has no foreign key, because the ledger outlives the purchase.';

COMMENT ON COLUMN public.purchase_events.kind IS 'What happened: opened, sold, corrected, transferred, refunded, paid, merged, deleted, or an undo.';

COMMENT ON COLUMN public.purchase_events.org_id_before IS 'The org before the event, or null if the event began the ledger of the purchase.';

COMMENT ON COLUMN public.purchase_events.client_id_before IS 'The client before the event.';

COMMENT ON COLUMN public.purchase_events.client_id IS 'The client after the event, or null if the purchase was deleted.';

COMMENT ON COLUMN public.purchase_events.offer_id_before IS 'The offer before the event.';

COMMENT ON COLUMN public.purchase_events.offer_id IS 'The offer after the event.';

COMMENT ON COLUMN public.purchase_events.sessions_total_before IS 'The number of bought sessions before the event.';

COMMENT ON COLUMN public.purchase_events.sessions_total IS 'The number of bought sessions after the event.';

COMMENT ON COLUMN public.purchase_events.amount_paid_cents_before IS 'The price before the event.';

COMMENT ON COLUMN public.purchase_events.amount_paid_cents IS 'The price after the event.';

COMMENT ON COLUMN public.purchase_events.currency_before IS 'The currency before the event.';

COMMENT ON COLUMN public.purchase_events.currency IS 'The currency after the event.';

COMMENT ON COLUMN public.purchase_events.payment_status_before IS 'The status of the payment before the event.';

COMMENT ON COLUMN public.purchase_events.payment_status IS 'The status of the payment after the event.';

COMMENT ON COLUMN public.purchase_events.payment_method_before IS 'The method of the payment before the event.';

COMMENT ON COLUMN public.purchase_events.payment_method IS 'The method of the payment after the event.';

COMMENT ON COLUMN public.purchase_events.purchased_at_before IS 'The time of the purchase before the event.';

COMMENT ON COLUMN public.purchase_events.purchased_at IS 'The time of the purchase after the event.';

COMMENT ON COLUMN public.purchase_events.created_at_before IS 'The time of the creation before the event.';

COMMENT ON COLUMN public.purchase_events.created_at IS 'The time of the creation after the event.';

COMMENT ON COLUMN public.purchase_events.expires_at IS 'The expiry when the ledger of the purchase began. Its changes are in expiry_events.';

COMMENT ON COLUMN public.purchase_events.request_id IS 'The request that caused the event, or null if another program made the change.';

COMMENT ON COLUMN public.purchase_events.reverses_id IS 'The event that this event undoes.';

COMMENT ON COLUMN public.purchase_events.db_role IS 'The database role, with " for " and the subject of the JWT if there is one. A caller can set it.';

COMMENT ON COLUMN public.purchase_events.occurred_at IS 'The time of the change.';

COMMENT ON COLUMN public.purchase_events.xact_id IS 'The transaction of the change.';

COMMENT ON COLUMN public.purchase_events.client_request_id IS 'The request that merged two clients, or undid it, and so moved the purchase.';

ALTER TABLE public.purchase_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.purchase_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.seal_leaves (
    ledger text NOT NULL COLLATE pg_catalog."C",
    row_id text NOT NULL COLLATE pg_catalog."C",
    seal_id bigint NOT NULL,
    leaf bytea NOT NULL,
    personal_hash bytea,
    CONSTRAINT seal_leaves_ledger_is_known CHECK ((ledger = ANY (ARRAY['session_events'::text, 'expiry_events'::text, 'purchase_events'::text, 'session_requests'::text])))
);

COMMENT ON TABLE public.seal_leaves IS 'Studio: the SHA-256 of each sealed row. Append-only.';

COMMENT ON COLUMN public.seal_leaves.ledger IS 'The table of the row.';

COMMENT ON COLUMN public.seal_leaves.row_id IS 'The id of the row, as text.';

COMMENT ON COLUMN public.seal_leaves.seal_id IS 'The seal that covers the row.';

COMMENT ON COLUMN public.seal_leaves.leaf IS 'The SHA-256 of the content of the row, followed by personal_hash if there is one.';

COMMENT ON COLUMN public.seal_leaves.personal_hash IS 'The SHA-256 of a salt and the personal text of the row, or null if it had no such text.';

CREATE TABLE public.seal_salts (
    ledger text NOT NULL COLLATE pg_catalog."C",
    row_id text NOT NULL COLLATE pg_catalog."C",
    salt uuid NOT NULL
);

COMMENT ON TABLE public.seal_salts IS 'Studio: the salts of the hashes of notes and of the subjects of JWTs in seal_leaves.';

COMMENT ON COLUMN public.seal_salts.ledger IS 'The table of the row.';

COMMENT ON COLUMN public.seal_salts.row_id IS 'The id of the row, as text.';

COMMENT ON COLUMN public.seal_salts.salt IS 'The salt, a random number.';

CREATE TABLE public.seals (
    id bigint NOT NULL,
    org_id uuid NOT NULL,
    number integer NOT NULL,
    day date NOT NULL,
    lines bigint NOT NULL,
    events bigint NOT NULL,
    last_session_event_id bigint,
    last_expiry_event_id bigint,
    last_purchase_event_id bigint,
    digest bytea NOT NULL,
    hash bytea NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    xact_id xid8 NOT NULL,
    snapshot pg_snapshot NOT NULL,
    CONSTRAINT seals_are_numbered_from_1 CHECK ((number >= 1)),
    CONSTRAINT seals_cover_a_day_that_is_over CHECK ((ends_at < sealed_at)),
    CONSTRAINT seals_cover_a_line CHECK ((lines >= 1)),
    CONSTRAINT seals_events_are_lines CHECK (((events >= 0) AND (events <= lines)))
);

COMMENT ON TABLE public.seals IS 'Studio: the daily seals of the ledgers, a chain for each org. Append-only.';

COMMENT ON COLUMN public.seals.id IS 'The number of the seal among those of all orgs.';

COMMENT ON COLUMN public.seals.org_id IS 'The org, or the nil UUID for rows whose org is not in orgs.';

COMMENT ON COLUMN public.seals.number IS 'The place of the seal in the chain of its org, from 1.';

COMMENT ON COLUMN public.seals.day IS 'The day in the time zone that the org had then. A day without rows has no seal.';

COMMENT ON COLUMN public.seals.lines IS 'The number of sealed rows: events and requests.';

COMMENT ON COLUMN public.seals.events IS 'The number of sealed events, without the requests.';

COMMENT ON COLUMN public.seals.last_session_event_id IS 'The greatest id of session_events in this seal and those before it.';

COMMENT ON COLUMN public.seals.last_expiry_event_id IS 'The greatest id of expiry_events in this seal and those before it.';

COMMENT ON COLUMN public.seals.last_purchase_event_id IS 'The greatest id of purchase_events in this seal and those before it.';

COMMENT ON COLUMN public.seals.digest IS 'The SHA-256 of the leaves of the sealed rows, by ledger and id.';

COMMENT ON COLUMN public.seals.hash IS 'The seal: seal_hash() of the seal before it and of the other columns.';

COMMENT ON COLUMN public.seals.ends_at IS 'The end of the day. Rows that were written before it are in this seal or an earlier one.';

COMMENT ON COLUMN public.seals.sealed_at IS 'The time when the seal was made.';

COMMENT ON COLUMN public.seals.xact_id IS 'The transaction that made the seal. Later transactions began after the end of the day.';

COMMENT ON COLUMN public.seals.snapshot IS 'The snapshot that read the rows. A row that commits later is in a later seal.';

ALTER TABLE public.seals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.seals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.session_events (
    id bigint NOT NULL,
    org_id uuid NOT NULL,
    purchase_id uuid NOT NULL,
    kind text NOT NULL,
    delta integer NOT NULL,
    sessions_used integer,
    request_id uuid,
    reverses_id bigint,
    db_role text NOT NULL,
    occurred_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    xact_id xid8 DEFAULT pg_current_xact_id(),
    CONSTRAINT session_events_delta_fits_its_kind CHECK (
CASE kind
    WHEN 'used'::text THEN (delta = 1)
    WHEN 'reinstated'::text THEN (delta = '-1'::integer)
    WHEN 'moved'::text THEN (abs(delta) = 1)
    WHEN 'undone'::text THEN (delta <> 0)
    ELSE true
END),
    CONSTRAINT session_events_kind_is_known CHECK ((kind = ANY (ARRAY['opened'::text, 'used'::text, 'reinstated'::text, 'moved'::text, 'undone'::text, 'corrected'::text, 'deleted'::text]))),
    CONSTRAINT session_events_only_some_kinds_reverse CHECK (((reverses_id IS NULL) OR (kind = ANY (ARRAY['reinstated'::text, 'undone'::text, 'moved'::text]))))
);

COMMENT ON TABLE public.session_events IS 'Studio: the ledger of client_purchases.sessions_used, written by triggers. Append-only.';

COMMENT ON COLUMN public.session_events.id IS 'The number of the event.';

COMMENT ON COLUMN public.session_events.org_id IS 'The org of the purchase at that time.';

COMMENT ON COLUMN public.session_events.purchase_id IS 'The purchase. It has no foreign key, because the ledger outlives the purchase.';

COMMENT ON COLUMN public.session_events.kind IS 'What happened: opened, used, reinstated, moved, undone, corrected or deleted.';

COMMENT ON COLUMN public.session_events.delta IS 'The change of the number of used sessions.';

COMMENT ON COLUMN public.session_events.sessions_used IS 'The number of used sessions after the event, or null if another program set no count.';

COMMENT ON COLUMN public.session_events.request_id IS 'The request that caused the event, or null if another program made the change.';

COMMENT ON COLUMN public.session_events.reverses_id IS 'The earlier event that this event reverses.';

COMMENT ON COLUMN public.session_events.db_role IS 'The database role, with " for " and the subject of the JWT if there is one. A caller can set it.';

COMMENT ON COLUMN public.session_events.occurred_at IS 'The time of the change.';

COMMENT ON COLUMN public.session_events.xact_id IS 'The transaction of the change. Null in the oldest events of some databases.';

ALTER TABLE public.session_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.session_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.session_requests (
    request_id uuid NOT NULL,
    operation text NOT NULL,
    purchase_id uuid NOT NULL,
    event_id bigint,
    actor_id bigint NOT NULL,
    reason text,
    note text DEFAULT ''::text NOT NULL,
    refusal text,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    claimed_xact_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    extend_days integer,
    extend_until date,
    approved_by_id bigint,
    adjust_by integer,
    to_client_id uuid,
    to_purchase_id uuid,
    offer_id uuid,
    refund_cents integer,
    CONSTRAINT session_requests_approver_is_not_the_actor CHECK ((approved_by_id <> actor_id)),
    CONSTRAINT session_requests_correct_has_a_number_and_a_reason CHECK ((((operation = ANY (ARRAY['correct_used'::text, 'correct_total'::text])) = (adjust_by IS NOT NULL)) AND ((adjust_by IS NULL) OR ((adjust_by <> 0) AND (note <> ''::text))))),
    CONSTRAINT session_requests_extend_has_days_or_a_date CHECK (((operation = 'extend'::text) = (num_nonnulls(extend_days, extend_until) = 1))),
    CONSTRAINT session_requests_move_has_two_purchases CHECK ((((operation = ANY (ARRAY['move_use'::text, 'undo_move'::text])) = (to_purchase_id IS NOT NULL)) AND ((to_purchase_id IS NULL) OR (to_purchase_id <> purchase_id)))),
    CONSTRAINT session_requests_only_reinstatements_are_approved CHECK (((approved_by_id IS NULL) OR (operation = 'reinstate'::text))),
    CONSTRAINT session_requests_operation_is_known CHECK ((operation = ANY (ARRAY['reinstate'::text, 'use'::text, 'undo'::text, 'extend'::text, 'undo_extension'::text, 'correct_expiry'::text, 'correct_used'::text, 'correct_total'::text, 'transfer'::text, 'move_use'::text, 'undo_move'::text, 'refund'::text, 'receive_payment'::text, 'sell'::text, 'undo_change'::text, 'import'::text, 'undo_import'::text]))),
    CONSTRAINT session_requests_reason_is_a_code CHECK ((reason ~ '^[a-z][a-z0-9_]*$'::text)),
    CONSTRAINT session_requests_refund_has_an_amount CHECK ((((operation = 'refund'::text) = (refund_cents IS NOT NULL)) AND ((refund_cents IS NULL) OR (refund_cents >= 0)))),
    CONSTRAINT session_requests_sell_has_an_offer CHECK (((operation = 'sell'::text) = (offer_id IS NOT NULL))),
    CONSTRAINT session_requests_transfer_and_sell_have_a_client CHECK (((operation = ANY (ARRAY['transfer'::text, 'sell'::text])) = (to_client_id IS NOT NULL))),
    CONSTRAINT session_requests_undo_names_an_event CHECK (((operation <> ALL (ARRAY['undo'::text, 'undo_extension'::text, 'undo_move'::text, 'undo_change'::text])) OR (event_id IS NOT NULL)))
);

COMMENT ON TABLE public.session_requests IS 'Studio: what a person asked for, once per request id. Append-only.';

COMMENT ON COLUMN public.session_requests.request_id IS 'The idempotency key, made by the page before the click.';

COMMENT ON COLUMN public.session_requests.operation IS 'What was asked: reinstate, use, undo, extend, correct_used, transfer, and so on.';

COMMENT ON COLUMN public.session_requests.purchase_id IS 'The purchase. It has no foreign key, because another program may delete the purchase.';

COMMENT ON COLUMN public.session_requests.event_id IS 'The event that the person chose: the use to reinstate or move, or the event to undo.';

COMMENT ON COLUMN public.session_requests.actor_id IS 'The user who asked.';

COMMENT ON COLUMN public.session_requests.reason IS 'The code of the reason, or null if no reason was given.';

COMMENT ON COLUMN public.session_requests.note IS 'What the person added in their own words.';

COMMENT ON COLUMN public.session_requests.refusal IS 'The code of the refusal that the site expected, or null if it expected none.';

COMMENT ON COLUMN public.session_requests.asked_at IS 'The time when the request came.';

COMMENT ON COLUMN public.session_requests.claimed_xact_id IS 'The transaction that inserted the request. No later transaction may write an event for it.';

COMMENT ON COLUMN public.session_requests.extend_days IS 'The number of days of an extension, or null if it has a date.';

COMMENT ON COLUMN public.session_requests.extend_until IS 'The last day of an extension, or null if it has a number of days.';

COMMENT ON COLUMN public.session_requests.approved_by_id IS 'The owner who approved a reinstatement beyond the allowance.';

COMMENT ON COLUMN public.session_requests.adjust_by IS 'By how many sessions a correction changes the used or the bought ones.';

COMMENT ON COLUMN public.session_requests.to_client_id IS 'The client who gets a transferred or sold purchase.';

COMMENT ON COLUMN public.session_requests.to_purchase_id IS 'The purchase to which a use is moved, or from which the move is undone.';

COMMENT ON COLUMN public.session_requests.offer_id IS 'The offer of a sale.';

COMMENT ON COLUMN public.session_requests.refund_cents IS 'The amount of a refund that the person gave back, in the currency of the purchase.';

CREATE TABLE public.studio_allowance (
    id bigint NOT NULL,
    reason text NOT NULL,
    sessions smallint NOT NULL,
    days smallint NOT NULL,
    org_id uuid NOT NULL,
    CONSTRAINT allowance_days_is_between_1_and_3650 CHECK (((days >= 1) AND (days <= 3650))),
    CONSTRAINT allowance_reason_is_a_code CHECK ((reason ~ '^([a-z][a-z0-9_]*)?$'::text)),
    CONSTRAINT studio_allowance_days_check CHECK ((days >= 0)),
    CONSTRAINT studio_allowance_sessions_check CHECK ((sessions >= 0))
);

COMMENT ON TABLE public.studio_allowance IS 'Studio: how many sessions staff may give back to a client for a reason without an owner.';

COMMENT ON COLUMN public.studio_allowance.id IS 'The number of the allowance.';

COMMENT ON COLUMN public.studio_allowance.reason IS 'The code of the reason, or empty for reinstatements without a reason.';

COMMENT ON COLUMN public.studio_allowance.sessions IS 'The number of sessions for each client.';

COMMENT ON COLUMN public.studio_allowance.days IS 'The number of days in which they are counted.';

COMMENT ON COLUMN public.studio_allowance.org_id IS 'The org.';

ALTER TABLE public.studio_allowance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_allowance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_backup (
    id bigint NOT NULL,
    finished_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    file_name text NOT NULL,
    size_bytes bigint,
    CONSTRAINT backup_has_a_name CHECK ((NOT (file_name = ''::text))),
    CONSTRAINT backup_is_not_empty CHECK ((size_bytes > 0))
);

COMMENT ON TABLE public.studio_backup IS 'Studio: when each backup of the database was finished.';

COMMENT ON COLUMN public.studio_backup.id IS 'The id of the row.';

COMMENT ON COLUMN public.studio_backup.finished_at IS 'When the backup was finished.';

COMMENT ON COLUMN public.studio_backup.file_name IS 'The name of the file without its folder, or of the program that made the backup.';

COMMENT ON COLUMN public.studio_backup.size_bytes IS 'The size of the file, or null if another program made the backup.';

ALTER TABLE public.studio_backup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_backup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_finishedstep (
    id bigint NOT NULL,
    step text NOT NULL,
    org_id uuid NOT NULL,
    CONSTRAINT finished_step_is_a_code CHECK ((step ~ '^[a-z][a-z_]*$'::text))
);

COMMENT ON TABLE public.studio_finishedstep IS 'Studio: the first steps of an org that no other row tells of: finished, or dismissed by an owner.';

COMMENT ON COLUMN public.studio_finishedstep.id IS 'The id of the row.';

COMMENT ON COLUMN public.studio_finishedstep.step IS 'The step, as a code.';

COMMENT ON COLUMN public.studio_finishedstep.org_id IS 'The org.';

ALTER TABLE public.studio_finishedstep ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_finishedstep_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_membership (
    id bigint NOT NULL,
    role text NOT NULL,
    org_id uuid NOT NULL,
    user_id bigint NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    opened_at timestamp with time zone,
    CONSTRAINT membership_role_is_known CHECK ((role = ANY (ARRAY['owner'::text, 'staff'::text, 'accountant_readonly'::text])))
);

COMMENT ON TABLE public.studio_membership IS 'Studio: the orgs of each user, and the role in each of them.';

COMMENT ON COLUMN public.studio_membership.id IS 'The number of the membership.';

COMMENT ON COLUMN public.studio_membership.role IS 'The role: owner, staff or accountant_readonly.';

COMMENT ON COLUMN public.studio_membership.org_id IS 'The org.';

COMMENT ON COLUMN public.studio_membership.user_id IS 'The user.';

COMMENT ON COLUMN public.studio_membership.is_active IS 'False if an owner of the org switched the person off. Other memberships of the person go on.';

COMMENT ON COLUMN public.studio_membership.opened_at IS 'The time of the last sign-in to the org, or of the last switch to it.';

ALTER TABLE public.studio_membership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_passkey (
    id bigint NOT NULL,
    name text NOT NULL,
    credential_id bytea NOT NULL,
    credential bytea NOT NULL,
    sign_count bigint NOT NULL,
    added_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    user_id bigint NOT NULL
);

COMMENT ON TABLE public.studio_passkey IS 'Studio: the passkeys of people.';

COMMENT ON COLUMN public.studio_passkey.id IS 'The number of the row.';

COMMENT ON COLUMN public.studio_passkey.name IS 'The name that the person gave the passkey.';

COMMENT ON COLUMN public.studio_passkey.credential_id IS 'The id by which the device finds the passkey.';

COMMENT ON COLUMN public.studio_passkey.credential IS 'The attested credential data of WebAuthn, with the id and the public key.';

COMMENT ON COLUMN public.studio_passkey.sign_count IS 'The number of signatures that the device has reported, or 0 if it does not count them.';

COMMENT ON COLUMN public.studio_passkey.added_at IS 'The time when the person added the passkey.';

COMMENT ON COLUMN public.studio_passkey.last_used_at IS 'The time of the last sign-in with the passkey, or null.';

COMMENT ON COLUMN public.studio_passkey.user_id IS 'The user who has the passkey.';

ALTER TABLE public.studio_passkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_passkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_pin (
    membership_id bigint NOT NULL,
    hash text NOT NULL,
    key_id text NOT NULL,
    digits smallint NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT pin_digits_is_between_4_and_8 CHECK (((digits >= 4) AND (digits <= 8))),
    CONSTRAINT studio_pin_digits_check CHECK ((digits >= 0))
);

COMMENT ON TABLE public.studio_pin IS 'Studio: the PINs for shared desks.';

COMMENT ON COLUMN public.studio_pin.membership_id IS 'The membership whose PIN it is.';

COMMENT ON COLUMN public.studio_pin.hash IS 'The hash of an HMAC of the PIN by a key that is not in the database.';

COMMENT ON COLUMN public.studio_pin.key_id IS 'A digest that identifies the key, or empty if the PIN itself was hashed by an older version.';

COMMENT ON COLUMN public.studio_pin.digits IS 'The number of digits of the PIN.';

COMMENT ON COLUMN public.studio_pin.set_at IS 'The time when the PIN was set.';

CREATE TABLE public.studio_policy (
    id bigint NOT NULL,
    reason_is_mandatory boolean NOT NULL,
    org_id uuid NOT NULL,
    language text NOT NULL,
    time_zone text NOT NULL,
    desk_locks_after_minutes smallint,
    country text DEFAULT ''::text NOT NULL,
    currency text DEFAULT ''::text NOT NULL,
    staff_may_sell boolean DEFAULT true NOT NULL,
    staff_may_edit_clients boolean DEFAULT true NOT NULL,
    CONSTRAINT a_desk_locks_after_1_to_480_minutes CHECK (((desk_locks_after_minutes >= 1) AND (desk_locks_after_minutes <= 480))),
    CONSTRAINT policy_country_is_a_code CHECK ((country ~ '^([A-Z]{2})?$'::text)),
    CONSTRAINT policy_currency_is_a_code CHECK ((currency ~ '^([a-z]{3})?$'::text)),
    CONSTRAINT studio_policy_desk_locks_after_minutes_check CHECK ((desk_locks_after_minutes >= 0))
);

COMMENT ON TABLE public.studio_policy IS 'Studio: the settings that an org chose for its desk.';

COMMENT ON COLUMN public.studio_policy.id IS 'The number of the policy.';

COMMENT ON COLUMN public.studio_policy.reason_is_mandatory IS 'Whether the desk must give a reason for a reinstatement.';

COMMENT ON COLUMN public.studio_policy.org_id IS 'The org.';

COMMENT ON COLUMN public.studio_policy.language IS 'The language of the pages, or empty for the language of the browser.';

COMMENT ON COLUMN public.studio_policy.time_zone IS 'The time zone in which a day begins and ends.';

COMMENT ON COLUMN public.studio_policy.desk_locks_after_minutes IS 'The minutes without activity after which the desk locks, or null for 15 minutes.';

COMMENT ON COLUMN public.studio_policy.country IS 'The country as two capital letters (ISO 3166), or empty if the org chose none.';

COMMENT ON COLUMN public.studio_policy.currency IS 'The currency of new offers as three small letters (ISO 4217), or empty if the org chose none.';

COMMENT ON COLUMN public.studio_policy.staff_may_sell IS 'Whether the staff may sell offers.';

COMMENT ON COLUMN public.studio_policy.staff_may_edit_clients IS 'Whether the staff may add, edit and merge clients.';

ALTER TABLE public.studio_policy ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_policy_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_ratelimit (
    key text NOT NULL,
    account text NOT NULL,
    level double precision NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    free_at timestamp with time zone NOT NULL,
    wrong_tries integer NOT NULL,
    wrong_since timestamp with time zone,
    lifted_at timestamp with time zone,
    CONSTRAINT studio_ratelimit_wrong_tries_check CHECK ((wrong_tries >= 0))
);

COMMENT ON TABLE public.studio_ratelimit IS 'Studio: the recent wrong tries of each account, address and browser, and of the whole site.';

COMMENT ON COLUMN public.studio_ratelimit.key IS 'A digest of the user name, address or browser, made with a key that is not in the database.';

COMMENT ON COLUMN public.studio_ratelimit.account IS 'The key of the account, in rows of an account and of its browsers. Otherwise empty.';

COMMENT ON COLUMN public.studio_ratelimit.level IS 'The wrong tries at the time counted_at, less those that were forgotten with time.';

COMMENT ON COLUMN public.studio_ratelimit.counted_at IS 'The time of the last try.';

COMMENT ON COLUMN public.studio_ratelimit.free_at IS 'The time from which a try is checked.';

COMMENT ON COLUMN public.studio_ratelimit.wrong_tries IS 'The wrong tries since the last sign-in of the account, of which the person is told.';

COMMENT ON COLUMN public.studio_ratelimit.wrong_since IS 'The time of the first of wrong_tries.';

COMMENT ON COLUMN public.studio_ratelimit.lifted_at IS 'The time when an owner last ended the delays of the account.';

CREATE TABLE public.studio_recoverycode (
    id bigint NOT NULL,
    hash text NOT NULL,
    user_id bigint NOT NULL
);

COMMENT ON TABLE public.studio_recoverycode IS 'Studio: the recovery codes that were not used. Using a code deletes its row.';

COMMENT ON COLUMN public.studio_recoverycode.id IS 'The number of the row.';

COMMENT ON COLUMN public.studio_recoverycode.hash IS 'The HMAC of the code by a key that is not in the database.';

COMMENT ON COLUMN public.studio_recoverycode.user_id IS 'The user whose code it is.';

ALTER TABLE public.studio_recoverycode ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_recoverycode_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_secondfactorrole (
    id bigint NOT NULL,
    role text NOT NULL,
    policy_id bigint NOT NULL,
    CONSTRAINT second_factor_role_is_known CHECK ((role = ANY (ARRAY['owner'::text, 'staff'::text, 'accountant_readonly'::text])))
);

COMMENT ON TABLE public.studio_secondfactorrole IS 'Studio: the roles whose members need a second factor.';

COMMENT ON COLUMN public.studio_secondfactorrole.id IS 'The number of the row.';

COMMENT ON COLUMN public.studio_secondfactorrole.role IS 'The role, as in studio_membership.';

COMMENT ON COLUMN public.studio_secondfactorrole.policy_id IS 'The policy of the org.';

ALTER TABLE public.studio_secondfactorrole ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_secondfactorrole_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_security_event (
    id bigint NOT NULL,
    occurred_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    kind text NOT NULL,
    org_id uuid,
    account_id bigint,
    actor_id bigint,
    door text NOT NULL,
    address text NOT NULL,
    unknown_name text NOT NULL,
    detail text NOT NULL,
    log_id text NOT NULL,
    CONSTRAINT security_event_kind_is_a_code CHECK ((kind ~ '^[a-z][a-z_]*$'::text))
);

COMMENT ON TABLE public.studio_security_event IS 'Studio: the security log: sign-ins, wrong secrets, changes of accounts, refusals. Append-only.';

COMMENT ON COLUMN public.studio_security_event.id IS 'The number of the event.';

COMMENT ON COLUMN public.studio_security_event.occurred_at IS 'The time by the clock of the database.';

COMMENT ON COLUMN public.studio_security_event.kind IS 'What happened, as a code.';

COMMENT ON COLUMN public.studio_security_event.org_id IS 'The org of the account, or else of the person who acted. Null without one.';

COMMENT ON COLUMN public.studio_security_event.account_id IS 'The user whom the event is about, or null for an unknown name.';

COMMENT ON COLUMN public.studio_security_event.actor_id IS 'The user who acted, or null before a sign-in and at a locked desk.';

COMMENT ON COLUMN public.studio_security_event.door IS 'The page on which it happened, as a code.';

COMMENT ON COLUMN public.studio_security_event.address IS 'The address of the browser, or empty if it is not known.';

COMMENT ON COLUMN public.studio_security_event.unknown_name IS 'A digest of a name without an account, made with a key that is not in the database.';

COMMENT ON COLUMN public.studio_security_event.detail IS 'Codes and ids that belong to the kind, such as the roles before and after.';

COMMENT ON COLUMN public.studio_security_event.log_id IS 'The id of the request, which the lines of the log have too.';

ALTER TABLE public.studio_security_event ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.studio_security_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_session (
    session_key character varying(64) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL,
    acting_id bigint,
    user_id bigint,
    signed_in_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    last_used_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    browser text DEFAULT ''::text NOT NULL,
    membership_id bigint
);

COMMENT ON TABLE public.studio_session IS 'Studio: the signed-in browsers.';

COMMENT ON COLUMN public.studio_session.session_key IS 'The SHA-256 of the key in the browser''s cookie, in hexadecimal.';

COMMENT ON COLUMN public.studio_session.session_data IS 'The signed data of the session.';

COMMENT ON COLUMN public.studio_session.expire_date IS 'The time when the session expires.';

COMMENT ON COLUMN public.studio_session.acting_id IS 'The membership of the acting member at a shared desk. Only session_data is trusted.';

COMMENT ON COLUMN public.studio_session.user_id IS 'The signed-in user. Only session_data is trusted.';

COMMENT ON COLUMN public.studio_session.signed_in_at IS 'The time of the sign-in.';

COMMENT ON COLUMN public.studio_session.last_used_at IS 'The time of the last request of a person, as of a minute.';

COMMENT ON COLUMN public.studio_session.browser IS 'The short name of the browser that signed in, or empty if it is unknown.';

COMMENT ON COLUMN public.studio_session.membership_id IS 'The membership that the session has open. Only session_data is trusted.';

CREATE TABLE public.studio_totp (
    user_id bigint NOT NULL,
    secret text NOT NULL,
    last_counter bigint NOT NULL,
    added_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.studio_totp IS 'Studio: the authenticator apps of people.';

COMMENT ON COLUMN public.studio_totp.user_id IS 'The user who has the app.';

COMMENT ON COLUMN public.studio_totp.secret IS 'The secret of the app, encrypted with a key that is not in the database.';

COMMENT ON COLUMN public.studio_totp.last_counter IS 'The 30-second step of the last code that was used. Only later codes are accepted.';

COMMENT ON COLUMN public.studio_totp.added_at IS 'The time when the person added the app.';

CREATE TABLE public.studio_user (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    is_superuser boolean NOT NULL,
    username character varying(150) NOT NULL,
    first_name character varying(150) NOT NULL,
    last_name character varying(150) NOT NULL,
    email character varying(254) NOT NULL,
    is_staff boolean NOT NULL,
    is_active boolean NOT NULL,
    date_joined timestamp with time zone NOT NULL
);

COMMENT ON TABLE public.studio_user IS 'Studio: the people who sign in.';

COMMENT ON COLUMN public.studio_user.id IS 'The number of the user.';

COMMENT ON COLUMN public.studio_user.password IS 'The hash of the password.';

COMMENT ON COLUMN public.studio_user.last_login IS 'The time of the last sign-in.';

COMMENT ON COLUMN public.studio_user.is_superuser IS 'Whether the user may do everything in the admin.';

COMMENT ON COLUMN public.studio_user.username IS 'The name with which the user signs in.';

COMMENT ON COLUMN public.studio_user.first_name IS 'The name that colleagues see at the desk.';

COMMENT ON COLUMN public.studio_user.last_name IS 'The family name.';

COMMENT ON COLUMN public.studio_user.email IS 'The e-mail address.';

COMMENT ON COLUMN public.studio_user.is_staff IS 'Whether the user may open the admin.';

COMMENT ON COLUMN public.studio_user.is_active IS 'Whether the user may sign in.';

COMMENT ON COLUMN public.studio_user.date_joined IS 'The time when the account was made.';

CREATE TABLE public.studio_user_groups (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    group_id integer NOT NULL
);

COMMENT ON TABLE public.studio_user_groups IS 'Studio: the groups of each user, as Django keeps them.';

COMMENT ON COLUMN public.studio_user_groups.id IS 'The number of the row.';

COMMENT ON COLUMN public.studio_user_groups.user_id IS 'The user.';

COMMENT ON COLUMN public.studio_user_groups.group_id IS 'The group.';

ALTER TABLE public.studio_user_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_user_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.studio_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_user_user_permissions (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    permission_id integer NOT NULL
);

COMMENT ON TABLE public.studio_user_user_permissions IS 'Studio: the permissions of each user, as Django keeps them.';

COMMENT ON COLUMN public.studio_user_user_permissions.id IS 'The number of the row.';

COMMENT ON COLUMN public.studio_user_user_permissions.user_id IS 'The user.';

COMMENT ON COLUMN public.studio_user_user_permissions.permission_id IS 'The permission.';

ALTER TABLE public.studio_user_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_user_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public.cancelled_class_lines
    ADD CONSTRAINT a_cancelled_class_has_a_purchase_once UNIQUE (cancelled_class_id, purchase_id);

ALTER TABLE ONLY public.client_events
    ADD CONSTRAINT a_client_event_is_undone_once UNIQUE (reverses_id);

ALTER TABLE ONLY public.purchase_events
    ADD CONSTRAINT a_merge_has_one_event_for_each_purchase UNIQUE (client_request_id, purchase_id);

ALTER TABLE ONLY public.studio_membership
    ADD CONSTRAINT a_person_has_one_membership_of_an_org UNIQUE (user_id, org_id);

ALTER TABLE ONLY public.studio_secondfactorrole
    ADD CONSTRAINT a_policy_names_a_second_factor_role_once UNIQUE (policy_id, role);

ALTER TABLE ONLY public.purchase_events
    ADD CONSTRAINT a_purchase_event_is_undone_once UNIQUE (reverses_id);

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT a_request_has_one_event UNIQUE (request_id, purchase_id);

ALTER TABLE ONLY public.client_events
    ADD CONSTRAINT a_request_has_one_event_for_each_client UNIQUE (request_id, client_id);

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT a_request_has_one_expiry_event UNIQUE (request_id);

ALTER TABLE ONLY public.purchase_events
    ADD CONSTRAINT a_request_has_one_purchase_event UNIQUE (request_id);

ALTER TABLE ONLY public.seal_salts
    ADD CONSTRAINT a_row_has_one_salt PRIMARY KEY (ledger, row_id);

ALTER TABLE ONLY public.seal_leaves
    ADD CONSTRAINT a_row_is_sealed_once PRIMARY KEY (ledger, row_id);

ALTER TABLE ONLY public.allowance_locks
    ADD CONSTRAINT allowance_locks_pkey PRIMARY KEY (client_id);

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT an_event_is_reversed_once UNIQUE (reverses_id);

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT an_extension_is_undone_once UNIQUE (reverses_id);

ALTER TABLE ONLY public.offer_events
    ADD CONSTRAINT an_offer_request_has_one_event UNIQUE (request_id);

ALTER TABLE ONLY public.studio_finishedstep
    ADD CONSTRAINT an_org_finishes_a_step_once UNIQUE (org_id, step);

ALTER TABLE ONLY public.studio_allowance
    ADD CONSTRAINT an_org_has_one_allowance_per_reason UNIQUE (org_id, reason);

ALTER TABLE ONLY public.seals
    ADD CONSTRAINT an_org_has_one_seal_per_day UNIQUE (org_id, day);

ALTER TABLE ONLY public.seals
    ADD CONSTRAINT an_org_has_one_seal_per_number UNIQUE (org_id, number);

ALTER TABLE ONLY public.cancelled_class_lines
    ADD CONSTRAINT cancelled_class_lines_pkey PRIMARY KEY (request_id);

ALTER TABLE ONLY public.cancelled_classes
    ADD CONSTRAINT cancelled_classes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.client_events
    ADD CONSTRAINT client_events_of_one_client UNIQUE (client_id, id);

ALTER TABLE ONLY public.client_events
    ADD CONSTRAINT client_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.client_purchases
    ADD CONSTRAINT client_purchases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.client_requests
    ADD CONSTRAINT client_requests_pkey PRIMARY KEY (request_id);

ALTER TABLE ONLY public.client_search_terms
    ADD CONSTRAINT client_search_terms_pkey PRIMARY KEY (org_id, term, client_id);

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT expiry_events_of_one_purchase UNIQUE (purchase_id, id);

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT expiry_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.import_rows
    ADD CONSTRAINT import_rows_pkey PRIMARY KEY (import_id, "position");

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.merged_clients
    ADD CONSTRAINT merged_clients_pkey PRIMARY KEY (client_id);

ALTER TABLE ONLY public.offer_events
    ADD CONSTRAINT offer_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.offers
    ADD CONSTRAINT offers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.orgs
    ADD CONSTRAINT orgs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.orgs
    ADD CONSTRAINT orgs_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.purchase_events
    ADD CONSTRAINT purchase_events_of_one_purchase UNIQUE (purchase_id, id);

ALTER TABLE ONLY public.purchase_events
    ADD CONSTRAINT purchase_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.seals
    ADD CONSTRAINT seals_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT session_events_of_one_purchase UNIQUE (purchase_id, id);

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT session_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.session_requests
    ADD CONSTRAINT session_requests_pkey PRIMARY KEY (request_id);

ALTER TABLE ONLY public.studio_allowance
    ADD CONSTRAINT studio_allowance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_backup
    ADD CONSTRAINT studio_backup_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_finishedstep
    ADD CONSTRAINT studio_finishedstep_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_membership
    ADD CONSTRAINT studio_membership_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_passkey
    ADD CONSTRAINT studio_passkey_credential_id_key UNIQUE (credential_id);

ALTER TABLE ONLY public.studio_passkey
    ADD CONSTRAINT studio_passkey_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_pin
    ADD CONSTRAINT studio_pin_pkey PRIMARY KEY (membership_id);

ALTER TABLE ONLY public.studio_policy
    ADD CONSTRAINT studio_policy_org_id_key UNIQUE (org_id);

ALTER TABLE ONLY public.studio_policy
    ADD CONSTRAINT studio_policy_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_ratelimit
    ADD CONSTRAINT studio_ratelimit_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.studio_recoverycode
    ADD CONSTRAINT studio_recoverycode_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.studio_recoverycode
    ADD CONSTRAINT studio_recoverycode_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_secondfactorrole
    ADD CONSTRAINT studio_secondfactorrole_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_security_event
    ADD CONSTRAINT studio_security_event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_session
    ADD CONSTRAINT studio_session_pkey PRIMARY KEY (session_key);

ALTER TABLE ONLY public.studio_totp
    ADD CONSTRAINT studio_totp_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.studio_user_groups
    ADD CONSTRAINT studio_user_groups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_user_groups
    ADD CONSTRAINT studio_user_groups_user_id_group_id_893bfb84_uniq UNIQUE (user_id, group_id);

ALTER TABLE ONLY public.studio_user
    ADD CONSTRAINT studio_user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_user_user_permissions
    ADD CONSTRAINT studio_user_user_permiss_user_id_permission_id_f01a0b6b_uniq UNIQUE (user_id, permission_id);

ALTER TABLE ONLY public.studio_user_user_permissions
    ADD CONSTRAINT studio_user_user_permissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_user
    ADD CONSTRAINT studio_user_username_key UNIQUE (username);

CREATE INDEX cancelled_classes_newest_first ON public.cancelled_classes USING btree (org_id, created_at DESC);

CREATE INDEX cancelled_classes_of_an_actor ON public.cancelled_classes USING btree (actor_id);

CREATE INDEX client_events_of_another_client ON public.client_events USING btree (other_client_id) WHERE (other_client_id IS NOT NULL);

CREATE INDEX client_requests_of_a_client ON public.client_requests USING btree (client_id);

CREATE INDEX client_requests_of_an_actor ON public.client_requests USING btree (actor_id);

CREATE INDEX client_search_terms_of_a_client ON public.client_search_terms USING btree (client_id, term);

CREATE INDEX clients_newest_first ON public.clients USING btree (org_id, created_at DESC);

CREATE INDEX expiry_events_by_transaction ON public.expiry_events USING btree (org_id, xact_id) INCLUDE (purchase_id);

CREATE INDEX import_rows_by_external_id ON public.import_rows USING btree (org_id, external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX imports_newest_first ON public.imports USING btree (org_id, created_at DESC);

CREATE INDEX imports_of_an_actor ON public.imports USING btree (actor_id);

CREATE INDEX merged_clients_of_a_kept_client ON public.merged_clients USING btree (kept_client_id);

CREATE INDEX offer_events_of_an_offer ON public.offer_events USING btree (offer_id, id);

CREATE INDEX orgs_slug_979b3c5a_like ON public.orgs USING btree (slug text_pattern_ops);

CREATE INDEX purchase_events_by_transaction ON public.purchase_events USING btree (org_id, xact_id) INCLUDE (purchase_id);

CREATE INDEX purchase_events_of_a_former_client ON public.purchase_events USING btree (client_id_before) INCLUDE (purchase_id) WHERE (client_id_before <> client_id);

CREATE INDEX purchases_by_expiry ON public.client_purchases USING btree (org_id, expires_at, id);

CREATE INDEX purchases_newest_first ON public.client_purchases USING btree (org_id, purchased_at DESC, id DESC) INCLUDE (client_id);

CREATE INDEX purchases_of_a_client ON public.client_purchases USING btree (client_id, purchased_at DESC, id DESC) INCLUDE (org_id);

CREATE INDEX purchases_of_an_offer ON public.client_purchases USING btree (offer_id);

CREATE INDEX purchases_unpaid ON public.client_purchases USING btree (org_id) WHERE (NOT ((payment_status = ANY (ARRAY['succeeded'::text, 'refunded'::text])) AND (payment_status IS NOT NULL)));

CREATE INDEX security_events_of_org ON public.studio_security_event USING btree (org_id, id);

CREATE INDEX session_events_by_transaction ON public.session_events USING btree (org_id, xact_id) INCLUDE (purchase_id) WHERE (xact_id IS NOT NULL);

CREATE INDEX session_events_reinstated ON public.session_events USING btree (org_id, occurred_at) WHERE (kind = 'reinstated'::text);

CREATE INDEX session_requests_of_a_purchase ON public.session_requests USING btree (purchase_id, asked_at);

CREATE INDEX session_requests_of_an_actor ON public.session_requests USING btree (actor_id);

CREATE INDEX session_requests_of_an_approver ON public.session_requests USING btree (approved_by_id) WHERE (approved_by_id IS NOT NULL);

CREATE INDEX session_requests_to_a_purchase ON public.session_requests USING btree (to_purchase_id) WHERE (to_purchase_id IS NOT NULL);

CREATE INDEX studio_allowance_org_id_1916f192 ON public.studio_allowance USING btree (org_id);

CREATE INDEX studio_finishedstep_org_id_6a7e2fcc ON public.studio_finishedstep USING btree (org_id);

CREATE INDEX studio_membership_org_id_18374ae0 ON public.studio_membership USING btree (org_id);

CREATE INDEX studio_passkey_user_id_320b1316 ON public.studio_passkey USING btree (user_id);

CREATE INDEX studio_ratelimit_account_ec666517 ON public.studio_ratelimit USING btree (account);

CREATE INDEX studio_ratelimit_account_ec666517_like ON public.studio_ratelimit USING btree (account text_pattern_ops);

CREATE INDEX studio_ratelimit_key_a1ef96d0_like ON public.studio_ratelimit USING btree (key text_pattern_ops);

CREATE INDEX studio_recoverycode_hash_442c147f_like ON public.studio_recoverycode USING btree (hash text_pattern_ops);

CREATE INDEX studio_recoverycode_user_id_c78092df ON public.studio_recoverycode USING btree (user_id);

CREATE INDEX studio_secondfactorrole_policy_id_df2571b4 ON public.studio_secondfactorrole USING btree (policy_id);

CREATE INDEX studio_session_expire_date_8aadcb6d ON public.studio_session USING btree (expire_date);

CREATE INDEX studio_session_session_key_87c28d6f_like ON public.studio_session USING btree (session_key varchar_pattern_ops);

CREATE INDEX studio_user_groups_group_id_d592e493 ON public.studio_user_groups USING btree (group_id);

CREATE INDEX studio_user_groups_user_id_385f0f1c ON public.studio_user_groups USING btree (user_id);

CREATE INDEX studio_user_user_permissions_permission_id_9bfa52a1 ON public.studio_user_user_permissions USING btree (permission_id);

CREATE INDEX studio_user_user_permissions_user_id_b6ca9761 ON public.studio_user_user_permissions USING btree (user_id);

CREATE INDEX studio_user_username_6b921446_like ON public.studio_user USING btree (username varchar_pattern_ops);

CREATE TRIGGER enforce_caller BEFORE UPDATE OF sessions_used ON public.client_purchases FOR EACH ROW WHEN (((current_setting('role'::text, true) = 'authenticated'::text) OR (SESSION_USER = 'authenticated'::name))) EXECUTE FUNCTION public.enforce_caller();

COMMENT ON TRIGGER enforce_caller ON public.client_purchases IS 'Studio: lets authenticated change only counts that the check function of its program allows.';

CREATE TRIGGER enforce_request BEFORE UPDATE OF sessions_used ON public.client_purchases FOR EACH ROW WHEN ((current_setting('studio.request_id'::text, true) <> ''::text)) EXECUTE FUNCTION public.enforce_request();

COMMENT ON TRIGGER enforce_request ON public.client_purchases IS 'Studio: allows a change of a count by a request only to the purchase of that request.';

CREATE TRIGGER follow_merge BEFORE INSERT OR UPDATE OF client_id ON public.client_purchases FOR EACH ROW EXECUTE FUNCTION public.follow_merge();

COMMENT ON TRIGGER follow_merge ON public.client_purchases IS 'Studio: gives a purchase of a merged client to the kept one.';

CREATE TRIGGER forbid_change BEFORE DELETE OR TRUNCATE ON public.client_events FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

ALTER TABLE public.client_events ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.client_events IS 'Studio: forbids DELETE and TRUNCATE.';

CREATE TRIGGER forbid_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.client_requests FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

ALTER TABLE public.client_requests ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.client_requests IS 'Studio: keeps the table append-only.';

CREATE TRIGGER forbid_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.expiry_events FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

ALTER TABLE public.expiry_events ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.expiry_events IS 'Studio: keeps the table append-only.';

CREATE TRIGGER forbid_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.offer_events FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

ALTER TABLE public.offer_events ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.offer_events IS 'Studio: keeps the table append-only.';

CREATE TRIGGER forbid_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.purchase_events FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

ALTER TABLE public.purchase_events ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.purchase_events IS 'Studio: keeps the table append-only.';

CREATE TRIGGER forbid_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.seal_leaves FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

ALTER TABLE public.seal_leaves ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.seal_leaves IS 'Studio: keeps the table append-only.';

CREATE TRIGGER forbid_change BEFORE UPDATE OR TRUNCATE ON public.seal_salts FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

ALTER TABLE public.seal_salts ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.seal_salts IS 'Studio: forbids UPDATE and TRUNCATE. A salt may be deleted, to erase a personal text.';

CREATE TRIGGER forbid_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.seals FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

ALTER TABLE public.seals ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.seals IS 'Studio: keeps the table append-only.';

CREATE TRIGGER forbid_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.session_events FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

ALTER TABLE public.session_events ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.session_events IS 'Studio: keeps the table append-only.';

CREATE TRIGGER forbid_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.session_requests FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

ALTER TABLE public.session_requests ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.session_requests IS 'Studio: keeps the table append-only.';

CREATE TRIGGER forbid_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.studio_security_event FOR EACH STATEMENT EXECUTE FUNCTION public.forbid_change();

ALTER TABLE public.studio_security_event ENABLE ALWAYS TRIGGER forbid_change;

COMMENT ON TRIGGER forbid_change ON public.studio_security_event IS 'Studio: keeps the table append-only.';

CREATE TRIGGER forbid_changed_client_event BEFORE UPDATE ON public.client_events FOR EACH ROW EXECUTE FUNCTION public.forbid_changed_client_event();

ALTER TABLE public.client_events ENABLE ALWAYS TRIGGER forbid_changed_client_event;

COMMENT ON TRIGGER forbid_changed_client_event ON public.client_events IS 'Studio: keeps the events as they are, but for the erasure of personal values.';

CREATE TRIGGER keep_an_owner AFTER DELETE OR UPDATE OF user_id, org_id, role, is_active ON public.studio_membership FOR EACH ROW WHEN ((old.role = 'owner'::text)) EXECUTE FUNCTION public.keep_an_owner();

COMMENT ON TRIGGER keep_an_owner ON public.studio_membership IS 'Studio: keeps an owner who can sign in.';

CREATE TRIGGER keep_an_owner AFTER UPDATE OF is_active, password ON public.studio_user FOR EACH ROW WHEN ((old.is_active AND ((old.password)::text !~~ '!%'::text) AND (NOT (new.is_active AND ((new.password)::text !~~ '!%'::text))))) EXECUTE FUNCTION public.keep_an_owner();

COMMENT ON TRIGGER keep_an_owner ON public.studio_user IS 'Studio: keeps an owner who can sign in.';

CREATE TRIGGER keep_an_owner_at_delete AFTER DELETE ON public.studio_user FOR EACH ROW WHEN ((old.is_active AND ((old.password)::text !~~ '!%'::text))) EXECUTE FUNCTION public.keep_an_owner();

COMMENT ON TRIGGER keep_an_owner_at_delete ON public.studio_user IS 'Studio: keeps an owner who can sign in.';

CREATE TRIGGER record_changed_client_event AFTER UPDATE ON public.clients FOR EACH ROW WHEN (((old.full_name IS DISTINCT FROM new.full_name) OR (old.email IS DISTINCT FROM new.email) OR (old.phone IS DISTINCT FROM new.phone) OR (old.notes IS DISTINCT FROM new.notes) OR (old.status IS DISTINCT FROM new.status) OR (old.org_id <> new.org_id) OR (old.id <> new.id))) EXECUTE FUNCTION public.record_client_event();

ALTER TABLE public.clients ENABLE ALWAYS TRIGGER record_changed_client_event;

COMMENT ON TRIGGER record_changed_client_event ON public.clients IS 'Studio: records changed columns of a client in client_events.';

CREATE TRIGGER record_changed_expiry_event AFTER UPDATE ON public.client_purchases FOR EACH ROW WHEN (((old.expires_at IS DISTINCT FROM new.expires_at) OR (old.id <> new.id))) EXECUTE FUNCTION public.record_expiry_event();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_changed_expiry_event;

COMMENT ON TRIGGER record_changed_expiry_event ON public.client_purchases IS 'Studio: records a changed expiry in expiry_events.';

CREATE TRIGGER record_changed_purchase_event AFTER UPDATE ON public.client_purchases FOR EACH ROW WHEN (((old.sessions_total IS DISTINCT FROM new.sessions_total) OR (old.client_id <> new.client_id) OR (old.org_id <> new.org_id) OR (old.offer_id <> new.offer_id) OR (old.payment_status IS DISTINCT FROM new.payment_status) OR (old.payment_method IS DISTINCT FROM new.payment_method) OR (old.amount_paid_cents <> new.amount_paid_cents) OR (old.currency <> new.currency) OR (old.purchased_at <> new.purchased_at) OR (old.created_at <> new.created_at) OR (old.id <> new.id))) EXECUTE FUNCTION public.record_purchase_event();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_changed_purchase_event;

COMMENT ON TRIGGER record_changed_purchase_event ON public.client_purchases IS 'Studio: records changed columns of a purchase in purchase_events.';

CREATE TRIGGER record_changed_session_event AFTER UPDATE ON public.client_purchases FOR EACH ROW WHEN (((old.sessions_used IS DISTINCT FROM new.sessions_used) OR (old.id <> new.id))) EXECUTE FUNCTION public.record_session_event();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_changed_session_event;

COMMENT ON TRIGGER record_changed_session_event ON public.client_purchases IS 'Studio: records a changed count or id in session_events.';

CREATE TRIGGER record_client_event AFTER INSERT OR DELETE ON public.clients FOR EACH ROW EXECUTE FUNCTION public.record_client_event();

ALTER TABLE public.clients ENABLE ALWAYS TRIGGER record_client_event;

COMMENT ON TRIGGER record_client_event ON public.clients IS 'Studio: records a new or deleted client in client_events.';

CREATE TRIGGER record_expiry_event AFTER INSERT ON public.client_purchases FOR EACH ROW EXECUTE FUNCTION public.record_expiry_event();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_expiry_event;

COMMENT ON TRIGGER record_expiry_event ON public.client_purchases IS 'Studio: continues the ledger of a deleted purchase that is inserted again.';

CREATE TRIGGER record_offer_event AFTER INSERT OR DELETE OR UPDATE ON public.offers FOR EACH ROW EXECUTE FUNCTION public.record_offer_event();

ALTER TABLE public.offers ENABLE ALWAYS TRIGGER record_offer_event;

COMMENT ON TRIGGER record_offer_event ON public.offers IS 'Studio: records a new, changed or deleted offer in offer_events.';

CREATE TRIGGER record_purchase_event AFTER INSERT OR DELETE ON public.client_purchases FOR EACH ROW EXECUTE FUNCTION public.record_purchase_event();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_purchase_event;

COMMENT ON TRIGGER record_purchase_event ON public.client_purchases IS 'Studio: records a new or deleted purchase in purchase_events.';

CREATE TRIGGER record_session_event AFTER INSERT OR DELETE ON public.client_purchases FOR EACH ROW EXECUTE FUNCTION public.record_session_event();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_session_event;

COMMENT ON TRIGGER record_session_event ON public.client_purchases IS 'Studio: records a new or deleted purchase in session_events.';

CREATE TRIGGER record_truncated_clients BEFORE TRUNCATE ON public.clients FOR EACH STATEMENT EXECUTE FUNCTION public.record_truncated_clients();

ALTER TABLE public.clients ENABLE ALWAYS TRIGGER record_truncated_clients;

COMMENT ON TRIGGER record_truncated_clients ON public.clients IS 'Studio: records every client as deleted before TRUNCATE.';

CREATE TRIGGER record_truncated_purchases BEFORE TRUNCATE ON public.client_purchases FOR EACH STATEMENT EXECUTE FUNCTION public.record_truncated_purchases();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_truncated_purchases;

COMMENT ON TRIGGER record_truncated_purchases ON public.client_purchases IS 'Studio: records every purchase as deleted in session_events before TRUNCATE.';

CREATE TRIGGER refresh_changed_search_terms AFTER UPDATE ON public.clients FOR EACH ROW WHEN (((old.id <> new.id) OR (old.org_id <> new.org_id) OR (old.full_name IS DISTINCT FROM new.full_name) OR (old.email IS DISTINCT FROM new.email) OR (old.phone IS DISTINCT FROM new.phone))) EXECUTE FUNCTION public.refresh_search_terms();

COMMENT ON TRIGGER refresh_changed_search_terms ON public.clients IS 'Studio: replaces the search terms of a client whose name, e-mail, phone, org or id changed.';

CREATE TRIGGER refresh_merged_search_terms AFTER INSERT OR DELETE OR UPDATE ON public.merged_clients FOR EACH ROW EXECUTE FUNCTION public.refresh_merged_search_terms();

COMMENT ON TRIGGER refresh_merged_search_terms ON public.merged_clients IS 'Studio: writes the search terms of both clients after a merge or its undo.';

CREATE TRIGGER refresh_search_terms AFTER INSERT ON public.clients FOR EACH ROW EXECUTE FUNCTION public.refresh_search_terms();

COMMENT ON TRIGGER refresh_search_terms ON public.clients IS 'Studio: writes the search terms of a new client.';

ALTER TABLE ONLY public.client_events
    ADD CONSTRAINT a_client_event_reverses_one_of_its_own_client FOREIGN KEY (client_id, reverses_id) REFERENCES public.client_events(client_id, id);

ALTER TABLE ONLY public.purchase_events
    ADD CONSTRAINT a_purchase_event_reverses_one_of_its_own_purchase FOREIGN KEY (purchase_id, reverses_id) REFERENCES public.purchase_events(purchase_id, id);

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT an_event_reverses_one_of_its_own_purchase FOREIGN KEY (purchase_id, reverses_id) REFERENCES public.session_events(purchase_id, id);

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT an_undo_is_of_an_extension_of_its_own_purchase FOREIGN KEY (purchase_id, reverses_id) REFERENCES public.expiry_events(purchase_id, id);

ALTER TABLE ONLY public.cancelled_class_lines
    ADD CONSTRAINT cancelled_class_lines_cancelled_class_id_fkey FOREIGN KEY (cancelled_class_id) REFERENCES public.cancelled_classes(id);

ALTER TABLE ONLY public.cancelled_classes
    ADD CONSTRAINT cancelled_classes_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.studio_user(id);

ALTER TABLE ONLY public.cancelled_classes
    ADD CONSTRAINT cancelled_classes_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id);

ALTER TABLE ONLY public.client_events
    ADD CONSTRAINT client_events_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.client_requests(request_id);

ALTER TABLE ONLY public.client_purchases
    ADD CONSTRAINT client_purchases_client_id_be2e542a_fk_clients_id FOREIGN KEY (client_id) REFERENCES public.clients(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.client_purchases
    ADD CONSTRAINT client_purchases_offer_id_f3ef55af_fk_offers_id FOREIGN KEY (offer_id) REFERENCES public.offers(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.client_purchases
    ADD CONSTRAINT client_purchases_org_id_130dca44_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.client_requests
    ADD CONSTRAINT client_requests_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.studio_user(id);

ALTER TABLE ONLY public.client_search_terms
    ADD CONSTRAINT client_search_terms_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.client_search_terms
    ADD CONSTRAINT client_search_terms_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_org_id_991f317d_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT expiry_events_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.session_requests(request_id);

ALTER TABLE ONLY public.import_rows
    ADD CONSTRAINT import_rows_import_id_fkey FOREIGN KEY (import_id) REFERENCES public.imports(id);

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.studio_user(id);

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id);

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT imports_undone_by_id_fkey FOREIGN KEY (undone_by_id) REFERENCES public.studio_user(id);

ALTER TABLE ONLY public.merged_clients
    ADD CONSTRAINT merged_clients_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.merged_clients
    ADD CONSTRAINT merged_clients_kept_client_id_fkey FOREIGN KEY (kept_client_id) REFERENCES public.clients(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.offers
    ADD CONSTRAINT offers_org_id_4de599d7_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.purchase_events
    ADD CONSTRAINT purchase_events_client_request_id_fkey FOREIGN KEY (client_request_id) REFERENCES public.client_requests(request_id);

ALTER TABLE ONLY public.purchase_events
    ADD CONSTRAINT purchase_events_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.session_requests(request_id);

ALTER TABLE ONLY public.seal_leaves
    ADD CONSTRAINT seal_leaves_seal_id_fkey FOREIGN KEY (seal_id) REFERENCES public.seals(id);

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT session_events_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.session_requests(request_id);

ALTER TABLE ONLY public.session_requests
    ADD CONSTRAINT session_requests_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.studio_user(id);

ALTER TABLE ONLY public.session_requests
    ADD CONSTRAINT session_requests_approved_by_id_fkey FOREIGN KEY (approved_by_id) REFERENCES public.studio_user(id);

ALTER TABLE ONLY public.studio_allowance
    ADD CONSTRAINT studio_allowance_org_id_1916f192_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_finishedstep
    ADD CONSTRAINT studio_finishedstep_org_id_6a7e2fcc_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_membership
    ADD CONSTRAINT studio_membership_org_id_18374ae0_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_membership
    ADD CONSTRAINT studio_membership_user_id_aa5fde1d_fk_studio_user_id FOREIGN KEY (user_id) REFERENCES public.studio_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_passkey
    ADD CONSTRAINT studio_passkey_user_id_320b1316_fk_studio_user_id FOREIGN KEY (user_id) REFERENCES public.studio_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_pin
    ADD CONSTRAINT studio_pin_membership_id_d5ce0c05_fk_studio_membership_id FOREIGN KEY (membership_id) REFERENCES public.studio_membership(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_policy
    ADD CONSTRAINT studio_policy_org_id_9542a474_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_recoverycode
    ADD CONSTRAINT studio_recoverycode_user_id_c78092df_fk_studio_user_id FOREIGN KEY (user_id) REFERENCES public.studio_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_secondfactorrole
    ADD CONSTRAINT studio_secondfactorrole_policy_id_df2571b4_fk_studio_policy_id FOREIGN KEY (policy_id) REFERENCES public.studio_policy(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_totp
    ADD CONSTRAINT studio_totp_user_id_6e308446_fk_studio_user_id FOREIGN KEY (user_id) REFERENCES public.studio_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_user_groups
    ADD CONSTRAINT studio_user_groups_group_id_d592e493_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_user_groups
    ADD CONSTRAINT studio_user_groups_user_id_385f0f1c_fk_studio_user_id FOREIGN KEY (user_id) REFERENCES public.studio_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_user_user_permissions
    ADD CONSTRAINT studio_user_user_per_permission_id_9bfa52a1_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_user_user_permissions
    ADD CONSTRAINT studio_user_user_permissions_user_id_b6ca9761_fk_studio_user_id FOREIGN KEY (user_id) REFERENCES public.studio_user(id) DEFERRABLE INITIALLY DEFERRED;

REVOKE ALL ON FUNCTION public.add_client(p_client_id uuid, p_org_id uuid, p_full_name text, p_email text, p_phone text, p_notes text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.comes_with_ledger(p_operation text, p_ledger regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.correct_expiry(p_purchase_id uuid, p_expires_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.correct_total(p_purchase_id uuid, p_adjust_by integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.correct_used(p_purchase_id uuid, p_adjust_by integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.count_reinstatements(p_org_id uuid, p_client_ids uuid[], p_reasons text[], p_days integer[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.current_client_operation() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.current_db_role() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.current_operation() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.edit_client(p_client_id uuid, p_full_name text, p_email text, p_phone text, p_notes text, p_full_name_before text, p_email_before text, p_phone_before text, p_notes_before text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.enforce_caller() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.enforce_request() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.erase_client(p_client_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.event_to_reverse(p_purchase_id uuid, p_operation text, p_chosen bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.extend_expiry(p_purchase_id uuid, p_until timestamp with time zone, p_days integer, p_day_ends timestamp with time zone[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.extended_expiry(p_expires_at timestamp with time zone, p_until timestamp with time zone, p_days integer, p_day_ends timestamp with time zone[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.extension_to_undo(p_purchase_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.fold_for_search(p_word text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.follow_merge() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.forbid_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.forbid_changed_client_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.keep_an_owner() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.ledger_rows() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lock_and_check_merge(p_client_id uuid, p_other_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lock_and_check_undo(p_purchase_id uuid, p_event_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lock_and_check_undo_change(p_purchase_id uuid, p_event_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lock_and_check_undo_merge(p_client_id uuid, p_event_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.lock_and_count_reinstatements(p_org_id uuid, p_client_id uuid, p_reason text, p_days integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.merge_client(p_client_id uuid, p_other_id uuid, p_take text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.move_use(p_purchase_id uuid, p_to_purchase_id uuid, p_event_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.purchase_as_of(p_purchase_id uuid, p_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.receive_payment(p_purchase_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_client_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_expiry_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_offer_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_purchase_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_session_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_truncated_clients() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_truncated_purchases() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.refresh_merged_search_terms() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.refresh_search_terms() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.refund_purchase(p_purchase_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.refuse_without_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.release_session(p_purchase_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.seal_days(p_org_ids uuid[], p_days date[], p_ends_at timestamp with time zone[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.seal_hash(p_former bytea, p_org_id uuid, p_day date, p_lines bigint, p_last_ids bigint[], p_digest bytea, p_ends_at timestamp with time zone, p_sealed_at timestamp with time zone, p_xact_id xid8, p_snapshot pg_snapshot) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.search_terms(p_full_name text, p_email text, p_phone text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.sell_purchase(p_purchase_id uuid, p_org_id uuid, p_client_id uuid, p_offer_id uuid, p_sessions_total integer, p_amount_paid_cents integer, p_currency text, p_payment_status text, p_payment_method text, p_purchased_at timestamp with time zone, p_expires_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.similar_words(p_org_id uuid, p_word text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.transfer_purchase(p_purchase_id uuid, p_client_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.undo_change(p_purchase_id uuid, p_event_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.undo_event(p_purchase_id uuid, p_event_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.undo_extension(p_purchase_id uuid, p_event_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.undo_import(p_import_id uuid, p_first integer, p_last integer, OUT packs_kept integer, OUT clients_kept integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.undo_merge(p_client_id uuid, p_event_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.undo_move(p_purchase_id uuid, p_to_purchase_id uuid, p_event_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.use_session(p_purchase_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.write_import(p_import_id uuid, p_first integer, p_last integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.write_search_terms(p_client_id uuid) FROM PUBLIC;
