"""Record an opening event for every purchase that is older than the ledger of purchases."""

from django.db import migrations

from purchases.migrations._backfill import backfill

BATCH = 10_000

# The lock waits for a concurrent change, because its trigger may be about to open the ledger.
LOCK = "SELECT id FROM public.client_purchases {after} ORDER BY id LIMIT %s FOR NO KEY UPDATE"
OPEN = """
    INSERT INTO public.purchase_events (
        org_id, purchase_id, kind, client_id, offer_id, sessions_total, amount_paid_cents,
        currency, payment_status, payment_method, purchased_at, created_at, expires_at,
        db_role
    )
    SELECT
        org_id, id, 'opened', client_id, offer_id, sessions_total, amount_paid_cents, currency,
        payment_status, payment_method, purchased_at, created_at, expires_at,
        public.current_db_role()
    FROM public.client_purchases AS purchase
    WHERE id = ANY (%s)
        AND NOT EXISTS (SELECT FROM public.purchase_events WHERE purchase_id = purchase.id)
"""


def open_older_purchase_ledgers(apps, schema_editor):
    backfill(
        schema_editor, lock=LOCK, fill=OPEN, size=BATCH, done="{total:,} purchases recorded so far"
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("purchases", "0021_extend_to_a_day_end")]
    operations = [
        migrations.RunPython(open_older_purchase_ledgers, migrations.RunPython.noop, elidable=False)
    ]
