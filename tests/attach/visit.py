"""Send requests to the site on a foreign database, in a separate process."""

import json
from typing import Any

from tests.attach.foreign_database import ForeignDatabase
from tests.processes import run_python

VISIT = """
import json, sys, uuid
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.test import Client
from purchases.models import Org, Purchase
from studio.models import Membership, User

call_command("collectstatic", interactive=False, verbosity=0)
with connection.cursor() as cursor:
    cursor.execute(
        "SELECT set_config('studio.org_ids', (SELECT array_agg(id)::text FROM orgs), false)"
    )
pack = Purchase.objects.filter(sessions_used=2, payment_status="succeeded").earliest("id")
user, _ = User.objects.get_or_create(username="mia")
Membership.objects.get_or_create(user=user, org=pack.org, role="staff")
browser = Client()
browser.force_login(user)
page = browser.get("/purchases/")
data = {"request_id": uuid.uuid4()}
url = f"/purchases/{pack.pk}/reinstate/"
answer = browser.post(url, data, headers={"HX-Request": "true"})
result = {"list": page.status_code, "answer": answer.status_code, "before": pack.sessions_used}
pack.refresh_from_db()
print(json.dumps(result | {"after": pack.sessions_used}))
"""


def visit(foreign: ForeignDatabase) -> dict[str, Any]:
    """Load the list and reinstate a session. Return the statuses and the counts."""
    web = {"DATABASE_URL": foreign.as_role("studio_app"), "ALLOWED_HOSTS": "testserver"}
    site = {"DJANGO_SETTINGS_MODULE": "studio.settings"}
    process = run_python("-c", VISIT, **foreign.environment | web | site)
    assert process.returncode == 0, process.stderr
    result: dict[str, Any] = json.loads(process.stdout)
    return result
