from pathlib import Path

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("studio", "0002_pins")]
    operations = [
        migrations.CreateModel(
            name="RateLimit",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("account", models.TextField(db_index=True)),
                ("level", models.FloatField(default=0)),
                ("counted_at", models.DateTimeField()),
                ("free_at", models.DateTimeField()),
                ("wrong_tries", models.PositiveIntegerField(default=0)),
                ("wrong_since", models.DateTimeField(null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(), reverse_sql=migrations.RunSQL.noop
        ),
        migrations.RemoveConstraint("membership", "wrong_tries_are_5_at_most"),
        migrations.RemoveField("membership", "wrong_tries"),
        migrations.RemoveField("membership", "locked_until"),
    ]
