-- A database with data, as commit 2a8bc24 made it with the migrations before version 0.1.0. Made
-- by pg_dump --no-owner --inserts of PostgreSQL 15, without the comments of the dump.
SET check_function_bodies = false;
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

CREATE FUNCTION public.event_to_reverse(p_purchase_id uuid, p_kind text, p_chosen bigint) RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT event.id
    FROM public.session_events AS event
    WHERE event.purchase_id = p_purchase_id
        AND event.kind = ANY (CASE p_kind
            WHEN 'reinstated' THEN ARRAY['used', 'undone']
            WHEN 'undone' THEN ARRAY['reinstated']
        END)
        AND (p_chosen IS NULL OR event.id = p_chosen)
        AND NOT EXISTS (
            SELECT FROM public.session_events AS later WHERE later.reverses_id = event.id
        )
    ORDER BY event.id DESC
    LIMIT 1
$$;

CREATE FUNCTION public.extend_expiry(p_purchase_id uuid, p_days integer, p_until date, p_zone text) RETURNS timestamp with time zone
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: extend'
    AS $$
    UPDATE public.client_purchases
    SET expires_at = public.extended_expiry(expires_at, p_days, p_until, p_zone)
    WHERE id = p_purchase_id
        -- The year 9999 and infinity are ways to say never.
        AND expires_at < timestamptz '9999-01-01 00:00Z'
        AND greatest(expires_at, now())
            < public.extended_expiry(expires_at, p_days, p_until, p_zone)
    RETURNING expires_at
$$;

