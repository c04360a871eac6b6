"""Django's PostgreSQL backend, connected to the embedded server."""

from typing import Any

from django.conf import settings

from studio.database import embedded
from studio.database.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        host = embedded.start(settings.DATA_DIR)
        return super().get_connection_params() | {"host": host, "user": embedded.OWNER}
