from pathlib import Path

from django.db import migrations, models

# A key cannot be computed from its hash, so the reverse ends every session.
REVERSE = """
DELETE FROM public.studio_session;
COMMENT ON COLUMN public.studio_session.session_key IS 'The key in the browser''s cookie.';
"""


class Migration(migrations.Migration):
    dependencies = [("studio", "0010_several_studios")]
    operations = [
        migrations.AlterField(
            "session",
            "session_key",
            models.CharField(max_length=64, primary_key=True, serialize=False),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(), reverse_sql=REVERSE),
    ]