CREATE FUNCTION public.extended_expiry(p_expires_at timestamp with time zone, p_days integer, p_until date, p_zone text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT (last_day + time '23:59:59') AT TIME ZONE p_zone
    FROM (VALUES (coalesce(
        p_until, (greatest(now(), p_expires_at) AT TIME ZONE p_zone)::date + p_days
    ))) AS extended (last_day)
$$;

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

CREATE FUNCTION public.find_clients(p_org_id uuid, p_names text[], p_words text[], p_at_most integer) RETURNS TABLE(place bigint, client_id uuid, is_whole boolean)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT asked.place, found.id, found.is_whole
    FROM unnest(p_names, p_words) WITH ORDINALITY AS asked (name, words, place),
        LATERAL (
            -- The longest first: few clients have it.
            SELECT array_agg(public.fold_for_search(word) ORDER BY length(word) DESC) AS words
            FROM string_to_table(asked.words, ' ') AS word
        ) AS folded,
        LATERAL (
            SELECT client.id, coalesce(
                public.fold_for_search(asked.name) IN (
                    public.fold_for_search(client.full_name), public.fold_for_search(client.email)
                ), false) AS is_whole
            FROM (
                SELECT DISTINCT term.client_id
                FROM public.client_search_terms AS term
                WHERE term.org_id = p_org_id
                    AND term.term >= folded.words[1]
                    -- Bounds and not LIKE: an index serves them. The second is past every letter.
                    AND term.term < folded.words[1] || chr(1114111)
            ) AS first
                JOIN public.clients AS client ON client.id = first.client_id
            WHERE NOT EXISTS (
                SELECT FROM unnest(folded.words[2:]) AS word
                WHERE NOT EXISTS (
                    SELECT FROM public.client_search_terms AS term
                    WHERE term.client_id = client.id
                        AND term.org_id = p_org_id
                        AND term.term >= word
                        AND term.term < word || chr(1114111)
                )
            )
            ORDER BY is_whole DESC, client.full_name, client.id
            LIMIT p_at_most
        ) AS found
    ORDER BY asked.place, found.is_whole DESC, found.id
$$;

CREATE FUNCTION public.fold_for_search(p_word text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- Taking a letter apart (NFKD) leaves its accents as characters of their own, and makes of ´
    -- a space with an accent; the letters that do not come apart are named.
    SELECT replace(replace(replace(replace(translate(
        lower(regexp_replace(normalize(p_word, NFKD), '[ \u0300-\u036f''’‘ʼʻ`]', '', 'g')),
        'øłđðħıŧςØŁĐÐĦŦ', 'olddhitσolddht'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
$$;

CREATE FUNCTION public.hold_for_undo(p_purchase_id uuid, p_event_id bigint) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_used int;
    v_total int;
BEGIN
    SELECT sessions_used, sessions_total INTO v_used, v_total
    FROM public.client_purchases WHERE id = p_purchase_id FOR NO KEY UPDATE;
    RETURN CASE
        WHEN NOT FOUND THEN NULL
        WHEN public.event_to_reverse(p_purchase_id, 'undone', p_event_id) IS NULL THEN 'undone'
        WHEN v_used IS NULL THEN 'count_missing'
        WHEN v_used < 0 OR v_used > v_total THEN 'count_is_off'
        WHEN v_used = v_total THEN 'no_room'
    END;
END
$$;

CREATE FUNCTION public.hold_times_given_back(p_org_id uuid, p_client_id uuid, p_reason text, p_days integer) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_times int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('given back to ' || p_client_id, 0));
    SELECT times INTO v_times FROM public.times_given_back(
        p_org_id, ARRAY[p_client_id], ARRAY[p_reason], ARRAY[p_days]);
    RETURN coalesce(v_times, 0);
END
$$;

CREATE FUNCTION public.hold_to_request() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    v_request public.session_requests;
BEGIN
    SELECT * INTO v_request FROM public.session_requests
    WHERE request_id = current_setting('studio.request_id')::uuid;
    IF v_request.purchase_id IS DISTINCT FROM OLD.id THEN
        RAISE EXCEPTION 'the request % is not for the purchase %',
            current_setting('studio.request_id'), OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_one_purchase';
    END IF;
    -- Else whoever knows the id of a refused request could act in the name of its actor.
    IF v_request.claimed_in <> pg_current_xact_id() THEN
        RAISE EXCEPTION 'the request % was answered before', v_request.request_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_answered_once';
    END IF;
    IF v_request.event_id IS NOT NULL AND public.event_to_reverse(
        OLD.id, substr(current_setting('application_name'), 9), v_request.event_id) IS NULL
    THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END
$$;

CREATE FUNCTION public.keep_search_terms() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM public.client_search_terms WHERE client_id IN (OLD.id, NEW.id);
    END IF;
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT NEW.org_id, term, NEW.id
    FROM public.search_terms(NEW.full_name, NEW.email, NEW.phone) AS term;
    RETURN NULL;
END
$$;

CREATE FUNCTION public.made_by() RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    -- Inside a function with its owner's rights, current_user is that owner; these are not.
    v_role text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
    v_claims text := nullif(current_setting('request.jwt.claims', true), '');
BEGIN
    RETURN v_role || coalesce(' for ' || (v_claims::jsonb ->> 'sub'), '');
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    -- Claims that can't be read must not keep another program from its work.
    RETURN v_role;
END
$$;

CREATE FUNCTION public.record_expiry_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
    -- Only our functions go by these names; whatever another program calls itself, its change is
    -- a correction.
    v_operation text := substring(current_setting('application_name')
        FROM '^studio: (extend|undo_extension|correct_expiry)$');
    v_kind text := CASE v_operation
        WHEN 'extend' THEN 'extended' WHEN 'undo_extension' THEN 'undone' ELSE 'corrected' END;
    v_before timestamptz;
    v_request_id uuid;
    v_request public.session_requests;
    v_event_id bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
        v_before := OLD.expires_at;
    ELSE
        -- A purchase that was deleted and comes back under its old id goes on in its old ledger.
        SELECT expires_at INTO v_before FROM public.expiry_events
        WHERE purchase_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    IF v_before IS NOT DISTINCT FROM NEW.expires_at THEN
        RETURN NULL;
    END IF;

    IF v_operation IS NOT NULL THEN
        v_request_id := nullif(current_setting('studio.request_id', true), '')::uuid;
    END IF;
    IF v_request_id IS NOT NULL THEN
        SELECT * INTO v_request FROM public.session_requests WHERE request_id = v_request_id;
        IF (v_request.purchase_id, v_request.operation, v_request.claimed_in)
            IS DISTINCT FROM (NEW.id, v_operation, pg_current_xact_id())
        THEN
            RAISE EXCEPTION 'the request % is not for this change of the purchase %',
                v_request_id, NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'a_request_is_for_one_purchase';
        END IF;
    END IF;

    INSERT INTO public.expiry_events
        (org_id, purchase_id, kind, expires_before, expires_at, request_id, reverses_id, made_by)
    VALUES (NEW.org_id, NEW.id, v_kind, v_before, NEW.expires_at, v_request_id,
        CASE WHEN v_kind = 'undone' THEN public.extension_to_undo(NEW.id) END,
        public.made_by())
    RETURNING id INTO v_event_id;
    -- For whoever asked, within this transaction.
    PERFORM set_config('studio.expiry_event_id', v_event_id::text, true);
    RETURN NULL;
END
$_$;

CREATE FUNCTION public.record_session_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
    -- Only our functions go by these names; whatever another program calls itself, its change is
    -- a correction.
    v_kind text := coalesce(substring(current_setting('application_name')
        FROM '^studio: (used|reinstated|undone)$'), 'corrected');
    v_request_id uuid := nullif(current_setting('studio.request_id', true), '')::uuid;
    v_chosen bigint;
    v_event_id bigint;
BEGIN
    -- A purchase that is older than the ledger is opened with the count that it had.
    IF TG_OP IN ('UPDATE', 'DELETE') AND NOT EXISTS (
        SELECT FROM public.session_events WHERE purchase_id = OLD.id
    ) THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, made_by)
        VALUES (OLD.org_id, OLD.id, 'opened', coalesce(OLD.sessions_used, 0), OLD.sessions_used,
            public.made_by());
    END IF;

    -- Another id is another purchase.
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, made_by)
        VALUES (OLD.org_id, OLD.id, 'deleted', -coalesce(OLD.sessions_used, 0), 0,
            public.made_by());
    END IF;
    IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' AND NEW.id <> OLD.id THEN
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, made_by)
        VALUES (NEW.org_id, NEW.id, 'opened', coalesce(NEW.sessions_used, 0), NEW.sessions_used,
            public.made_by());
    ELSIF TG_OP = 'UPDATE' AND NEW.sessions_used IS DISTINCT FROM OLD.sessions_used THEN
        IF v_kind = 'corrected' THEN
            v_request_id := NULL;
        ELSIF v_kind IN ('reinstated', 'undone') THEN
            v_chosen := (
                SELECT event_id FROM public.session_requests WHERE request_id = v_request_id
            );
        END IF;
        INSERT INTO public.session_events
            (org_id, purchase_id, kind, delta, sessions_used, request_id, reverses_id, made_by)
        VALUES (NEW.org_id, NEW.id, v_kind,
            coalesce(NEW.sessions_used, 0) - coalesce(OLD.sessions_used, 0), NEW.sessions_used,
            v_request_id,
            CASE WHEN v_kind IN ('reinstated', 'undone')
                THEN public.event_to_reverse(NEW.id, v_kind, v_chosen) END,
            public.made_by())
        RETURNING id INTO v_event_id;
        -- For whoever asked, within this transaction.
        PERFORM set_config('studio.event_id', v_event_id::text, true),
            set_config('studio.sessions_used', NEW.sessions_used::text, true);
    END IF;
    RETURN NULL;
END
$_$;

CREATE FUNCTION public.record_truncated_purchases() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, made_by)
    SELECT purchase.org_id, purchase.id, 'opened', coalesce(purchase.sessions_used, 0),
        purchase.sessions_used, public.made_by()
    FROM public.client_purchases AS purchase
    WHERE NOT EXISTS (
        SELECT FROM public.session_events AS event WHERE event.purchase_id = purchase.id
    );
    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, made_by)
    SELECT purchase.org_id, purchase.id, 'deleted', -coalesce(purchase.sessions_used, 0), 0,
        public.made_by()
    FROM public.client_purchases AS purchase;
    RETURN NULL;
END
$$;

CREATE FUNCTION public.refuse_to_forget() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was recorded stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation',
            HINT = 'Put a mistake right by a further change; it is recorded too.';
END
$$;

CREATE FUNCTION public.release_session(p_purchase_id uuid) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: reinstated'
    AS $$
    WITH released AS (
        UPDATE public.client_purchases
        SET sessions_used = sessions_used - 1
        WHERE id = p_purchase_id AND sessions_used > 0
        RETURNING sessions_used
    )
    SELECT coalesce((SELECT sessions_used FROM released), -1)
$$;

CREATE FUNCTION public.search_terms(p_full_name text, p_email text, p_phone text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    WITH words AS (
        -- O'Brien is found as "obrien" and as "brien".
        SELECT regexp_split_to_table(p_full_name, '[\s\u00a0\u2007\u202f.,;:/_&()"“”+–—-]+') AS word
        UNION ALL
        SELECT regexp_split_to_table(p_full_name, '[\s\u00a0\u2007\u202f.,;:/_&()"“”+–—''’‘ʼʻ`´-]+')
        UNION ALL
        SELECT p_email
        UNION ALL
        SELECT regexp_split_to_table(split_part(p_email, '@', 1), '[.,;:/_&()"+-]+')
        UNION ALL
        SELECT substr(digits, first)
        FROM (SELECT left(regexp_replace(p_phone, '\D', '', 'g'), 100) AS digits) AS phone,
            generate_series(1, length(digits) - 2) AS first
    ), folded AS (
        -- An index holds a term of 2,700 bytes at most, and nobody types as many.
        SELECT DISTINCT left(public.fold_for_search(word), 100) AS word FROM words
    ), begun AS (
        SELECT left(string_agg(DISTINCT left(word, 1) COLLATE "C", ''), 100) AS letters
        FROM folded WHERE left(word, 1) !~ '[0-9]'
    )
    SELECT concat(folded.word, ' ', begun.letters) FROM folded, begun WHERE folded.word <> ''
$$;

CREATE FUNCTION public.times_given_back(p_org_id uuid, p_client_ids uuid[], p_reasons text[], p_days integer[]) RETURNS TABLE(client_id uuid, reason text, times integer)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    SELECT purchase.client_id, counted.reason, count(*)::int
    FROM public.client_purchases AS purchase
        JOIN public.session_events AS event ON event.purchase_id = purchase.id
        JOIN public.session_requests AS request ON request.request_id = event.request_id
        JOIN unnest(p_reasons, p_days) AS counted (reason, days)
            ON counted.reason = coalesce(request.reason, '')
    WHERE purchase.client_id = ANY (p_client_ids)
        AND purchase.org_id = p_org_id
        AND event.kind = 'reinstated'
        AND event.occurred_at > now() - make_interval(hours => 24 * counted.days)
        AND NOT EXISTS (
            SELECT FROM public.session_events AS later WHERE later.reverses_id = event.id
        )
    GROUP BY purchase.client_id, counted.reason
$$;

CREATE FUNCTION public.undo_extension(p_purchase_id uuid, p_event_id bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: undo_extension'
    AS $$
BEGIN
    -- What another one is changing is waited for here, so that the next statement sees it.
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

CREATE FUNCTION public.undo_reinstatement(p_purchase_id uuid) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: undone'
    AS $$
    WITH undone AS (
        UPDATE public.client_purchases
        SET sessions_used = sessions_used + 1
        WHERE id = p_purchase_id
            AND sessions_used >= 0
            AND (sessions_total IS NULL OR sessions_used < sessions_total)
        RETURNING sessions_used
    )
    SELECT coalesce((SELECT sessions_used FROM undone), -1)
$$;

CREATE FUNCTION public.use_session(p_purchase_id uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET application_name TO 'studio: used'
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

CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);

ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);

ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);

ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.cancelled_class_lines (
    request_id uuid NOT NULL,
    cancelled_class_id uuid NOT NULL,
    purchase_id uuid NOT NULL
);

CREATE TABLE public.cancelled_classes (
    id uuid NOT NULL,
    org_id uuid NOT NULL,
    actor_id bigint NOT NULL,
    reason text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT cancelled_classes_reason_is_known CHECK ((reason = ANY (ARRAY['class_cancelled'::text, 'checked_in_by_mistake'::text, 'late_cancel_forgiven'::text, 'instructor_absent'::text, 'other'::text])))
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

CREATE TABLE public.client_search_terms (
    org_id uuid NOT NULL,
    term text NOT NULL COLLATE pg_catalog."C",
    client_id uuid NOT NULL
);

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

CREATE TABLE public.django_admin_log (
    id integer NOT NULL,
    action_time timestamp with time zone NOT NULL,
    object_id text,
    object_repr character varying(200) NOT NULL,
    action_flag smallint NOT NULL,
    change_message text NOT NULL,
    content_type_id integer,
    user_id bigint NOT NULL,
    CONSTRAINT django_admin_log_action_flag_check CHECK ((action_flag >= 0))
);

ALTER TABLE public.django_admin_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_admin_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);

ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);

ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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
    made_by text NOT NULL,
    occurred_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    made_in xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT an_extension_is_never_shorter CHECK (((kind <> 'extended'::text) OR ((expires_at > expires_before) IS TRUE))),
    CONSTRAINT expiry_events_an_undo_reverses_an_extension CHECK (((kind = 'undone'::text) = (reverses_id IS NOT NULL))),
    CONSTRAINT expiry_events_are_changes CHECK ((expires_before IS DISTINCT FROM expires_at)),
    CONSTRAINT expiry_events_kind_is_known CHECK ((kind = ANY (ARRAY['extended'::text, 'undone'::text, 'corrected'::text])))
);

