from pathlib import Path

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("studio", "0003_rate_limit")]
    operations = [
        migrations.AddField("session", "signed_in_at", models.DateTimeField(db_default=Now())),
        migrations.AddField("session", "last_used_at", models.DateTimeField(db_default=Now())),
        migrations.AddField(
            "session", "browser", models.TextField(blank=True, db_default="", default="")
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(), reverse_sql=migrations.RunSQL.noop
        ),
    ]
