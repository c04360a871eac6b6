from pathlib import Path

from django.db import migrations, models

FOLDER = Path(__file__).parent


def refuse_to_lose_moves(apps, schema_editor):
    """Refuse to go back before a table is dropped, because an older schema has no moved uses."""
    moves = "SELECT EXISTS (SELECT FROM public.session_events WHERE kind = 'moved')"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(moves)
        if cursor.fetchone() == (True,):
            raise RuntimeError(
                "Uses were moved between purchases, which an older version cannot record. Nothing "
                "was changed: restore a backup from before the upgrade instead."
            )


class Migration(migrations.Migration):
    dependencies = [("purchases", "0024_allowance_locks")]
    operations = [
        migrations.RunPython(migrations.RunPython.noop, refuse_to_lose_moves),
        migrations.RunSQL(
            (FOLDER / "0025_seals.sql").read_text(),
            reverse_sql="DROP TABLE public.seals",
            state_operations=[
                migrations.CreateModel(
                    name="Seal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("org_id", models.UUIDField()),
                        ("number", models.IntegerField()),
                        ("day", models.DateField()),
                        ("lines", models.BigIntegerField()),
                        ("events", models.BigIntegerField()),
                        ("hash", models.BinaryField()),
                        ("sealed_at", models.DateTimeField()),
                    ],
                    options={"db_table": "seals"},
                )
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0025_seal_leaves.sql").read_text(),
            reverse_sql="DROP TABLE public.seal_leaves",
            state_operations=[
                migrations.CreateModel(
                    name="SealLeaf",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "ledger",
                                "row_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("ledger", models.TextField()),
                        ("row_id", models.TextField()),
                        (
                            "seal",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=models.DO_NOTHING,
                                related_name="leaves",
                                to="purchases.seal",
                            ),
                        ),
                        ("leaf", models.BinaryField()),
                        ("personal_hash", models.BinaryField(null=True)),
                    ],
                    options={"db_table": "seal_leaves"},
                )
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0025_seal_salts.sql").read_text(),
            reverse_sql="DROP TABLE public.seal_salts",
            state_operations=[
                migrations.CreateModel(
                    name="SealSalt",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "ledger",
                                "row_id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("ledger", models.TextField()),
                        ("row_id", models.TextField()),
                        ("salt", models.UUIDField()),
                    ],
                    options={"db_table": "seal_salts"},
                )
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0025_ledger_rows.sql").read_text(),
            reverse_sql="DROP FUNCTION public.ledger_rows()",
        ),
        migrations.RunSQL(
            (FOLDER / "0025_seal_hash.sql").read_text(),
            reverse_sql="""
                DROP FUNCTION public.seal_hash(
                    bytea, uuid, date, bigint, bigint[], bytea, timestamptz, timestamptz, xid8,
                    pg_snapshot
                )
            """,
        ),
        migrations.RunSQL(
            (FOLDER / "0025_seal_days.sql").read_text(),
            reverse_sql="DROP FUNCTION public.seal_days(uuid[], date[], timestamptz[])",
        ),
    ]