ALTER TABLE public.expiry_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.expiry_events_id_seq
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

CREATE TABLE public.session_events (
    id bigint NOT NULL,
    org_id uuid NOT NULL,
    purchase_id uuid NOT NULL,
    kind text NOT NULL,
    delta integer NOT NULL,
    sessions_used integer,
    request_id uuid,
    reverses_id bigint,
    made_by text NOT NULL,
    occurred_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    made_in xid8 DEFAULT pg_current_xact_id(),
    CONSTRAINT session_events_delta_fits_its_kind CHECK (
CASE kind
    WHEN 'used'::text THEN (delta = 1)
    WHEN 'undone'::text THEN (delta = 1)
    WHEN 'reinstated'::text THEN (delta = '-1'::integer)
    ELSE true
END),
    CONSTRAINT session_events_kind_is_known CHECK ((kind = ANY (ARRAY['opened'::text, 'used'::text, 'reinstated'::text, 'undone'::text, 'corrected'::text, 'deleted'::text]))),
    CONSTRAINT session_events_only_some_kinds_reverse CHECK (((reverses_id IS NULL) OR (kind = ANY (ARRAY['reinstated'::text, 'undone'::text]))))
);

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
    objection text,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    claimed_in xid8 DEFAULT pg_current_xact_id() NOT NULL,
    extend_days integer,
    extend_until date,
    approved_by_id bigint,
    CONSTRAINT session_requests_are_approved_by_somebody_else CHECK ((approved_by_id <> actor_id)),
    CONSTRAINT session_requests_extend_says_how_long CHECK (((operation = 'extend'::text) = (num_nonnulls(extend_days, extend_until) = 1))),
    CONSTRAINT session_requests_only_reinstatements_are_approved CHECK (((approved_by_id IS NULL) OR (operation = 'reinstate'::text))),
    CONSTRAINT session_requests_operation_is_known CHECK ((operation = ANY (ARRAY['reinstate'::text, 'use'::text, 'undo'::text, 'extend'::text, 'undo_extension'::text, 'correct_expiry'::text]))),
    CONSTRAINT session_requests_reason_is_known CHECK ((reason = ANY (ARRAY['class_cancelled'::text, 'checked_in_by_mistake'::text, 'late_cancel_forgiven'::text, 'instructor_absent'::text, 'other'::text]))),
    CONSTRAINT session_requests_undo_names_an_event CHECK (((operation <> ALL (ARRAY['undo'::text, 'undo_extension'::text])) OR (event_id IS NOT NULL)))
);

