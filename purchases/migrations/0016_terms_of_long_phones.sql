-- Returns the terms of one client, each once. Of a phone number's digits the first 100: there is a
-- term for each of them, and what a phone app lets its user write there is of any length (20,000
-- digits took 147 seconds of the program that inserted them).
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
        SELECT left(public.fold_for_search(word), 100) AS term FROM words
    )
    SELECT DISTINCT term FROM folded WHERE term <> ''
$$;
