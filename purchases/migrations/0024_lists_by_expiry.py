from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("purchases", "0023_search_in_the_index")]
    operations = [
        migrations.RemoveIndex(model_name="purchase", name="purchases_by_expiry"),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(fields=["org", "expires_at", "id"], name="purchases_by_expiry"),
        ),
    ]
