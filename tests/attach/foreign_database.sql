-- The database of a live product before `attach`: the four shared tables with extra columns, other
-- tables that reference them, policies, default privileges, and two functions that oversell. The
-- roles anon, authenticated and service_role exist.

CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
GRANT USAGE ON SCHEMA auth, public TO anon, authenticated, service_role;

-- Default privileges grant all new objects to the three roles.
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT ALL ON TABLES TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT ALL ON SEQUENCES TO anon, authenticated, service_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT ALL ON FUNCTIONS TO anon, authenticated, service_role;

CREATE TYPE public.loyalty_tier AS ENUM ('bronze', 'silver', 'gold');

CREATE TABLE public.orgs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    created_at timestamptz NOT NULL DEFAULT now(),
    name text NOT NULL,
    slug text NOT NULL UNIQUE,
    logo_url text,
    settings jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE public.clients (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id uuid NOT NULL REFERENCES public.orgs (id) ON DELETE CASCADE,
    user_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    full_name text NOT NULL,
    email text,
    phone text,
    status text NOT NULL DEFAULT 'active',
    notes text,
    tier public.loyalty_tier NOT NULL DEFAULT 'bronze'
);
CREATE INDEX clients_org_id_idx ON public.clients (org_id);

CREATE TABLE public.offers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id uuid NOT NULL REFERENCES public.orgs (id) ON DELETE CASCADE,
    name text NOT NULL,
    description text,
    offer_type text NOT NULL
        CHECK (offer_type IN ('subscription', 'session_pack', 'single_session')),
    price_cents int NOT NULL,
    currency text NOT NULL DEFAULT 'aud',
    sessions_included int,
    bonus_sessions int DEFAULT 0,
    pack_validity_days int,
    is_active bool DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    stripe_price_id text UNIQUE
);

CREATE TABLE public.client_purchases (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    org_id uuid NOT NULL REFERENCES public.orgs (id) ON DELETE CASCADE,
    client_id uuid NOT NULL REFERENCES public.clients (id) ON DELETE CASCADE,
    offer_id uuid NOT NULL REFERENCES public.offers (id),
    amount_paid_cents int NOT NULL,
    currency text NOT NULL DEFAULT 'aud',
    sessions_total int,
    sessions_used int DEFAULT 0,
    sessions_remaining int GENERATED ALWAYS AS (sessions_total - sessions_used) STORED,
    purchased_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    payment_status text DEFAULT 'pending'
        CHECK (payment_status IN ('pending', 'succeeded', 'failed', 'refunded')),
    payment_method text,
    created_at timestamptz NOT NULL DEFAULT now(),
    stripe_id text,
    touched_at timestamptz
);

-- A table and a view of the product that reference the shared tables.
CREATE TABLE public.bookings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    purchase_id uuid REFERENCES public.client_purchases (id) ON DELETE SET NULL,
    client_id uuid NOT NULL REFERENCES public.clients (id) ON DELETE CASCADE,
    starts_at timestamptz NOT NULL DEFAULT now()
);
CREATE VIEW public.balances AS
    SELECT client_id, sum(sessions_remaining) AS sessions_left
    FROM public.client_purchases GROUP BY client_id;

CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN NEW.touched_at := now(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON public.client_purchases
    FOR EACH ROW EXECUTE FUNCTION public.touch();

-- The role authenticated sees and changes the client's own rows. service_role bypasses the
-- policies.
ALTER TABLE public.orgs ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.clients ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.offers ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.client_purchases ENABLE ROW LEVEL SECURITY;
CREATE POLICY "orgs are public" ON public.orgs FOR SELECT USING (true);
CREATE POLICY "offers are public" ON public.offers FOR SELECT USING (is_active);
CREATE POLICY "own row" ON public.clients FOR ALL TO authenticated
    USING (user_id = auth.uid()) WITH CHECK (user_id = auth.uid());
CREATE POLICY "own purchases" ON public.client_purchases FOR ALL TO authenticated
    USING (client_id IN (SELECT id FROM public.clients WHERE user_id = auth.uid()));

-- This function reads before it updates, so two concurrent callers may use the last session twice.
CREATE FUNCTION public.use_session(purchase uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
    v_left int;
BEGIN
    SELECT sessions_total - sessions_used INTO v_left FROM client_purchases WHERE id = purchase;
    IF v_left > 0 THEN
        UPDATE client_purchases SET sessions_used = sessions_used + 1 WHERE id = purchase;
        RETURN '{"ok": true}';
    END IF;
    RETURN '{"ok": false}';
END
$$;
CREATE FUNCTION public.release_session(purchase uuid) RETURNS bigint
LANGUAGE sql SECURITY DEFINER
AS $$
    UPDATE client_purchases SET sessions_used = sessions_used - 1 WHERE id = purchase
    RETURNING sessions_used::bigint
$$;
