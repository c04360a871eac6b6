"""The age of the last backup, on the page of the seals."""

from datetime import timedelta

from django import template
from django.template.loader import render_to_string

from studio.database import backup

register = template.Library()

# A nightly backup that fails twice is overdue.
OVERDUE = timedelta(days=2)


@register.simple_tag
def last_backup() -> str:
    last = backup.last_backup()
    context = {"backup": last, "is_overdue": last is None or last.age > OVERDUE}
    return render_to_string("studio/_last_backup.html", context)
