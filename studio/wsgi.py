"""The door for the web server: `granian --interface wsgi studio.wsgi:application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
application = get_wsgi_application()

# What was loaded by now stays for good: the garbage collector need not walk it at every pass.
gc.freeze()
