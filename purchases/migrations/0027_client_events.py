from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FOLDER = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = [
        ("purchases", "0026_overview_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RunSQL(
            (FOLDER / "0027_client_requests.sql").read_text(),
            reverse_sql="DROP TABLE public.client_requests",
            state_operations=[
                migrations.CreateModel(
                    name="ClientRequest",
                    fields=[
                        ("request_id", models.UUIDField(primary_key=True, serialize=False)),
                        ("operation", models.TextField()),
                        ("org_id", models.UUIDField()),
                        ("client_id", models.UUIDField()),
                        ("other_client_id", models.UUIDField(null=True)),
                        ("event_id", models.BigIntegerField(null=True)),
                        (
                            "actor",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("refusal", models.TextField(null=True)),
                        (
                            "asked_at",
                            models.DateTimeField(
                                db_default=models.Func(function="clock_timestamp")
                            ),
                        ),
                    ],
                    options={"db_table": "client_requests"},
                )
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0027_client_events.sql").read_text(),
            reverse_sql="DROP TABLE public.client_events",
            state_operations=[
                migrations.CreateModel(
                    name="ClientEvent",
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
                        ("client_id", models.UUIDField()),
                        ("kind", models.TextField()),
                        ("org_id_before", models.UUIDField(null=True)),
                        ("full_name_before", models.TextField(null=True)),
                        ("full_name", models.TextField(null=True)),
                        ("email_before", models.TextField(null=True)),
                        ("email", models.TextField(null=True)),
                        ("phone_before", models.TextField(null=True)),
                        ("phone", models.TextField(null=True)),
                        ("notes_before", models.TextField(null=True)),
                        ("notes", models.TextField(null=True)),
                        ("status_before", models.TextField(null=True)),
                        ("status", models.TextField(null=True)),
                        (
                            "other_client",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="+",
                                to="purchases.client",
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="events",
                                to="purchases.clientrequest",
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=models.DO_NOTHING,
                                related_name="reversed_by",
                                to="purchases.clientevent",
                            ),
                        ),
                        ("db_role", models.TextField()),
                        (
                            "occurred_at",
                            models.DateTimeField(
                                db_default=models.Func(function="clock_timestamp")
                            ),
                        ),
                        ("erased_at", models.DateTimeField(null=True)),
                    ],
                    options={"db_table": "client_events"},
                )
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0027_forbid_changed_client_event.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER forbid_changed_client_event ON public.client_events",
                "DROP FUNCTION public.forbid_changed_client_event()",
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0027_current_client_operation.sql").read_text(),
            reverse_sql="DROP FUNCTION public.current_client_operation()",
        ),
        migrations.RunSQL(
            (FOLDER / "0027_record_client_event.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER record_changed_client_event ON public.clients",
                "DROP TRIGGER record_client_event ON public.clients",
                "DROP FUNCTION public.record_client_event()",
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0027_record_truncated_clients.sql").read_text(),
            reverse_sql=[
                "DROP TRIGGER record_truncated_clients ON public.clients",
                "DROP FUNCTION public.record_truncated_clients()",
            ],
        ),
        migrations.RunSQL(
            (FOLDER / "0027_add_client.sql").read_text(),
            reverse_sql="DROP FUNCTION public.add_client(uuid, uuid, text, text, text, text)",
        ),
        migrations.RunSQL(
            (FOLDER / "0027_edit_client.sql").read_text(),
            reverse_sql="""
                DROP FUNCTION public.edit_client(
                    uuid, text, text, text, text, text, text, text, text
                )
            """,
        ),
        migrations.RunSQL(
            (FOLDER / "0027_erase_client.sql").read_text(),
            reverse_sql="DROP FUNCTION public.erase_client(uuid)",
        ),
    ]
