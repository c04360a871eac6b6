-- Who writes a client meanwhile is waited for, and then waits: else their terms would come without the
-- letters, after the next migration has looked for such.
LOCK TABLE public.clients IN SHARE ROW EXCLUSIVE MODE;

-- Returns the terms of one client, each once. A term is a word as the search compares it, which has
-- no space; then a space; then the letters with which the client's words begin: for Ana Ruiz
-- "ana ar" and "ruiz ar". Whoever goes through the terms of one word so sees in the index alone
-- whether another begins with a letter ("Ruiz A"), and need not go through all that do.
-- Digits are left out: a phone number has terms that begin with nearly all of them. Of letters there
-- are the first 100, since an index can't hold a term of any length; a client with more, which no
-- name has, can be missed by a word and one of the others.
CREATE OR REPLACE FUNCTION public.search_terms(p_full_name text, p_email text, p_phone text)
RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
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
