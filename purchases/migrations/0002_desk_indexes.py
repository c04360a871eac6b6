from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("purchases", "0001_initial")]
    operations = [
        migrations.AddIndex(
            "client", models.Index(fields=["org", "-created_at"], name="clients_newest_first")
        ),
        migrations.AddIndex(
            "purchase",
            models.Index(
                fields=["org", "-purchased_at", "-id"],
                include=["client"],
                name="purchases_newest_first",
            ),
        ),
        migrations.AddIndex(
            "purchase",
            models.Index(
                fields=["client", "-purchased_at", "-id"],
                include=["org"],
                name="purchases_of_a_client",
            ),
        ),
        migrations.AddIndex(
            "purchase", models.Index(fields=["org", "expires_at", "id"], name="purchases_by_expiry")
        ),
        migrations.AddIndex(
            "purchase", models.Index(fields=["offer"], name="purchases_of_an_offer")
        ),
    ]
