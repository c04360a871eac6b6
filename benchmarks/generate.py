"""`python -m benchmarks.generate --purchases N`: load a made-up studio of any size."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    # The command imports models, which need the settings.
    from benchmarks.generate_command import Command

    Command().run_from_argv(["python -m", "benchmarks.generate", *sys.argv[1:]])


if __name__ == "__main__":
    main()
