"""Write the search terms of every client that is older than the search."""

from django.db import migrations

from purchases.migrations._backfill import backfill

BATCH = 1_000

# The lock waits for a concurrent change, because its trigger may be about to write the terms.
LOCK = "SELECT id FROM public.clients {after} ORDER BY id LIMIT %s FOR NO KEY UPDATE"
INDEX = """
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT client.org_id, term, client.id
    FROM public.clients AS client,
        public.search_terms(client.full_name, client.email, client.phone) AS term
    WHERE client.id = ANY (%s)
        AND NOT EXISTS (SELECT FROM public.client_search_terms WHERE client_id = client.id)
"""


def index_older_clients(apps, schema_editor):
    backfill(
        schema_editor, lock=LOCK, fill=INDEX, size=BATCH, done="{total:,} clients searchable so far"
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("purchases", "0015_open_older_purchases")]
    operations = [
        migrations.RunPython(index_older_clients, migrations.RunPython.noop, elidable=False)
    ]
