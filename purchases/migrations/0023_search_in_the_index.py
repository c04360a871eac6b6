from pathlib import Path

from django.db import migrations, models

REVERSE = """
DROP INDEX public.client_search_terms_of_a_client;
CREATE INDEX client_search_terms_of_a_client ON public.client_search_terms (client_id);
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0022_times_given_back")]
    operations = [
        migrations.RemoveIndex(model_name="purchase", name="purchases_of_a_client"),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(
                fields=["client", "-purchased_at", "-id"],
                include=["org"],
                name="purchases_of_a_client",
            ),
        ),
        migrations.RunSQL(sql=Path(__file__).with_suffix(".sql").read_text(), reverse_sql=REVERSE),
    ]
