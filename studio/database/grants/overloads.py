"""Functions of other programs that make a call of one of ours ambiguous."""

from django.db.backends.base.base import BaseDatabaseWrapper

from studio.database.grants.catalog import rows
from studio.database.grants.differences import Difference
from studio.database.grants.matrix import FUNCTIONS

# Functions in public that have one of our names and accept as many arguments. Their types do not
# matter, because an argument without a type fits several types.
OVERLOADS = """
SELECT format('%%s(%%s)', other.proname, oidvectortypes(other.proargtypes)), ours.signature
FROM unnest(%s::text[], %s::text[], %s::int[]) AS ours (signature, name, arguments)
    LEFT JOIN pg_catalog.pg_proc AS made ON made.oid = to_regprocedure('public.' || signature)
    JOIN pg_catalog.pg_proc AS other ON other.proname = name
WHERE other.pronamespace = 'public'::regnamespace
    AND other.oid IS DISTINCT FROM made.oid
    AND arguments >= other.pronargs - other.pronargdefaults - (other.provariadic <> 0)::int
    AND (arguments - coalesce(made.pronargdefaults, 0) <= other.pronargs
        OR other.provariadic <> 0)
ORDER BY 1
"""


def overloads(connection: BaseDatabaseWrapper) -> dict[str, Difference]:
    """Return the functions by their signatures, each with the statement that drops it."""
    names = [signature.partition("(")[0] for signature in FUNCTIONS]
    arguments = [len([*filter(None, each[:-1].split("(")[1].split(","))]) for each in FUNCTIONS]
    return {
        signature: Difference(
            f"{signature} is not ours and fits the calls of {ours}, so PostgreSQL can't tell which "
            "one is meant",
            f"DROP ROUTINE public.{signature};",
        )
        for signature, ours in rows(connection, OVERLOADS, [[*FUNCTIONS], names, arguments])
    }
