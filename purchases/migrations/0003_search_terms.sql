-- Return the search terms of a client, without duplicates. A term is a folded word, a space, and
-- the initials of all words of the client: "ana ar" and "ruiz ar" for Ana Ruiz. The initials let
-- an index-only scan answer whether the client has another word with a given first letter.
-- Initials omit digits, because a phone number has terms that begin with nearly every digit.
-- Words and initials are cut at 100 characters, because a B-tree entry holds at most 2,700 bytes.
CREATE FUNCTION public.search_terms(p_full_name text, p_email text, p_phone text)
RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH words AS (
        -- O'Brien gives "obrien" here and "brien" in the next branch.
        SELECT regexp_split_to_table(p_full_name, '[\s\u00a0\u2007\u202f.,;:/_&()"“”+–—-]+') AS word
        UNION ALL
        SELECT regexp_split_to_table(p_full_name, '[\s\u00a0\u2007\u202f.,;:/_&()"“”+–—''’‘ʼʻ`´-]+')
        UNION ALL
        SELECT p_email
        UNION ALL
        SELECT regexp_split_to_table(split_part(p_email, '@', 1), '[.,;:/_&()"+-]+')
        UNION ALL
        -- Every suffix of at least three digits. The number is cut at 100 digits, because 20,000
        -- digits took 147 seconds.
        SELECT substr(digits, first)
        FROM (SELECT left(regexp_replace(p_phone, '\D', '', 'g'), 100) AS digits) AS phone,
            generate_series(1, length(digits) - 2) AS first
    ), folded AS (
        SELECT DISTINCT left(public.fold_for_search(word), 100) AS word FROM words
    ), initials AS (
        SELECT left(string_agg(DISTINCT left(word, 1) COLLATE "C", ''), 100) AS letters
        FROM folded WHERE left(word, 1) !~ '[0-9]'
    )
    SELECT concat(folded.word, ' ', initials.letters) FROM folded, initials WHERE folded.word <> ''
$$;

COMMENT ON FUNCTION public.search_terms(text, text, text) IS
'Studio: returns the search terms of a client from the name, the e-mail and the phone number.';
