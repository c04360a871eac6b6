-- Returns, for each of many names or e-mails, by its place in the list, the clients of an org for
-- whom every one of its words begins a search term: those who are called exactly so come first.
-- p_words has the words of each name, with a space between; p_at_most bounds the clients of each.
CREATE FUNCTION public.find_clients(
    p_org_id uuid, p_names text[], p_words text[], p_at_most int
)
RETURNS TABLE (place bigint, client_id uuid, is_whole boolean)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
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

REVOKE ALL ON FUNCTION public.find_clients(uuid, text[], text[], int) FROM PUBLIC;
