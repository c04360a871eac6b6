from pathlib import Path

from django.db import migrations

REVERSE = """
DROP TRIGGER keep_an_owner_at_delete ON public.studio_user;
DROP TRIGGER keep_an_owner ON public.studio_user;
DROP TRIGGER keep_an_owner ON public.studio_membership;
DROP FUNCTION public.keep_an_owner();
"""


class Migration(migrations.Migration):
    dependencies = [("studio", "0008_first_steps")]
    operations = [
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(), reverse_sql=REVERSE)
    ]
