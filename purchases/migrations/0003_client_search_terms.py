from pathlib import Path

from django.db import migrations, models

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [("purchases", "0002_desk_indexes")]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0003_client_search_terms.sql").read_text(),
            reverse_sql="DROP TABLE public.client_search_terms",
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
                        (
                            "org",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to="purchases.org",
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
                    ],
                    options={"db_table": "client_search_terms"},
                )
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0003_fold_for_search.sql").read_text(),
            reverse_sql="DROP FUNCTION public.fold_for_search(text)",
        ),
        migrations.RunSQL(
            (FOLDER / "0003_search_terms.sql").read_text(),
            reverse_sql="DROP FUNCTION public.search_terms(text, text, text)",
        ),
        migrations.RunSQL(
            (FOLDER / "0003_refresh_search_terms.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER refresh_changed_search_terms ON public.clients",
                "DROP TRIGGER refresh_search_terms ON public.clients",
                "DROP FUNCTION public.refresh_search_terms()",
            ],
        ),
    ]
