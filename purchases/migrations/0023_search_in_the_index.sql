-- Whether a client is found by a word is read in the index alone.
DROP INDEX public.client_search_terms_of_a_client;
-- Its readers: the desk's search, the trigger on clients, and the deletion of a client.
CREATE INDEX client_search_terms_of_a_client ON public.client_search_terms (client_id, term);
