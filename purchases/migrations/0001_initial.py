"""The four shared tables as other programs know them, and nothing else. A database that has these
tables already can record this migration as applied and continue with the next one."""

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Org",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=models.Func(function="now"), editable=False),
                ),
                ("name", models.TextField()),
                ("slug", models.TextField(unique=True)),
            ],
            options={
                "db_table": "orgs",
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.TextField()),
                ("description", models.TextField(blank=True, null=True)),
                (
                    "offer_type",
                    models.TextField(),
                ),
                ("price_cents", models.IntegerField()),
                ("currency", models.TextField(db_default="aud")),
                ("sessions_included", models.IntegerField(blank=True, null=True)),
                (
                    "bonus_sessions",
                    models.IntegerField(blank=True, db_default=0, null=True),
                ),
                ("pack_validity_days", models.IntegerField(blank=True, null=True)),
                (
                    "is_active",
                    models.BooleanField(blank=True, db_default=True, null=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=models.Func(function="now"), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=models.Func(function="now"), editable=False),
                ),
                (
                    "org",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="purchases.org",
                    ),
                ),
            ],
            options={
                "db_table": "offers",
            },
        ),
        migrations.CreateModel(
            name="Client",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=models.Func(function="now"), editable=False),
                ),
                ("full_name", models.TextField()),
                ("email", models.TextField(blank=True, null=True)),
                ("phone", models.TextField(blank=True, null=True)),
                ("status", models.TextField(db_default="active")),
                ("notes", models.TextField(blank=True, null=True)),
                (
                    "org",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clients",
                        to="purchases.org",
                    ),
                ),
            ],
            options={
                "db_table": "clients",
            },
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("amount_paid_cents", models.IntegerField()),
                ("currency", models.TextField(db_default="aud")),
                ("sessions_total", models.IntegerField(blank=True, null=True)),
                (
                    "sessions_used",
                    models.IntegerField(blank=True, db_default=0, null=True),
                ),
                (
                    "sessions_remaining",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            models.F("sessions_total"), "-", models.F("sessions_used")
                        ),
                        output_field=models.IntegerField(null=True),
                    ),
                ),
                (
                    "purchased_at",
                    models.DateTimeField(db_default=models.Func(function="now")),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "payment_status",
                    models.TextField(
                        blank=True,
                        db_default="pending",
                        null=True,
                    ),
                ),
                ("payment_method", models.TextField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=models.Func(function="now"), editable=False),
                ),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchases",
                        to="purchases.client",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchases",
                        to="purchases.offer",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchases",
                        to="purchases.org",
                    ),
                ),
            ],
            options={
                "db_table": "client_purchases",
            },
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "offer_type__in",
                        ["subscription", "session_pack", "single_session"],
                    )
                ),
                name="offers_offer_type_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "payment_status__in",
                        ["pending", "succeeded", "failed", "refunded"],
                    )
                ),
                name="client_purchases_payment_status_check",
            ),
        ),
    ]