CREATE TABLE public.studio_allowance (
    id bigint NOT NULL,
    reason text NOT NULL,
    sessions smallint NOT NULL,
    days smallint NOT NULL,
    org_id uuid NOT NULL,
    CONSTRAINT allowance_days_is_between_1_and_3650 CHECK (((days >= 1) AND (days <= 3650))),
    CONSTRAINT allowance_reason_is_known CHECK ((reason = ANY (ARRAY[''::text, 'class_cancelled'::text, 'checked_in_by_mistake'::text, 'late_cancel_forgiven'::text, 'instructor_absent'::text, 'other'::text]))),
    CONSTRAINT studio_allowance_days_check CHECK ((days >= 0)),
    CONSTRAINT studio_allowance_sessions_check CHECK ((sessions >= 0))
);

ALTER TABLE public.studio_allowance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_allowance_id_seq
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
    code text DEFAULT ''::text NOT NULL,
    code_digits smallint,
    locked_until timestamp with time zone,
    wrong_tries smallint DEFAULT 0 NOT NULL,
    CONSTRAINT a_code_has_4_to_8_digits CHECK ((((code = ''::text) AND (code_digits IS NULL)) OR ((NOT (code = ''::text)) AND (code_digits IS NOT NULL) AND ((code_digits >= 4) AND (code_digits <= 8))))),
    CONSTRAINT membership_role_is_known CHECK ((role = ANY (ARRAY['owner'::text, 'staff'::text, 'accountant_readonly'::text]))),
    CONSTRAINT studio_membership_code_digits_check CHECK ((code_digits >= 0)),
    CONSTRAINT studio_membership_wrong_tries_check CHECK ((wrong_tries >= 0)),
    CONSTRAINT wrong_tries_are_5_at_most CHECK (((wrong_tries >= 0) AND (wrong_tries <= 5)))
);

ALTER TABLE public.studio_membership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_policy (
    id bigint NOT NULL,
    reason_is_mandatory boolean NOT NULL,
    org_id uuid NOT NULL,
    language text NOT NULL,
    time_zone text NOT NULL,
    desk_locks_after_minutes smallint,
    CONSTRAINT a_desk_locks_after_1_to_480_minutes CHECK (((desk_locks_after_minutes >= 1) AND (desk_locks_after_minutes <= 480))),
    CONSTRAINT studio_policy_desk_locks_after_minutes_check CHECK ((desk_locks_after_minutes >= 0))
);

ALTER TABLE public.studio_policy ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_policy_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.studio_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL,
    acting_id bigint,
    user_id bigint
);

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

CREATE TABLE public.studio_user_groups (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    group_id integer NOT NULL
);

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

ALTER TABLE public.studio_user_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.studio_user_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

INSERT INTO public.cancelled_class_lines VALUES
	('00000000-0000-4000-b000-000000000006', '00000000-0000-4000-b000-000000000005', '00000000-0000-4000-a000-000000000003');

INSERT INTO public.cancelled_classes VALUES
	('00000000-0000-4000-b000-000000000005', '00000000-0000-4000-8000-000000000001', 1, 'class_cancelled', '', '2026-11-27 01:19:33.30028+00');

INSERT INTO public.client_purchases VALUES
	('00000000-0000-4000-a000-000000000001', 20000, 'aud', 10, 1, DEFAULT, '2026-01-06 00:00:00+00', NULL, 'succeeded', NULL, '2026-01-06 00:00:00+00', '00000000-0000-4000-9000-000000000002', '00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001'),
	('00000000-0000-4000-a000-000000000003', 20000, 'aud', 10, 3, DEFAULT, '2026-01-06 00:00:00+00', '2027-01-20 23:59:59+00', 'succeeded', NULL, '2026-01-06 00:00:00+00', '00000000-0000-4000-9000-000000000002', '00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001'),
	('00000000-0000-4000-a000-000000000002', 20000, 'aud', 10, 5, DEFAULT, '2026-01-06 00:00:00+00', NULL, 'succeeded', NULL, '2026-01-06 00:00:00+00', '00000000-0000-4000-9000-000000000001', '00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001');

