-- Two orgs, one client for every ten purchases, and malformed rows.
INSERT INTO orgs (id, name, slug) VALUES
    ('00000000-0000-4000-8000-000000000001', 'Northside Pilates', 'northside'),
    ('00000000-0000-4000-8000-000000000002', 'Southside Yoga', 'southside');

INSERT INTO offers (id, org_id, name, offer_type, price_cents, sessions_included)
SELECT id, id, '10-class pack', 'session_pack', 20000, 10 FROM orgs;

INSERT INTO clients (id, org_id, user_id, full_name, email)
SELECT ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid,
    ('00000000-0000-4000-8000-00000000000' || 1 + n % 2)::uuid, gen_random_uuid(),
    (ARRAY['Ana Ruiz', 'Zoë O’Brien', 'Jürgen Groß', 'Nguyễn Thị Mai'])[1 + n % 4] || ' ' || n,
    CASE WHEN n % 5 > 0 THEN 'client' || n || '@example.com' END
FROM generate_series(1, greatest(1, :purchases / 10)) AS n;

INSERT INTO client_purchases (id, org_id, client_id, offer_id, amount_paid_cents, sessions_total,
    sessions_used, purchased_at, expires_at, payment_status)
SELECT ('00000000-0000-4000-a000-' || lpad(n::text, 12, '0'))::uuid, org_id, clients.id, org_id,
    20000, 10, n % 11, now() - n * interval '1 minute',
    CASE WHEN n % 3 = 0 THEN now() + (n % 400 - 200) * interval '1 day' END,
    (ARRAY['succeeded', 'succeeded', 'succeeded', 'pending', 'refunded', NULL])[1 + n % 6]
FROM generate_series(1, :purchases) AS n
JOIN clients
    ON clients.id = ('00000000-0000-4000-9000-' || lpad((1 + n / 11)::text, 12, '0'))::uuid;

-- Malformed rows, one for each fault.
INSERT INTO client_purchases (id, org_id, client_id, offer_id, amount_paid_cents, sessions_total,
    sessions_used, expires_at, payment_status)
SELECT ('00000000-0000-4000-b000-00000000000' || n)::uuid, org_id, clients.id, org_id, 0, total,
    used, expires_at::timestamptz, 'succeeded'
FROM (VALUES
    (1, 10, 12, NULL), (2, 10, -2, NULL), (3, 10, NULL, NULL), (4, NULL, NULL, NULL),
    (5, NULL, 3, NULL), (6, 0, 0, 'infinity'), (7, 10, 3, '0100-01-01')
) AS malformed (n, total, used, expires_at), clients
WHERE clients.id = '00000000-0000-4000-9000-000000000001';
