"""A visit to the site on such a database, in a process of its own, as a web worker has it."""

import json
from typing import Any

from tests.attach.foreign_database import ForeignDatabase
from tests.processes import run_python

VISIT = """
import json, sys, uuid
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from purchases.models import Org, Purchase
from studio.models import Membership, User

call_command("collectstatic", interactive=False, verbosity=0)
pack = Purchase.objects.filter(sessions_used=2, payment_status="succeeded").earliest("id")
user, _ = User.objects.get_or_create(username="mia")
Membership.objects.get_or_create(user=user, org=pack.org, role="staff")
browser = Client()
browser.force_login(user)
listed = browser.get("/purchases/")
press = {"request_id": uuid.uuid4()}
url = f"/purchases/{pack.pk}/reinstate/"
answer = browser.post(url, press, headers={"HX-Request": "true"})
found = {"list": listed.status_code, "answer": answer.status_code, "before": pack.sessions_used}
pack.refresh_from_db()
print(json.dumps(found | {"after": pack.sessions_used}))
"""


def visit(foreign: ForeignDatabase) -> dict[str, Any]:
    """What a person at the desk meets who opens the list and gives a session back."""
    web = {"DATABASE_URL": foreign.as_role("studio_app"), "ALLOWED_HOSTS": "testserver"}
    site = {"DJANGO_SETTINGS_MODULE": "studio.settings"}
    done = run_python("-c", VISIT, **foreign.environment | web | site)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