INSERT INTO public.client_search_terms VALUES
	('00000000-0000-4000-8000-000000000001', 'ruiz ar', '00000000-0000-4000-9000-000000000001'),
	('00000000-0000-4000-8000-000000000001', 'ana ar', '00000000-0000-4000-9000-000000000001'),
	('00000000-0000-4000-8000-000000000001', 'ana@example.com ar', '00000000-0000-4000-9000-000000000001'),
	('00000000-0000-4000-8000-000000000001', 'brien boz', '00000000-0000-4000-9000-000000000002'),
	('00000000-0000-4000-8000-000000000001', 'obrien boz', '00000000-0000-4000-9000-000000000002'),
	('00000000-0000-4000-8000-000000000001', 'zoe boz', '00000000-0000-4000-9000-000000000002'),
	('00000000-0000-4000-8000-000000000001', '2345 boz', '00000000-0000-4000-9000-000000000002'),
	('00000000-0000-4000-8000-000000000001', '12345 boz', '00000000-0000-4000-9000-000000000002'),
	('00000000-0000-4000-8000-000000000001', 'o boz', '00000000-0000-4000-9000-000000000002'),
	('00000000-0000-4000-8000-000000000001', '345 boz', '00000000-0000-4000-9000-000000000002'),
	('00000000-0000-4000-8000-000000000001', '0412345 boz', '00000000-0000-4000-9000-000000000002'),
	('00000000-0000-4000-8000-000000000001', '412345 boz', '00000000-0000-4000-9000-000000000002');

INSERT INTO public.clients VALUES
	('00000000-0000-4000-9000-000000000001', '2026-01-05 00:00:00+00', 'Ana Ruiz', 'ana@example.com', NULL, 'active', NULL, '00000000-0000-4000-8000-000000000001'),
	('00000000-0000-4000-9000-000000000002', '2026-01-05 00:00:00+00', 'Zoë O’Brien', NULL, '0412 345', 'active', NULL, '00000000-0000-4000-8000-000000000001');

INSERT INTO public.django_migrations VALUES
	(1, 'purchases', '0001_initial', '2026-11-27 00:59:59.221409+00'),
	(2, 'contenttypes', '0001_initial', '2026-11-27 00:59:59.228776+00'),
	(3, 'contenttypes', '0002_remove_content_type_name', '2026-11-27 00:59:59.241533+00'),
	(4, 'auth', '0001_initial', '2026-11-27 00:59:59.269308+00'),
	(5, 'auth', '0002_alter_permission_name_max_length', '2026-11-27 00:59:59.278378+00'),
	(6, 'auth', '0003_alter_user_email_max_length', '2026-11-27 00:59:59.285165+00'),
	(7, 'auth', '0004_alter_user_username_opts', '2026-11-27 00:59:59.291923+00'),
	(8, 'auth', '0005_alter_user_last_login_null', '2026-11-27 00:59:59.298557+00'),
	(9, 'auth', '0006_require_contenttypes_0002', '2026-11-27 00:59:59.299813+00'),
	(10, 'auth', '0007_alter_validators_add_error_messages', '2026-11-27 00:59:59.306013+00'),
	(11, 'auth', '0008_alter_user_username_max_length', '2026-11-27 00:59:59.312623+00'),
	(12, 'auth', '0009_alter_user_last_name_max_length', '2026-11-27 00:59:59.318987+00'),
	(13, 'auth', '0010_alter_group_name_max_length', '2026-11-27 00:59:59.325906+00'),
	(14, 'auth', '0011_update_proxy_permissions', '2026-11-27 00:59:59.336773+00'),
	(15, 'auth', '0012_alter_user_first_name_max_length', '2026-11-27 00:59:59.343367+00'),
	(16, 'studio', '0001_initial', '2026-11-27 00:59:59.39443+00'),
	(17, 'admin', '0001_initial', '2026-11-27 00:59:59.416352+00'),
	(18, 'admin', '0002_logentry_remove_auto_add', '2026-11-27 00:59:59.426077+00'),
	(19, 'admin', '0003_logentry_add_action_flag_choices', '2026-11-27 00:59:59.436849+00'),
	(20, 'purchases', '0002_release_session', '2026-11-27 00:59:59.439354+00'),
	(21, 'purchases', '0003_use_session', '2026-11-27 00:59:59.441298+00'),
	(22, 'purchases', '0004_client_search_terms', '2026-11-27 00:59:59.464548+00'),
	(23, 'purchases', '0005_desk_indexes', '2026-11-27 00:59:59.523856+00'),
	(24, 'purchases', '0006_session_requests', '2026-11-27 00:59:59.550896+00'),
	(25, 'purchases', '0007_session_events', '2026-11-27 00:59:59.578559+00'),
	(26, 'purchases', '0008_record_session_event', '2026-11-27 00:59:59.586537+00'),
	(27, 'purchases', '0009_undo_reinstatement', '2026-11-27 00:59:59.589087+00'),
	(28, 'purchases', '0010_sessions_used_is_between_0_and_total', '2026-11-27 00:59:59.592649+00'),
	(29, 'purchases', '0011_open_older_purchases', '2026-11-27 00:59:59.623738+00'),
	(30, 'purchases', '0012_find_older_clients', '2026-11-27 00:59:59.67334+00'),
	(31, 'purchases', '0013_cancelled_classes', '2026-11-27 00:59:59.723423+00'),
	(32, 'purchases', '0014_find_clients', '2026-11-27 00:59:59.726942+00'),
	(33, 'purchases', '0015_events_know_their_transaction', '2026-11-27 00:59:59.730288+00'),
	(34, 'purchases', '0016_terms_of_long_phones', '2026-11-27 00:59:59.735165+00'),
	(35, 'purchases', '0017_expiry_events', '2026-11-27 00:59:59.936621+00'),
	(36, 'purchases', '0018_record_expiry_event', '2026-11-27 00:59:59.941182+00'),
	(37, 'purchases', '0019_extend_expiry', '2026-11-27 00:59:59.944284+00'),
	(38, 'purchases', '0020_undo_extension', '2026-11-27 00:59:59.947086+00'),
	(39, 'purchases', '0021_a_request_has_an_approver', '2026-11-27 01:00:00.003533+00'),
	(40, 'purchases', '0022_times_given_back', '2026-11-27 01:00:00.006893+00'),
	(41, 'purchases', '0023_search_in_the_index', '2026-11-27 01:00:00.051987+00'),
	(42, 'purchases', '0024_lists_by_expiry', '2026-11-27 01:00:00.115186+00'),
	(43, 'purchases', '0025_newest_first_with_the_client', '2026-11-27 01:00:00.167479+00'),
	(44, 'purchases', '0026_hold_for_undo', '2026-11-27 01:00:00.195982+00'),
	(45, 'purchases', '0027_terms_have_initials', '2026-11-27 01:00:00.198313+00'),
	(46, 'purchases', '0028_initials_of_older_clients', '2026-11-27 01:00:00.242797+00'),
	(47, 'studio', '0002_policy', '2026-11-27 01:00:00.297133+00'),
	(48, 'studio', '0003_language_and_time_zone', '2026-11-27 01:00:00.490218+00'),
	(49, 'studio', '0004_desk_codes', '2026-11-27 01:00:00.749469+00'),
	(50, 'studio', '0005_allowances', '2026-11-27 01:00:00.791792+00'),
	(51, 'studio', '0006_sessions_know_their_people', '2026-11-27 01:00:00.844556+00');

