from pathlib import Path

from django.db import migrations, models

REVERSE = """
DROP TRIGGER keep_search_terms ON public.clients;
DROP FUNCTION public.keep_search_terms();
DROP FUNCTION public.search_terms(text, text, text);
DROP TABLE public.client_search_terms;
DROP FUNCTION public.fold_for_search(text);
"""


class Migration(migrations.Migration):
    dependencies = [("purchases", "0003_use_session")]
    operations = [
        migrations.RunSQL(
            sql=Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql=REVERSE,
            state_operations=[
                migrations.CreateModel(
                    name="ClientSearchTerm",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "org_id",
                                "term",
                                "client_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("term", models.TextField(db_collation="C")),
                        (
                            "client",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="search_terms",
                                to="purchases.client",
                            ),
                        ),
                        (
                            "org",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to="purchases.org",
                            ),
                        ),
                    ],
                    options={"db_table": "client_search_terms"},
                ),
            ],
        ),
    ]
