from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FOLDER = Path(__file__).parent

REVERSE = """
DROP TRIGGER keep_an_owner ON public.studio_membership;
CREATE TRIGGER keep_an_owner
AFTER UPDATE OR DELETE ON public.studio_membership
FOR EACH ROW WHEN (old.role = 'owner') EXECUTE FUNCTION public.keep_an_owner();
COMMENT ON TRIGGER keep_an_owner ON public.studio_membership IS
'Studio: keeps an owner who can sign in.';
COMMENT ON TABLE public.studio_membership IS 'Studio: the org of each user and the role in it.';
"""


class Migration(migrations.Migration):
    dependencies = [("studio", "0009_keep_an_owner")]
    operations = [
        # The way back creates the constraint with its former name.
        migrations.RunSQL(
            "ALTER TABLE public.studio_membership DROP CONSTRAINT studio_membership_user_id_key",
            reverse_sql="""
                ALTER TABLE public.studio_membership
                ADD CONSTRAINT studio_membership_user_id_key UNIQUE (user_id)
            """,
            state_operations=[
                migrations.AlterField(
                    model_name="membership",
                    name="user",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="membership",
            name="is_active",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="membership",
            name="opened_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("user", "org"), name="a_person_has_one_membership_of_an_org"
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="membership",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="studio.membership",
            ),
        ),
        migrations.RunSQL(
            (FOLDER / "0010_keep_an_owner.sql").read_text(),
            reverse_sql=(FOLDER / "0010_keep_an_owner_before.sql").read_text(),
        ),
        migrations.RunSQL(
            (FOLDER / "0010_several_studios.sql").read_text(),
            reverse_sql=REVERSE,
        ),
    ]
