-- Return a word in the form that the search compares: lower case, without accents, vowel points,
-- apostrophes and invisible characters, and with one spelling of each Arabic letter.
CREATE OR REPLACE FUNCTION public.fold_for_search(p_word text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    -- NFKD splits a letter into its base letter and combining accents, and turns ´ into a space
    -- and an accent. Letters that NFKD does not split are replaced by name.
    -- A line each: accents and apostrophes; Hebrew points, geresh and gershayim; the Arabic hamza,
    -- tatweel and vowel signs; characters without a shape. Then Farsi letters, and the Arabic
    -- letters that people exchange: alef maksura and yeh, ta marbuta and ha, alef wasla and alef.
    SELECT replace(replace(replace(replace(translate(
        lower(regexp_replace(
            normalize(p_word, NFKD),
            '[ \u0300-\u036f''’‘ʼʻʹ′`'
            '\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u05f3\u05f4'
            '\u0610-\u061a\u0621\u0640\u064b-\u065f\u0670\u06d6-\u06ed'
            '\u00ad\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]',
            '', 'g'
        )),
        E'øłđðħıŧςØŁĐÐĦŦ\u06cc\u06a9\u06be\u06c1\u06d5\u0649\u0629\u0671',
        E'olddhitσolddht\u064a\u0643\u0647\u0647\u0647\u064a\u0647\u0627'
    ), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
$$;

COMMENT ON FUNCTION public.fold_for_search(text) IS
'Studio: returns a word as the search compares it: lower case, without accents and apostrophes.';
