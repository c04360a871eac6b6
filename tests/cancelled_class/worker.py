"""Submit a list until it is finished, or undo it, in a process that a test can kill.

Run it as `python -m tests.cancelled_class.worker USERNAME LIST_ID [undo]`.
"""

import os
import sys
from typing import Any

import django


def work(username: str, list_id: str, action: str = "reinstate") -> None:
    from django.test import Client
    from django.urls import reverse

    from purchases.models import CancelledClass, Purchase, SessionEvent
    from studio.models import User

    user = User.objects.get(username=username)
    desk = Client(headers={"host": "localhost"})
    desk.force_login(user)
    url = reverse("purchases:reinstate_all", args=[list_id])
    chosen = Purchase.objects.of_org(user.membership.org_id).order_by("pk")
    data: dict[str, Any] = {
        "purchase": [str(purchase_id) for purchase_id in chosen.values_list("pk", flat=True)],
        "reason": "class_cancelled",
        "note": "no heating",
    }
    open_reinstatements = SessionEvent.objects.filter(kind="reinstated", reversed_by=None)
    print("started", flush=True)
    if action == "undo":
        while open_reinstatements.exists():
            answer = desk.post(reverse("purchases:undo_all", args=[list_id]))
            assert answer.status_code == 302, answer
        print("finished", flush=True)
        return
    while True:
        answer = desk.post(url, data)
        assert answer.status_code == 302, answer
        if not CancelledClass.objects.get(pk=list_id).lines.left().exists():
            break
    print("finished", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    django.setup()
    work(*sys.argv[1:])
