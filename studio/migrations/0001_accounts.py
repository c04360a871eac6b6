from pathlib import Path

import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

KEY = (
    "id",
    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("purchases", "0001_initial"),
    ]
    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                KEY,
                ("password", models.CharField(max_length=128)),
                ("last_login", models.DateTimeField(blank=True, null=True)),
                ("is_superuser", models.BooleanField(default=False)),
                (
                    "username",
                    models.CharField(
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150)),
                ("last_name", models.CharField(blank=True, max_length=150)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("is_staff", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                    ),
                ),
            ],
            options={"abstract": False},
            managers=[("objects", django.contrib.auth.models.UserManager())],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                KEY,
                ("role", models.TextField()),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=models.PROTECT, related_name="memberships", to="purchases.org"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        related_name="membership",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("pin", models.TextField(blank=True, db_default="", default="", editable=False)),
                ("pin_digits", models.PositiveSmallIntegerField(editable=False, null=True)),
                ("locked_until", models.DateTimeField(editable=False, null=True)),
                (
                    "wrong_tries",
                    models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(role__in=["owner", "staff", "accountant_readonly"]),
                        name="membership_role_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(pin="", pin_digits=None)
                        | models.Q(
                            ~models.Q(pin=""), pin_digits__isnull=False, pin_digits__range=(4, 8)
                        ),
                        name="a_pin_has_4_to_8_digits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(wrong_tries__range=(0, 5)),
                        name="wrong_tries_are_5_at_most",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                KEY,
                ("reason_is_mandatory", models.BooleanField(default=False)),
                (
                    "org",
                    models.OneToOneField(
                        on_delete=models.CASCADE, related_name="policy", to="purchases.org"
                    ),
                ),
                ("language", models.TextField(blank=True, default="")),
                (
                    "time_zone",
                    models.TextField(default=django.utils.timezone.get_default_timezone_name),
                ),
                (
                    "desk_locks_after_minutes",
                    models.PositiveSmallIntegerField(blank=True, null=True),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(desk_locks_after_minutes__range=(1, 480)),
                        name="a_desk_locks_after_1_to_480_minutes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                KEY,
                ("reason", models.TextField(blank=True)),
                (
                    "sessions",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(1000)]
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=models.CASCADE, related_name="allowances", to="purchases.org"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "reason"), name="an_org_has_one_allowance_per_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(reason__regex="^([a-z][a-z0-9_]*)?$"),
                        name="allowance_reason_is_a_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(days__range=(1, 3650)),
                        name="allowance_days_is_between_1_and_3650",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("session_data", models.TextField()),
                ("expire_date", models.DateTimeField(db_index=True)),
                (
                    "acting",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to="studio.membership",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=models.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(), reverse_sql=migrations.RunSQL.noop
        ),
    ]
