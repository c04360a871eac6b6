"""The WSGI application, for `granian --interface wsgi studio.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
application = get_wsgi_application()

# Exclude everything loaded so far from garbage collection, because it stays until the process ends.
gc.freeze()
