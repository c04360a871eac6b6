"""Write the search terms of every client as the functions of 0029 make them."""

from django.db import migrations

from purchases.migrations._backfill import backfill

BATCH = 1_000

# The lock waits for a concurrent change, because its trigger may be about to write the terms.
LOCK = "SELECT id FROM public.clients {after} ORDER BY id LIMIT %s FOR NO KEY UPDATE"
# Only what differs is written. No key is both deleted and inserted.
REBUILD = """
    WITH client AS MATERIALIZED (
        SELECT id, org_id, full_name, email, phone FROM public.clients WHERE id = ANY (%s)
    ), rebuilt AS MATERIALIZED (
        SELECT client.org_id, term, client.id AS client_id
        FROM client, public.search_terms(client.full_name, client.email, client.phone) AS term
    ), deleted AS (
        DELETE FROM public.client_search_terms AS stored
        USING client
        WHERE stored.client_id = client.id
            AND NOT EXISTS (
                SELECT FROM rebuilt
                WHERE rebuilt.org_id = stored.org_id
                    AND rebuilt.client_id = stored.client_id
                    AND rebuilt.term = stored.term
            )
    )
    INSERT INTO public.client_search_terms (org_id, term, client_id)
    SELECT org_id, term, client_id FROM rebuilt
    ON CONFLICT DO NOTHING
"""


def rebuild(apps, schema_editor):
    backfill(
        schema_editor,
        lock=LOCK,
        fill=REBUILD,
        size=BATCH,
        done="{total:,} clients searchable so far",
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("purchases", "0032_imports")]
    operations = [migrations.RunPython(rebuild, migrations.RunPython.noop, elidable=False)]
