"""Record an opening event for every purchase that is older than the ledger."""

from django.db import migrations

from purchases.migrations._backfill import backfill

BATCH = 10_000

# The lock waits for a concurrent change, because its trigger may be about to open the purchase.
LOCK = "SELECT id FROM public.client_purchases {after} ORDER BY id LIMIT %s FOR NO KEY UPDATE"
OPEN = """
    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, db_role)
    SELECT org_id, id, 'opened', coalesce(sessions_used, 0), sessions_used,
        public.current_db_role()
    FROM public.client_purchases AS purchase
    WHERE id = ANY (%s)
        AND NOT EXISTS (SELECT FROM public.session_events WHERE purchase_id = purchase.id)
"""


def open_older_purchases(apps, schema_editor):
    backfill(
        schema_editor, lock=LOCK, fill=OPEN, size=BATCH, done="{total:,} purchases opened so far"
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("purchases", "0014_cancelled_classes")]
    operations = [
        migrations.RunPython(open_older_purchases, migrations.RunPython.noop, elidable=False)
    ]
