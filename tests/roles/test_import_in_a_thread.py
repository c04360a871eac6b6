"""An import in the threads of a web process that has connected as studio_app: each thread has a
connection of its own, which sees the rows of the studio only."""

import json

import psycopg
import pytest

from tests.processes import run_python
from tests.roles.test_server import Server, server

__all__ = ["server"]

ROWS = 30

BEGIN = """
import json, os, sys, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "studio.settings"
import django
django.setup()
from uuid import UUID, uuid4
from purchases import org_scope
from purchases.imports import drafts, prepared, process, worker
from purchases.models import Client, Import, ImportRow, Offer, Org, Purchase
from studio.models import Membership, User

def wait():
    for thread in threading.enumerate():
        if thread.name.startswith("import"):
            thread.join(60)
"""

FOUND = f"""{BEGIN}
olivia = User.objects.create_user("olivia", password="x")
for slug in ("northside", "southside"):
    org = Org.objects.create(name=slug, slug=slug)
    Client.objects.create(org=org, full_name="Ana 1", email="a1@example.com")
    if slug == "northside":
        Membership.objects.create(user=olivia, org=org, role="owner")
print(json.dumps([str(Org.objects.get(slug="northside").pk), olivia.pk]))
"""

IMPORT = f"""{BEGIN}
org_id, user_id = UUID(sys.argv[1]), int(sys.argv[2])
from django.db import connection
org_scope.show_only(org_id)
assert Client.objects.count() == 1
class Owner:
    pass
Owner.user_id = user_id
rows = "".join(f"Ana {{n}},a{{n}}@example.com,Ten,3,10\\n" for n in range({ROWS}))
content = ("Name,Email,Pack,Left,Total\\n" + rows).encode()
draft = drafts.create_draft(member=Owner, org_id=org_id, import_id=uuid4(), file_name="a.csv",
    content=content)
studio = drafts.Studio(draft.org_id)
worker.begin_plan(draft, studio)
wait()
draft.refresh_from_db()
matched = draft.plan["counts"]["matched"]
imported = process.start(imported=draft, plan_hash=draft.plan["hash"], studio=studio)
worker.begin(imported)
wait()
written = [Import.objects.get().state, Client.objects.count(), Purchase.objects.count()]
worker.begin(process.start_undo(member=Owner, imported=imported))
wait()
undone = [Import.objects.get().state, Client.objects.count(), Purchase.objects.count()]
role = connection.cursor().execute("SELECT session_user").fetchone()[0]
print(json.dumps([role, matched, written, undone]))
"""


@pytest.mark.slow
def test_the_threads_import_and_undo_as_studio_app(server: Server) -> None:
    server.manage("setup_roles", "--set-password")
    environment = {"SECRET_KEY": "x" * 50, "STUDIO_DATA_DIR": str(server.data_dir)}
    result = run_python("-c", FOUND, DATABASE_URL=server.url, **environment)
    assert result.returncode == 0, result.stderr
    org_id, user_id = json.loads(result.stdout)
    web = server.manage("database_url", "--web")

    result = run_python("-c", IMPORT, org_id, str(user_id), DATABASE_URL=web, **environment)
    assert result.returncode == 0, result.stderr
    role, matched, written, undone = json.loads(result.stdout.splitlines()[-1])
    assert role == "studio_app"
    # The client of the other studio has the same name and e-mail, and is not seen.
    assert matched == 1
    assert written == ["done", ROWS, ROWS]
    assert undone == ["undone", 1, 0]
    with psycopg.connect(server.url) as other:
        assert other.execute("SELECT count(*) FROM clients").fetchone() == (2,)
        named = "SELECT DISTINCT actor_id FROM client_requests"
        assert other.execute(named).fetchall() == [(user_id,)]
