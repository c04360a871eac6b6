-- Return a seal: the SHA-256 of the seal before it, its org, its day, the number of rows, the last
-- ids, the digest of the leaves, and what decides which rows it covers.
CREATE FUNCTION public.seal_hash(
    p_former bytea,
    p_org_id uuid,
    p_day date,
    p_lines bigint,
    p_last_ids bigint[],
    p_digest bytea,
    p_ends_at timestamptz,
    p_sealed_at timestamptz,
    p_xact_id xid8,
    p_snapshot pg_snapshot
) RETURNS bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT sha256(convert_to(concat(
        encode(p_former, 'hex'), '|', p_org_id, '|', to_char(p_day, 'YYYY-MM-DD'), '|', p_lines,
        '|', p_last_ids, '|', encode(p_digest, 'hex'), '|', extract(epoch FROM p_ends_at), '|',
        extract(epoch FROM p_sealed_at), '|', p_xact_id, '|', p_snapshot
    ), 'UTF8'))
$$;

REVOKE ALL ON FUNCTION public.seal_hash(
    bytea, uuid, date, bigint, bigint[], bytea, timestamptz, timestamptz, xid8, pg_snapshot
) FROM PUBLIC;

COMMENT ON FUNCTION public.seal_hash(
    bytea, uuid, date, bigint, bigint[], bytea, timestamptz, timestamptz, xid8, pg_snapshot
) IS 'Studio: returns the seal of these values and the seal before it.';
