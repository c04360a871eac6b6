-- Return the clients of an org that match each of many names or e-mail addresses, with the
-- position of the name in the list. A client matches if every word of the name begins a search
-- term of the client. Clients whose whole name or e-mail matches come first.
-- p_words holds the words of each name, separated by spaces. p_at_most limits the clients of each.
CREATE FUNCTION public.find_clients(
    p_org_id uuid, p_names text[], p_words text[], p_at_most int
)
RETURNS TABLE (place bigint, client_id uuid, is_whole boolean)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT listed.place, match.id, match.is_whole
    FROM unnest(p_names, p_words) WITH ORDINALITY AS listed (name, words, place),
        LATERAL (
            -- Longest word first, because fewer clients have it.
            SELECT array_agg(public.fold_for_search(word) ORDER BY length(word) DESC) AS words
            FROM string_to_table(listed.words, ' ') AS word
        ) AS folded,
        LATERAL (
            SELECT client.id, coalesce(
                public.fold_for_search(listed.name) IN (
                    public.fold_for_search(client.full_name), public.fold_for_search(client.email)
                ), false) AS is_whole
            FROM (
                SELECT DISTINCT term.client_id
                FROM public.client_search_terms AS term
                WHERE term.org_id = p_org_id
                    AND term.term >= folded.words[1]
                    -- A range instead of LIKE, because the index serves a range. chr(1114111) is
                    -- greater than every letter.
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
        ) AS match
    ORDER BY listed.place, match.is_whole DESC, match.id
$$;

REVOKE ALL ON FUNCTION public.find_clients(uuid, text[], text[], int) FROM PUBLIC;

COMMENT ON FUNCTION public.find_clients(uuid, text[], text[], int) IS
'Studio: returns the clients of an org that match each name or e-mail address of a list.';
