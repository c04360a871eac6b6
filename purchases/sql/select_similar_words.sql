-- Return the words of an org's clients that are similar to each of the words, with its position.
-- Empty words are left out.
SELECT given.place, alike.word
FROM unnest(%(words)s::text[]) WITH ORDINALITY AS given (word, place),
    LATERAL (
        SELECT word FROM public.similar_words(%(org_id)s::uuid, given.word) AS word
    ) AS alike
WHERE given.word <> ''
ORDER BY given.place
