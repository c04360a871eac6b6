"""Makes the clients searchable who are older than the search.

In batches, each its own transaction, so that a live table is never locked for long; interrupted
and run again, it goes on where it stopped. A client who changes meanwhile is kept by the trigger.
"""

from django.db import migrations, transaction

BATCH = 1_000

# The lock waits for a change under way, whose trigger may just be keeping the terms.
LOCK = """
    SELECT id FROM public.clients
    WHERE id > %s ORDER BY id LIMIT %s FOR NO KEY UPDATE
"""
FIND = """
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT client.org_id, term, client.id
    FROM public.clients AS client,
        public.search_terms(client.full_name, client.email, client.phone) AS term
    WHERE client.id = ANY (%s)
        AND NOT EXISTS (SELECT FROM public.client_search_terms WHERE client_id = client.id)
"""


def find_older_clients(apps, schema_editor):
    last, done = "00000000-0000-0000-0000-000000000000", 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            with transaction.atomic(schema_editor.connection.alias):
                cursor.execute(LOCK, [last, BATCH])
                ids = [row[0] for row in cursor.fetchall()]
                cursor.execute(FIND, [ids])
            done += len(ids)
            if len(ids) == BATCH and done % (10 * BATCH) == 0:
                print(f"\n    {done:,} clients searchable so far", end="", flush=True)
            if len(ids) < BATCH:
                return
            last = ids[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("purchases", "0011_open_older_purchases")]
    operations = [
        migrations.RunPython(find_older_clients, migrations.RunPython.noop, elidable=False)
    ]
