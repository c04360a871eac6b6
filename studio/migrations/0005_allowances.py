import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("purchases", "0022_times_given_back"),
        ("studio", "0004_desk_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Allowance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("", "No reason given"),
                            ("class_cancelled", "Class cancelled"),
                            ("checked_in_by_mistake", "Checked in by mistake"),
                            ("late_cancel_forgiven", "Late cancel forgiven"),
                            ("instructor_absent", "Instructor absent"),
                            ("other", "Other"),
                        ],
                        verbose_name="reason",
                    ),
                ),
                (
                    "sessions",
                    models.PositiveSmallIntegerField(
                        help_text="For each client. With 0 an owner confirms every one.",
                        validators=[django.core.validators.MaxValueValidator(1000)],
                        verbose_name="sessions",
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
                        verbose_name="within so many days",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allowances",
                        to="purchases.org",
                        verbose_name="org",
                    ),
                ),
            ],
            options={
                "verbose_name": "allowance",
                "verbose_name_plural": "allowances",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("org", "reason"),
                        name="an_org_has_one_allowance_per_reason",
                        violation_error_message="There is an allowance for this reason already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "",
                                    "class_cancelled",
                                    "checked_in_by_mistake",
                                    "late_cancel_forgiven",
                                    "instructor_absent",
                                    "other",
                                ],
                            )
                        ),
                        name="allowance_reason_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__range", (1, 3650))),
                        name="allowance_days_is_between_1_and_3650",
                    ),
                ],
            },
        ),
    ]
