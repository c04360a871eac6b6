"""A small sound database to move, and the digest of all its rows."""

from datetime import timedelta

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from purchases import clock
from tests.database import rows
from tests.factories import make_client, make_org, make_purchase, make_user
from tests.ledger import reinstated_by, undone_by, used_by
from tests.seals.sealing import move_back, seal_all

TABLES = SQL(
    "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind = 'r' ORDER BY 1"
)
DIGEST = SQL("SELECT count(*), md5(string_agg(row::text, ' ' ORDER BY row::text)) FROM {} AS row")
# The record of backups changes by a backup.
LEFT_OUT = {"studio_backup"}

MONTH = timedelta(days=30)
Facts = dict[str, tuple[int, str | None]]


def facts(conninfo: str) -> Facts:
    """Return the number and the digest of the rows of each table."""
    with psycopg.connect(conninfo, autocommit=True) as database:
        database.execute("SET timezone = 'UTC'")
        names = [name for (name,) in database.execute(TABLES)]
        found = {
            name: database.execute(DIGEST.format(Identifier(name))).fetchone()
            for name in names
            if name not in LEFT_OUT
        }
    return {name: (row[0], row[1]) for name, row in found.items() if row}


def facts_of(login: dict[str, str], name: str) -> Facts:
    return facts(make_conninfo(**login | {"dbname": name}))


def add_history() -> None:
    """Add two studios with purchases, events of each kind of person, and seals of past days."""
    for slug in ("North", "South"):
        org = make_org(name=f"{slug} Studio")
        owner = make_user(username=f"owner-{slug}", org=org, role="owner")
        for number in range(3):
            client = make_client(org=org, name=f"Ana Ruiz {number}")
            pack = make_purchase(
                org=org, client=client, total=10, used=number, expires_at=clock.now() + MONTH
            )
            used_by(owner, pack)
            undone_by(owner, reinstated_by(owner, pack, note="by phone"))
        rows("UPDATE clients SET notes = 'prefers mornings' WHERE id = %s", client.pk)
        rows("UPDATE client_purchases SET expires_at = NULL WHERE id = %s", pack.pk)
        rows("DELETE FROM client_purchases WHERE id = %s", make_purchase(org=org).pk)
    move_back(2)
    assert seal_all() >= 2
    reinstated_by(owner, pack)
