"""The database backend of DATABASE_URL."""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from django.utils.asyncio import async_unsafe

from purchases import clock
from studio.database.postgresql import outage, pooler
from studio.database.postgresql.connection import Connection


class DatabaseWrapper(base.DatabaseWrapper):
    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        connection: Connection = outage.connect(Connection, conn_params)
        connection.add_notice_handler(connection.note)
        try:
            pooler.require_safe(conn_params)
        except pooler.UnsafePooler:
            connection.close()
            raise
        return connection

    def init_connection_state(self) -> None:
        super().init_connection_state()
        before = clock.machine_now()
        # Not by a cursor of Django's, which would count as a query of the page.
        ((time,),) = self.connection.execute("SELECT pg_catalog.clock_timestamp()").fetchall()
        clock.compare(time, before, clock.machine_now())
