-- Return a word in the form that the search compares: lower case, without accents or apostrophes.
CREATE FUNCTION public.fold_for_search(p_word text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    -- NFKD splits a letter into its base letter and combining accents, and turns ´ into a space
    -- and an accent. Letters that NFKD does not split are replaced by name.
    SELECT replace(replace(replace(replace(translate(
        lower(regexp_replace(normalize(p_word, NFKD), '[ \u0300-\u036f''’‘ʼʻ`]', '', 'g')),
        'øłđðħıŧςØŁĐÐĦŦ', 'olddhitσolddht'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
$$;

COMMENT ON FUNCTION public.fold_for_search(text) IS
'Studio: returns a word in lower case without accents and apostrophes, as the search compares it.';
