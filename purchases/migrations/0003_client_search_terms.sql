-- Create the index of the client search: one row for each word that finds a client.
CREATE TABLE public.client_search_terms (
    org_id uuid NOT NULL REFERENCES public.orgs (id) ON UPDATE CASCADE ON DELETE CASCADE,
    term text COLLATE "C" NOT NULL,
    client_id uuid NOT NULL REFERENCES public.clients (id) ON UPDATE CASCADE ON DELETE CASCADE,
    PRIMARY KEY (org_id, term, client_id)
);

-- Read by the search, by the trigger on clients, and when a client is deleted.
CREATE INDEX client_search_terms_of_a_client ON public.client_search_terms (client_id, term);

COMMENT ON TABLE public.client_search_terms IS
'Studio: the words that find a client. Triggers on clients write it; do not change it by hand.';
COMMENT ON COLUMN public.client_search_terms.org_id IS 'The org of the client.';
COMMENT ON COLUMN public.client_search_terms.term IS
'A folded word, a space, and the initials of all words of the client, as in "ana ar".';
COMMENT ON COLUMN public.client_search_terms.client_id IS 'The client that the term finds.';
