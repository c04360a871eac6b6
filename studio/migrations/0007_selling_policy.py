from pathlib import Path

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("studio", "0006_second_factor")]
    operations = [
        migrations.AddField(
            "policy", "country", models.TextField(blank=True, db_default="", default="")
        ),
        migrations.AddField(
            "policy", "currency", models.TextField(blank=True, db_default="", default="")
        ),
        migrations.AddField(
            "policy", "staff_may_sell", models.BooleanField(db_default=True, default=True)
        ),
        migrations.AddField(
            "policy", "staff_may_edit_clients", models.BooleanField(db_default=True, default=True)
        ),
        migrations.AddConstraint(
            "policy",
            models.CheckConstraint(
                name="policy_country_is_a_code",
                condition=models.Q(country__regex="^([A-Z]{2})?$"),
            ),
        ),
        migrations.AddConstraint(
            "policy",
            models.CheckConstraint(
                name="policy_currency_is_a_code",
                condition=models.Q(currency__regex="^([a-z]{3})?$"),
            ),
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(), reverse_sql=migrations.RunSQL.noop
        ),
    ]
