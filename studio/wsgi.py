"""The WSGI application, for `granian --interface wsgi studio.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from purchases import clock
from studio.database import start
from studio.database.postgresql import outage
from studio.metrics import counters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
application = get_wsgi_application()
outage.watch()
clock.follow_database()
start.begin()
counters.share()

# Exclude everything loaded so far from garbage collection, because it stays until the process ends.
gc.freeze()
