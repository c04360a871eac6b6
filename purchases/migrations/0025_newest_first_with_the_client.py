from django.db import migrations, models

NEW = models.Index(
    fields=["org", "-purchased_at", "-id"], include=["client"], name="purchases_newest_with_client"
)


class Migration(migrations.Migration):
    """Made beside the old one, which goes on serving the desk meanwhile."""

    dependencies = [("purchases", "0024_lists_by_expiry")]
    operations = [
        migrations.AddIndex(model_name="purchase", index=NEW),
        migrations.RemoveIndex(model_name="purchase", name="purchases_newest_first"),
        migrations.RenameIndex(
            model_name="purchase", old_name=NEW.name, new_name="purchases_newest_first"
        ),
    ]
