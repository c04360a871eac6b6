-- Return the search terms of a client, without duplicates. A term is a folded word, a space, and
-- the initials of all words of the client: "ana ar" and "ruiz ar" for Ana Ruiz. The initials let
-- an index-only scan answer whether the client has another word with a given first letter.
-- Initials omit digits, because a phone number has terms that begin with nearly every digit.
-- Words and initials are cut at 100 characters, because a B-tree entry holds at most 2,700 bytes.
-- A name that has two spellings has terms for both: Müller and Mueller, McDonald and Mc Donald,
-- O Brien and OBrien.
-- Each word is folded once, because a call of fold_for_search() takes 20 microseconds.
CREATE OR REPLACE FUNCTION public.search_terms(p_full_name text, p_email text, p_phone text)
RETURNS SETOF text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
-- A plan for the values of each client took longer than its execution.
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    RETURN QUERY
    WITH names AS (
        -- O'Brien gives "obrien" here and "brien" in the next branch.
        SELECT regexp_split_to_table(
            p_full_name,
            '[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
            '.,;:/_&()"“”„‟«»‹›<>\[\]{}|*+‐‑‒–—―،、・-]+'
        ) AS word
        UNION
        SELECT regexp_split_to_table(
            p_full_name,
            '[\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
            '.,;:/_&()"“”„‟«»‹›<>\[\]{}|*+‐‑‒–—―،、・''’‘ʼʻʹ′`´-]+'
        )
        UNION
        -- Mc Donald and O Brien give "McDonald" and "OBrien" too.
        SELECT concat(parts[1], parts[2])
        FROM regexp_matches(
            p_full_name, '(?:^|[\s(])(ma?c|[od])[\s\u00a0]+([^\s\u00a0.,;:/_&()"-]{3,})', 'gi'
        ) AS parts
    ), emails AS (
        -- A field may hold several addresses, or one with a full stop after it.
        SELECT btrim(email, '.''') AS email
        FROM regexp_split_to_table(p_email, '[\s\u00a0,;:|<>()"\[\]]+') AS email
    ), folded_names AS MATERIALIZED (
        SELECT word, public.fold_for_search(word) AS folded FROM names
    ), words AS (
        SELECT folded AS word FROM folded_names
        UNION ALL
        -- Müller gives "Mueller" too.
        SELECT public.fold_for_search(replace(replace(replace(replace(replace(
            composed.word, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ø', 'oe'), 'å', 'aa'))
        FROM names, LATERAL (SELECT normalize(lower(names.word), NFC) AS word) AS composed
        WHERE composed.word ~ '[äöüøå]'
        UNION ALL
        -- Mueller gives "Muller" too, which is Müller without its accent.
        SELECT regexp_replace(folded, '([aou])e(?=.)', '\1', 'g') FROM folded_names
        UNION ALL
        -- McDonald gives "Donald" too.
        SELECT substring(folded, '^ma?c(...+)') FROM folded_names
        UNION ALL
        SELECT public.fold_for_search(email) FROM emails
        UNION ALL
        SELECT public.fold_for_search(
            regexp_split_to_table(split_part(email, '@', 1), '[.,;:/_&()"+-]+')
        )
        FROM emails
        UNION ALL
        -- Every suffix of at least three digits. The number is cut at 100 digits, because 20,000
        -- digits took 147 seconds.
        SELECT substr(digits, first)
        FROM (
                SELECT public.fold_for_search(
                    left(regexp_replace(p_phone, '\D', '', 'g'), 100)
                ) AS digits
            ) AS phone,
            generate_series(1, length(digits) - 2) AS first
    ), folded AS (
        SELECT DISTINCT left(word, 100) AS word FROM words
    ), initials AS (
        SELECT left(string_agg(DISTINCT left(word, 1) COLLATE "C", ''), 100) AS letters
        FROM folded WHERE left(word, 1) !~ '[0-9]'
    )
    SELECT concat(folded.word, ' ', initials.letters) FROM folded, initials WHERE folded.word <> '';
END
$$;

COMMENT ON FUNCTION public.search_terms(text, text, text) IS
'Studio: returns the search terms of a client from the name, the e-mail and the phone number.';
