-- Insert the clients and the purchases of a chunk, whose requests this transaction has claimed.
SELECT public.write_import(%(import_id)s, %(first)s, %(last)s)
