-- Rename the objects of the migrations before version 0.1.0, and record the migrations of 0.1.0.
ALTER TABLE public.session_requests RENAME COLUMN objection TO refusal;
ALTER TABLE public.session_requests RENAME COLUMN claimed_in TO claimed_xact_id;
ALTER TABLE public.session_requests RENAME CONSTRAINT session_requests_extend_says_how_long
TO session_requests_extend_has_days_or_a_date;
ALTER TABLE public.session_requests RENAME CONSTRAINT session_requests_are_approved_by_somebody_else
TO session_requests_approver_is_not_the_actor;
ALTER TABLE public.session_requests DROP CONSTRAINT session_requests_reason_is_known;

ALTER TABLE public.session_events RENAME COLUMN made_by TO db_role;
ALTER TABLE public.session_events RENAME COLUMN made_in TO xact_id;
ALTER TABLE public.expiry_events RENAME COLUMN made_by TO db_role;
ALTER TABLE public.expiry_events RENAME COLUMN made_in TO xact_id;

ALTER TABLE public.cancelled_classes DROP CONSTRAINT cancelled_classes_reason_is_known;
ALTER TABLE public.studio_allowance DROP CONSTRAINT allowance_reason_is_known;

ALTER TABLE public.studio_membership RENAME COLUMN code TO pin;
ALTER TABLE public.studio_membership RENAME COLUMN code_digits TO pin_digits;
ALTER TABLE public.studio_membership RENAME CONSTRAINT a_code_has_4_to_8_digits
TO a_pin_has_4_to_8_digits;
ALTER TABLE public.studio_membership RENAME CONSTRAINT studio_membership_code_digits_check
TO studio_membership_pin_digits_check;

-- From PostgreSQL 18 on, NOT NULL is a constraint. Its name still contains the old column name.
DO $$
DECLARE
    v_old record;
BEGIN
    FOR v_old IN
        SELECT conrelid::regclass AS relation, conname, format('%s_%s_not_null', relname, attname)
            AS new_name
        FROM pg_constraint
        JOIN pg_class ON pg_class.oid = conrelid
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'n' AND relnamespace = 'public'::regnamespace
            AND conname ~ '_(made_by|made_in|claimed_in|code)_not_null$'
    LOOP
        EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', v_old.relation, v_old.conname,
            v_old.new_name);
    END LOOP;
END
$$;

ALTER FUNCTION public.refuse_to_forget() RENAME TO forbid_change;
ALTER TRIGGER refuse_to_forget ON public.session_requests RENAME TO forbid_change;
ALTER TRIGGER refuse_to_forget ON public.session_events RENAME TO forbid_change;
ALTER TRIGGER refuse_to_forget ON public.expiry_events RENAME TO forbid_change;

ALTER FUNCTION public.hold_to_request() RENAME TO enforce_request;
ALTER TRIGGER hold_to_request ON public.client_purchases RENAME TO enforce_request;

ALTER FUNCTION public.keep_search_terms() RENAME TO refresh_search_terms;
DROP TRIGGER keep_search_terms ON public.clients;

ALTER FUNCTION public.made_by() RENAME TO current_db_role;
ALTER FUNCTION public.hold_for_undo(uuid, bigint) RENAME TO lock_and_check_undo;
ALTER FUNCTION public.times_given_back(uuid, uuid[], text[], int[])
RENAME TO count_reinstatements;
ALTER FUNCTION public.hold_times_given_back(uuid, uuid, text, int)
RENAME TO lock_and_count_reinstatements;

-- The site searches by a statement instead of this function.
DROP FUNCTION public.find_clients(uuid, text[], text[], int);

-- Drop the function, because CREATE OR REPLACE cannot rename its parameter.
DROP FUNCTION public.event_to_reverse(uuid, text, bigint);

-- The migrations of 0.1.0 leave no function executable by PUBLIC.
REVOKE ALL ON FUNCTION public.fold_for_search(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.search_terms(text, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.forbid_change() FROM PUBLIC;

DELETE FROM public.django_migrations WHERE app IN ('purchases', 'studio');
INSERT INTO public.django_migrations (app, name, applied) VALUES
('purchases', '0001_initial', now()),
('studio', '0001_accounts', now()),
('purchases', '0002_desk_indexes', now()),
('purchases', '0003_client_search_terms', now()),
('purchases', '0004_session_requests', now()),
('purchases', '0005_session_events', now()),
('purchases', '0006_record_session_event', now()),
('purchases', '0007_release_session', now()),
('purchases', '0008_use_session', now()),
('purchases', '0009_undo_reinstatement', now()),
('purchases', '0010_sessions_used_is_between_0_and_total', now()),
('purchases', '0011_expiry_events', now()),
('purchases', '0012_extend_expiry', now()),
('purchases', '0013_count_reinstatements', now()),
('purchases', '0014_cancelled_classes', now()),
('purchases', '0015_open_older_purchases', now()),
('purchases', '0016_index_older_clients', now());
