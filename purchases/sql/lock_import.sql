-- Take the lock of an import until the transaction ends. Return whether it was free.
SELECT pg_try_advisory_xact_lock(hashtextextended('studio import ' || (%(import_id)s::uuid)::text, 0))
