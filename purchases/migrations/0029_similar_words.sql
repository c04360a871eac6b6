-- Return up to 5 words of the org's clients that are similar to a mistyped word, the most similar
-- first. Return none if the database lacks the extension pg_trgm, which some servers do not have.
-- At most 50,000 search terms are compared.
CREATE FUNCTION public.similar_words(p_org_id uuid, p_word text) RETURNS SETOF text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
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
$$;

REVOKE ALL ON FUNCTION public.similar_words(uuid, text) FROM PUBLIC;

COMMENT ON FUNCTION public.similar_words(uuid, text) IS
'Studio: returns words of clients that are similar to a mistyped word, if pg_trgm is installed.';
