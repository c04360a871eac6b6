-- Keeps the words that find a client: the beginning of any word of the name, with or without
-- accents and in any case; the e-mail; three or more digits in a row of the phone number.

-- Returns a word as the search compares it: lower case, no accents, no apostrophes.
CREATE FUNCTION public.fold_for_search(p_word text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Taking a letter apart (NFKD) leaves its accents as characters of their own, and makes of ´
    -- a space with an accent; the letters that do not come apart are named.
    SELECT replace(replace(replace(replace(translate(
        lower(regexp_replace(normalize(p_word, NFKD), '[ \u0300-\u036f''’‘ʼʻ`]', '', 'g')),
        'øłđðħıŧςØŁĐÐĦŦ', 'olddhitσolddht'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
$$;

CREATE TABLE public.client_search_terms (
    org_id uuid NOT NULL REFERENCES public.orgs (id) ON UPDATE CASCADE ON DELETE CASCADE,
    term text COLLATE "C" NOT NULL,
    client_id uuid NOT NULL REFERENCES public.clients (id) ON UPDATE CASCADE ON DELETE CASCADE,
    PRIMARY KEY (org_id, term, client_id)
);

-- Its reader: the trigger below, and the deletion of a client.
CREATE INDEX client_search_terms_of_a_client ON public.client_search_terms (client_id);

-- Returns the terms of one client, each once.
CREATE FUNCTION public.search_terms(p_full_name text, p_email text, p_phone text)
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
        FROM (SELECT regexp_replace(p_phone, '\D', '', 'g') AS digits) AS phone,
            generate_series(1, length(digits) - 2) AS first
    ), folded AS (
        -- An index holds a term of 2,700 bytes at most, and nobody types as many.
        SELECT left(public.fold_for_search(word), 100) AS term FROM words
    )
    SELECT DISTINCT term FROM folded WHERE term <> ''
$$;

CREATE FUNCTION public.keep_search_terms() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM public.client_search_terms WHERE client_id IN (OLD.id, NEW.id);
    END IF;
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT NEW.org_id, term, NEW.id
    FROM public.search_terms(NEW.full_name, NEW.email, NEW.phone) AS term;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.keep_search_terms() FROM PUBLIC;

CREATE TRIGGER keep_search_terms
AFTER INSERT OR UPDATE OF id, org_id, full_name, email, phone ON public.clients
FOR EACH ROW EXECUTE FUNCTION public.keep_search_terms();
