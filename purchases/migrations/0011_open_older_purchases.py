"""Opens the ledger of every purchase that is older than it, with the count that it has.

In batches, each its own transaction, so that a live table is never locked for long; interrupted
and run again, it goes on where it stopped. A purchase that changes meanwhile is opened by the
trigger.
"""

from django.db import migrations, transaction

BATCH = 10_000

# The lock waits for a change under way, whose trigger may just be opening the purchase.
LOCK = """
    SELECT id FROM public.client_purchases
    WHERE id > %s ORDER BY id LIMIT %s FOR NO KEY UPDATE
"""
OPEN = """
    INSERT INTO public.session_events (org_id, purchase_id, kind, delta, sessions_used, made_by)
    SELECT org_id, id, 'opened', coalesce(sessions_used, 0), sessions_used, public.made_by()
    FROM public.client_purchases AS purchase
    WHERE id = ANY (%s)
        AND NOT EXISTS (SELECT FROM public.session_events WHERE purchase_id = purchase.id)
"""


def open_older_purchases(apps, schema_editor):
    last, done = "00000000-0000-0000-0000-000000000000", 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            with transaction.atomic(schema_editor.connection.alias):
                cursor.execute(LOCK, [last, BATCH])
                ids = [row[0] for row in cursor.fetchall()]
                cursor.execute(OPEN, [ids])
            done += len(ids)
            if len(ids) == BATCH:
                print(f"\n    {done:,} purchases opened so far", end="", flush=True)
            if len(ids) < BATCH:
                return
            last = ids[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("purchases", "0010_sessions_used_is_between_0_and_total")]
    operations = [
        migrations.RunPython(open_older_purchases, migrations.RunPython.noop, elidable=False)
    ]