INSERT INTO public.expiry_events OVERRIDING SYSTEM VALUE VALUES
	(1, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-a000-000000000003', 'extended', '2027-01-06 00:00:00+00', '2027-01-20 23:59:59+00', '00000000-0000-4000-b000-000000000004', NULL, 'postgres', '2026-11-27 01:19:33.298465+00', '1165');

INSERT INTO public.offers VALUES
	('00000000-0000-4000-8000-000000000002', '10-class pack', NULL, 'session_pack', 20000, 'aud', 10, 0, NULL, true, '2026-01-05 00:00:00+00', '2026-01-05 00:00:00+00', '00000000-0000-4000-8000-000000000001');

INSERT INTO public.orgs VALUES
	('00000000-0000-4000-8000-000000000001', '2026-01-05 00:00:00+00', 'Northside Pilates', 'northside');

INSERT INTO public.session_events OVERRIDING SYSTEM VALUE VALUES
	(1, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-a000-000000000001', 'opened', 1, 1, NULL, NULL, 'postgres', '2026-11-27 01:19:33.284363+00', '1156'),
	(2, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-a000-000000000002', 'opened', 2, 2, NULL, NULL, 'postgres', '2026-11-27 01:19:33.285142+00', '1156'),
	(3, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-a000-000000000003', 'opened', 3, 3, NULL, NULL, 'postgres', '2026-11-27 01:19:33.285384+00', '1156'),
	(4, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-a000-000000000001', 'used', 1, 2, '00000000-0000-4000-b000-000000000001', NULL, 'postgres', '2026-11-27 01:19:33.292833+00', '1162'),
	(5, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-a000-000000000001', 'reinstated', -1, 1, '00000000-0000-4000-b000-000000000002', 4, 'postgres', '2026-11-27 01:19:33.295462+00', '1163'),
	(6, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-a000-000000000002', 'corrected', 3, 5, NULL, NULL, 'postgres', '2026-11-27 01:19:33.299803+00', '1166');

INSERT INTO public.session_requests VALUES
	('00000000-0000-4000-b000-000000000001', 'use', '00000000-0000-4000-a000-000000000001', NULL, 1, NULL, '', NULL, '2026-11-27 01:19:33.290174+00', '1162', NULL, NULL, NULL),
	('00000000-0000-4000-b000-000000000002', 'reinstate', '00000000-0000-4000-a000-000000000001', NULL, 1, 'late_cancel_forgiven', 'first time', NULL, '2026-11-27 01:19:33.293785+00', '1163', NULL, NULL, 2),
	('00000000-0000-4000-b000-000000000003', 'reinstate', '00000000-0000-4000-a000-000000000002', NULL, 1, 'other', '', 'over_allowance', '2026-11-27 01:19:33.296043+00', '1164', NULL, NULL, NULL),
	('00000000-0000-4000-b000-000000000004', 'extend', '00000000-0000-4000-a000-000000000003', NULL, 2, NULL, '', NULL, '2026-11-27 01:19:33.296481+00', '1165', 14, NULL, NULL);

INSERT INTO public.studio_allowance VALUES
	(1, 'late_cancel_forgiven', 2, 30, '00000000-0000-4000-8000-000000000001');

INSERT INTO public.studio_membership VALUES
	(1, 'staff', '00000000-0000-4000-8000-000000000001', 1, 'a hash', 4, NULL, 2),
	(2, 'owner', '00000000-0000-4000-8000-000000000001', 2, '', NULL, NULL, 2);

INSERT INTO public.studio_policy VALUES
	(1, true, '00000000-0000-4000-8000-000000000001', 'es', 'Australia/Sydney', NULL);

INSERT INTO public.studio_session VALUES
	('a session', 'data', '2026-12-31 00:00:00+00', NULL, 1);

INSERT INTO public.studio_user VALUES
	(1, 'pbkdf2_sha256$1$salt$x', NULL, false, 'mia', 'Mia', '', '', false, true, '2026-01-05 00:00:00+00'),
	(2, 'pbkdf2_sha256$1$salt$x', NULL, false, 'olivia', 'Olivia', '', '', false, true, '2026-01-05 00:00:00+00');

SELECT pg_catalog.setval('public.auth_group_id_seq', 1, false);

SELECT pg_catalog.setval('public.auth_group_permissions_id_seq', 1, false);

SELECT pg_catalog.setval('public.auth_permission_id_seq', 76, true);

SELECT pg_catalog.setval('public.django_admin_log_id_seq', 1, false);

SELECT pg_catalog.setval('public.django_content_type_id_seq', 19, true);

SELECT pg_catalog.setval('public.django_migrations_id_seq', 51, true);

SELECT pg_catalog.setval('public.expiry_events_id_seq', 1, true);

SELECT pg_catalog.setval('public.session_events_id_seq', 6, true);

SELECT pg_catalog.setval('public.studio_allowance_id_seq', 1, true);

SELECT pg_catalog.setval('public.studio_membership_id_seq', 2, true);

SELECT pg_catalog.setval('public.studio_policy_id_seq', 1, true);

SELECT pg_catalog.setval('public.studio_user_groups_id_seq', 1, false);

SELECT pg_catalog.setval('public.studio_user_id_seq', 2, true);

SELECT pg_catalog.setval('public.studio_user_user_permissions_id_seq', 1, false);

ALTER TABLE ONLY public.cancelled_class_lines
    ADD CONSTRAINT a_cancelled_class_has_a_purchase_once UNIQUE (cancelled_class_id, purchase_id);

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT a_request_has_one_event UNIQUE (request_id);

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT a_request_has_one_expiry_event UNIQUE (request_id);

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT an_event_is_reversed_once UNIQUE (reverses_id);

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT an_extension_is_undone_once UNIQUE (reverses_id);

ALTER TABLE ONLY public.studio_allowance
    ADD CONSTRAINT an_org_has_one_allowance_per_reason UNIQUE (org_id, reason);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.cancelled_class_lines
    ADD CONSTRAINT cancelled_class_lines_pkey PRIMARY KEY (request_id);

ALTER TABLE ONLY public.cancelled_classes
    ADD CONSTRAINT cancelled_classes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.client_purchases
    ADD CONSTRAINT client_purchases_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.client_search_terms
    ADD CONSTRAINT client_search_terms_pkey PRIMARY KEY (org_id, term, client_id);

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT expiry_events_of_one_purchase UNIQUE (purchase_id, id);

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT expiry_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.offers
    ADD CONSTRAINT offers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.orgs
    ADD CONSTRAINT orgs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.orgs
    ADD CONSTRAINT orgs_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT session_events_of_one_purchase UNIQUE (purchase_id, id);

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT session_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.session_requests
    ADD CONSTRAINT session_requests_pkey PRIMARY KEY (request_id);

ALTER TABLE ONLY public.studio_allowance
    ADD CONSTRAINT studio_allowance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_membership
    ADD CONSTRAINT studio_membership_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_membership
    ADD CONSTRAINT studio_membership_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.studio_policy
    ADD CONSTRAINT studio_policy_org_id_key UNIQUE (org_id);

ALTER TABLE ONLY public.studio_policy
    ADD CONSTRAINT studio_policy_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.studio_session
    ADD CONSTRAINT studio_session_pkey PRIMARY KEY (session_key);

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

CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);

CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);

CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);

CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);

CREATE INDEX cancelled_classes_newest_first ON public.cancelled_classes USING btree (org_id, created_at DESC);

CREATE INDEX cancelled_classes_of_an_actor ON public.cancelled_classes USING btree (actor_id);

CREATE INDEX client_search_terms_of_a_client ON public.client_search_terms USING btree (client_id, term);

CREATE INDEX clients_newest_first ON public.clients USING btree (org_id, created_at DESC);

CREATE INDEX django_admin_log_content_type_id_c4bce8eb ON public.django_admin_log USING btree (content_type_id);

CREATE INDEX django_admin_log_user_id_c564eba6 ON public.django_admin_log USING btree (user_id);

CREATE INDEX expiry_events_by_transaction ON public.expiry_events USING btree (org_id, made_in) INCLUDE (purchase_id);

CREATE INDEX orgs_slug_979b3c5a_like ON public.orgs USING btree (slug text_pattern_ops);

CREATE INDEX purchases_by_expiry ON public.client_purchases USING btree (org_id, expires_at, id);

CREATE INDEX purchases_newest_first ON public.client_purchases USING btree (org_id, purchased_at DESC, id DESC) INCLUDE (client_id);

CREATE INDEX purchases_of_a_client ON public.client_purchases USING btree (client_id, purchased_at DESC, id DESC) INCLUDE (org_id);

CREATE INDEX purchases_of_an_offer ON public.client_purchases USING btree (offer_id);

CREATE INDEX session_events_by_transaction ON public.session_events USING btree (org_id, made_in) INCLUDE (purchase_id) WHERE (made_in IS NOT NULL);

CREATE INDEX session_requests_of_a_purchase ON public.session_requests USING btree (purchase_id, asked_at);

CREATE INDEX session_requests_of_an_actor ON public.session_requests USING btree (actor_id);

CREATE INDEX session_requests_of_an_approver ON public.session_requests USING btree (approved_by_id) WHERE (approved_by_id IS NOT NULL);

CREATE INDEX studio_allowance_org_id_1916f192 ON public.studio_allowance USING btree (org_id);

CREATE INDEX studio_membership_org_id_18374ae0 ON public.studio_membership USING btree (org_id);

CREATE INDEX studio_session_expire_date_8aadcb6d ON public.studio_session USING btree (expire_date);

CREATE INDEX studio_session_session_key_87c28d6f_like ON public.studio_session USING btree (session_key varchar_pattern_ops);

CREATE INDEX studio_user_groups_group_id_d592e493 ON public.studio_user_groups USING btree (group_id);

CREATE INDEX studio_user_groups_user_id_385f0f1c ON public.studio_user_groups USING btree (user_id);

CREATE INDEX studio_user_user_permissions_permission_id_9bfa52a1 ON public.studio_user_user_permissions USING btree (permission_id);

CREATE INDEX studio_user_user_permissions_user_id_b6ca9761 ON public.studio_user_user_permissions USING btree (user_id);

CREATE INDEX studio_user_username_6b921446_like ON public.studio_user USING btree (username varchar_pattern_ops);

CREATE TRIGGER hold_to_request BEFORE UPDATE OF sessions_used ON public.client_purchases FOR EACH ROW WHEN (((current_setting('studio.request_id'::text, true) <> ''::text) AND (current_setting('application_name'::text) = ANY (ARRAY['studio: used'::text, 'studio: reinstated'::text, 'studio: undone'::text])))) EXECUTE FUNCTION public.hold_to_request();

CREATE TRIGGER keep_search_terms AFTER INSERT OR UPDATE OF id, org_id, full_name, email, phone ON public.clients FOR EACH ROW EXECUTE FUNCTION public.keep_search_terms();

CREATE TRIGGER record_changed_expiry_event AFTER UPDATE ON public.client_purchases FOR EACH ROW WHEN (((old.expires_at IS DISTINCT FROM new.expires_at) OR (old.id <> new.id))) EXECUTE FUNCTION public.record_expiry_event();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_changed_expiry_event;

CREATE TRIGGER record_changed_session_event AFTER UPDATE ON public.client_purchases FOR EACH ROW WHEN (((old.sessions_used IS DISTINCT FROM new.sessions_used) OR (old.id <> new.id))) EXECUTE FUNCTION public.record_session_event();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_changed_session_event;

CREATE TRIGGER record_expiry_event AFTER INSERT ON public.client_purchases FOR EACH ROW EXECUTE FUNCTION public.record_expiry_event();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_expiry_event;

CREATE TRIGGER record_session_event AFTER INSERT OR DELETE ON public.client_purchases FOR EACH ROW EXECUTE FUNCTION public.record_session_event();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_session_event;

CREATE TRIGGER record_truncated_purchases BEFORE TRUNCATE ON public.client_purchases FOR EACH STATEMENT EXECUTE FUNCTION public.record_truncated_purchases();

ALTER TABLE public.client_purchases ENABLE ALWAYS TRIGGER record_truncated_purchases;

CREATE TRIGGER refuse_to_forget BEFORE DELETE OR UPDATE OR TRUNCATE ON public.expiry_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_forget();

ALTER TABLE public.expiry_events ENABLE ALWAYS TRIGGER refuse_to_forget;

CREATE TRIGGER refuse_to_forget BEFORE DELETE OR UPDATE OR TRUNCATE ON public.session_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_forget();

ALTER TABLE public.session_events ENABLE ALWAYS TRIGGER refuse_to_forget;

CREATE TRIGGER refuse_to_forget BEFORE DELETE OR UPDATE OR TRUNCATE ON public.session_requests FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_to_forget();

ALTER TABLE public.session_requests ENABLE ALWAYS TRIGGER refuse_to_forget;

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT an_event_reverses_one_of_its_own_purchase FOREIGN KEY (purchase_id, reverses_id) REFERENCES public.session_events(purchase_id, id);

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT an_undo_is_of_an_extension_of_its_own_purchase FOREIGN KEY (purchase_id, reverses_id) REFERENCES public.expiry_events(purchase_id, id);

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.cancelled_class_lines
    ADD CONSTRAINT cancelled_class_lines_cancelled_class_id_fkey FOREIGN KEY (cancelled_class_id) REFERENCES public.cancelled_classes(id);

ALTER TABLE ONLY public.cancelled_classes
    ADD CONSTRAINT cancelled_classes_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.studio_user(id);

ALTER TABLE ONLY public.cancelled_classes
    ADD CONSTRAINT cancelled_classes_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id);

ALTER TABLE ONLY public.client_purchases
    ADD CONSTRAINT client_purchases_client_id_be2e542a_fk_clients_id FOREIGN KEY (client_id) REFERENCES public.clients(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.client_purchases
    ADD CONSTRAINT client_purchases_offer_id_f3ef55af_fk_offers_id FOREIGN KEY (offer_id) REFERENCES public.offers(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.client_purchases
    ADD CONSTRAINT client_purchases_org_id_130dca44_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.client_search_terms
    ADD CONSTRAINT client_search_terms_client_id_fkey FOREIGN KEY (client_id) REFERENCES public.clients(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.client_search_terms
    ADD CONSTRAINT client_search_terms_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.orgs(id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY public.clients
    ADD CONSTRAINT clients_org_id_991f317d_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_content_type_id_c4bce8eb_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_user_id_c564eba6_fk_studio_user_id FOREIGN KEY (user_id) REFERENCES public.studio_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.expiry_events
    ADD CONSTRAINT expiry_events_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.session_requests(request_id);

ALTER TABLE ONLY public.offers
    ADD CONSTRAINT offers_org_id_4de599d7_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.session_events
    ADD CONSTRAINT session_events_request_id_fkey FOREIGN KEY (request_id) REFERENCES public.session_requests(request_id);

ALTER TABLE ONLY public.session_requests
    ADD CONSTRAINT session_requests_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES public.studio_user(id);

ALTER TABLE ONLY public.session_requests
    ADD CONSTRAINT session_requests_approved_by_id_fkey FOREIGN KEY (approved_by_id) REFERENCES public.studio_user(id);

ALTER TABLE ONLY public.studio_allowance
    ADD CONSTRAINT studio_allowance_org_id_1916f192_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_membership
    ADD CONSTRAINT studio_membership_org_id_18374ae0_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_membership
    ADD CONSTRAINT studio_membership_user_id_aa5fde1d_fk_studio_user_id FOREIGN KEY (user_id) REFERENCES public.studio_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_policy
    ADD CONSTRAINT studio_policy_org_id_9542a474_fk_orgs_id FOREIGN KEY (org_id) REFERENCES public.orgs(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_user_groups
    ADD CONSTRAINT studio_user_groups_group_id_d592e493_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_user_groups
    ADD CONSTRAINT studio_user_groups_user_id_385f0f1c_fk_studio_user_id FOREIGN KEY (user_id) REFERENCES public.studio_user(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_user_user_permissions
    ADD CONSTRAINT studio_user_user_per_permission_id_9bfa52a1_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.studio_user_user_permissions
    ADD CONSTRAINT studio_user_user_permissions_user_id_b6ca9761_fk_studio_user_id FOREIGN KEY (user_id) REFERENCES public.studio_user(id) DEFERRABLE INITIALLY DEFERRED;

REVOKE ALL ON FUNCTION public.correct_expiry(p_purchase_id uuid, p_expires_at timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.event_to_reverse(p_purchase_id uuid, p_kind text, p_chosen bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.extend_expiry(p_purchase_id uuid, p_days integer, p_until date, p_zone text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.extended_expiry(p_expires_at timestamp with time zone, p_days integer, p_until date, p_zone text) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.extension_to_undo(p_purchase_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.find_clients(p_org_id uuid, p_names text[], p_words text[], p_at_most integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.hold_for_undo(p_purchase_id uuid, p_event_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.hold_times_given_back(p_org_id uuid, p_client_id uuid, p_reason text, p_days integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.hold_to_request() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.keep_search_terms() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.made_by() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_expiry_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_session_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.record_truncated_purchases() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.release_session(p_purchase_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.times_given_back(p_org_id uuid, p_client_ids uuid[], p_reasons text[], p_days integer[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.undo_extension(p_purchase_id uuid, p_event_id bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.undo_reinstatement(p_purchase_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION public.use_session(p_purchase_id uuid) FROM PUBLIC;
