"""Completes the terms of clients who are older than the initials in them.

In batches, each its own transaction, so that a live table is never locked for long; interrupted
and run again, it passes over what is complete. A client who changes meanwhile is kept by the
trigger, and passed over too. Until it is done, a word and a letter may not find everybody.
"""

from django.db import migrations, transaction

BATCH = 1_000

# The lock waits for a change under way, whose trigger may just be keeping the terms.
LOCK = """
    SELECT id FROM public.clients
    WHERE id > %s ORDER BY id LIMIT %s FOR NO KEY UPDATE
"""
COMPLETE = """
    UPDATE public.client_search_terms AS older
    SET term = concat(older.term, ' ', begun.letters)
    FROM (
        SELECT client_id,
            left(
                string_agg(DISTINCT left(term, 1), '') FILTER (WHERE left(term, 1) !~ '[0-9]'), 100
            ) AS letters
        FROM public.client_search_terms WHERE client_id = ANY (%(ids)s)
        GROUP BY client_id
    ) AS begun
    WHERE older.client_id = ANY (%(ids)s) AND older.client_id = begun.client_id
        AND strpos(older.term, ' ') = 0
"""


def initials_of_older_clients(apps, schema_editor):
    last, done = "00000000-0000-0000-0000-000000000000", 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            with transaction.atomic(schema_editor.connection.alias):
                cursor.execute(LOCK, [last, BATCH])
                ids = [row[0] for row in cursor.fetchall()]
                cursor.execute(COMPLETE, {"ids": ids})
            done += len(ids)
            if len(ids) == BATCH and done % (10 * BATCH) == 0:
                print(f"\n    {done:,} clients done so far", end="", flush=True)
            if len(ids) < BATCH:
                return
            last = ids[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("purchases", "0027_terms_have_initials")]
    operations = [
        migrations.RunPython(initials_of_older_clients, migrations.RunPython.noop, elidable=False)
    ]
