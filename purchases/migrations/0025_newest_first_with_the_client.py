from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("purchases", "0024_lists_by_expiry")]
    operations = [
        migrations.RemoveIndex(model_name="purchase", name="purchases_newest_first"),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(
                fields=["org", "-purchased_at", "-id"],
                include=["client"],
                name="purchases_newest_first",
            ),
        ),
    ]
