-- Delete what a chunk of an import added. Return how many purchases and clients were kept.
SELECT packs_kept, clients_kept FROM public.undo_import(%(import_id)s, %(first)s, %(last)s)
