from django.db import migrations, models

from purchases.migrations._concurrently import AddIndexWithoutBlocking


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("purchases", "0025_seals")]
    operations = [
        AddIndexWithoutBlocking(
            "purchase",
            models.Index(
                fields=["org"],
                condition=~models.Q(payment_status__in=["succeeded", "refunded"]),
                name="purchases_unpaid",
            ),
        ),
        AddIndexWithoutBlocking(
            "sessionevent",
            models.Index(
                fields=["org", "occurred_at"],
                condition=models.Q(kind="reinstated"),
                name="session_events_reinstated",
            ),
        ),
    ]
