from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def user(name):
    """Return a key to a user that the database does not check."""
    return (
        name,
        models.ForeignKey(
            db_constraint=False,
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.DO_NOTHING,
            related_name="+",
            to=settings.AUTH_USER_MODEL,
        ),
    )


class Migration(migrations.Migration):
    # The trigger calls forbid_change(), which the ledgers share.
    dependencies = [("studio", "0004_session_use"), ("purchases", "0025_seals")]
    operations = [
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(),
            reverse_sql="DROP TABLE public.studio_security_event",
            state_operations=[
                migrations.CreateModel(
                    name="SecurityEvent",
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
                        ("occurred_at", models.DateTimeField()),
                        ("kind", models.TextField()),
                        (
                            "org",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="purchases.org",
                            ),
                        ),
                        user("account"),
                        user("actor"),
                        ("door", models.TextField()),
                        ("address", models.TextField()),
                        ("unknown_name", models.TextField()),
                        ("detail", models.TextField()),
                        ("log_id", models.TextField()),
                    ],
                    options={"db_table": "studio_security_event"},
                )
            ],
        ),
    ]
