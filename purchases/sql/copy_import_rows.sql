-- Store the planned rows of an import.
COPY public.import_rows (
    import_id, position, row_number, org_id, client_id, adds_client, client_request_id, full_name,
    email, phone, notes, external_id, request_id, purchase_id, offer_id, sessions_total,
    sessions_used, amount_paid_cents, currency, purchased_at, expires_at
) FROM STDIN
