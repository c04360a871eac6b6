"""Write or undo the rest of an import, as a process that a test can kill:
python -m tests.imports.worker IMPORT_ID"""

import os
import sys
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
django.setup()

from purchases.imports import process  # noqa: E402

if __name__ == "__main__":
    print("started", flush=True)
    done = process.run(UUID(sys.argv[1]))
    print(done.state, flush=True)
