"""Inspect the weaker functions that ours replace, and whether they can be dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from studio.database.attach.report import Report
from studio.database.grants import caller_check
from studio.database.grants.overloads import overloads
from studio.database.schema import Key, SchemaObjects, postgres

FUNCTIONS = """
SELECT proname::text, format('%%s(%%s)', proname, oidvectortypes(proargtypes)),
    pg_get_function_arguments(pg_proc.oid), prokind::text, pg_get_userbyid(proowner)::text,
    pg_has_role(proowner, 'USAGE') OR pg_has_role(nspowner, 'USAGE'),
    pg_get_function_result(pg_proc.oid), prosecdef,
    EXISTS (SELECT FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%%'),
    ARRAY(
        SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END
        FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee <> proowner
        ORDER BY 1
    ),
    ARRAY(
        SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend
        WHERE refclassid = 'pg_proc'::regclass AND refobjid = pg_proc.oid AND deptype IN ('n', 'a')
        UNION
        SELECT pg_describe_object(refclassid, refobjid, refobjsubid) FROM pg_depend
        WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e'
    )
FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
WHERE nspname = 'public' AND proname = ANY (%s)
ORDER BY 2
"""


@dataclass(frozen=True)
class Function:
    name: str
    signature: str
    arguments: str
    kind: str
    owner: str
    may_be_dropped: bool
    result: str
    has_owners_rights: bool
    has_search_path: bool
    callers: list[str]
    dependents: list[str]


def inspect_functions(report: Report, replaced: set[Key], applied: SchemaObjects) -> None:
    """Report functions under our names. `replaced` are the functions that attaching replaces, and
    `applied` are the objects of the applied migrations."""
    ambiguous = {
        signature: overload
        for signature, overload in overloads(connection).items()
        if Key("function", "", signature) not in applied.keys() | replaced
    }
    report.refuse(*(f"{each.name}: {each.repair.rstrip(';')}" for each in ambiguous.values()))
    names = [key.name.partition("(")[0] for key in replaced]
    functions = [Function(*row) for row in postgres().execute(FUNCTIONS, [names]).fetchall()]
    report.warn(*buttons_that_stop(functions, replaced))
    for function in functions:
        if Key("function", "", function.signature) in replaced:
            check_function(report, function)
        elif function.signature not in ambiguous:
            report.warn(
                f"{function.signature} is a different function and stays; it may be executed "
                f"by {', '.join(function.callers) or 'its owner alone'}"
            )


def buttons_that_stop(functions: list[Function], replaced: set[Key]) -> Iterator[str]:
    """Yield a warning if signed-in people of an app call the functions that are replaced."""
    called = [
        function.signature
        for function in functions
        if Key("function", "", function.signature) in replaced
        and caller_check.ROLE in function.callers
    ]
    if called and not settings.CALLER_CHECK:
        yield (
            f"an app calls {' and '.join(called)} as {caller_check.ROLE}: its own buttons stop "
            "working, and the sessions that they used are not deducted any more. Let the app call "
            "them from its server as another role, or write a function of the app that returns "
            "whether the caller works at a studio, and name it in "
            f"FUNCTION_ROLES=…,{caller_check.ROLE}=app.works_at (docs/attaching.md)"
        )


def check_function(report: Report, function: Function) -> None:
    signature = function.signature
    report.note(described(function))
    if function.kind != "f":
        report.refuse(
            f"{signature} is a procedure or an aggregate: DROP ROUTINE public.{signature}"
        )
    if not function.may_be_dropped:
        report.refuse(
            f"{signature} belongs to {function.owner}, and only its owner may drop it: connect as "
            f"{function.owner}, or as {function.owner} DROP FUNCTION public.{signature}"
        )
    if function.dependents:
        report.refuse(
            f"{signature} can't be replaced while {', '.join(function.dependents)} depends on it: "
            "drop that, attach, and create it again"
        )
    report.will(
        f"replace {signature} with ours; {', '.join(function.callers)} may not execute it "
        "afterwards, unless setup_roles names the role"
        if function.callers
        else f"replace {signature} with ours"
    )
    if function.arguments.split(" ")[0] != "p_purchase_id":
        report.warn(
            f"{signature} has the parameter p_purchase_id afterwards, and had "
            f"({function.arguments}) before: a program that passes it by name must use the new name"
        )
    sound = "boolean" if function.name == "use_session" else "integer"
    if function.result != sound:
        report.warn(f"{signature} returns {sound} afterwards, and {function.result} no longer")


def described(function: Function) -> str:
    weak = ["" if function.has_search_path else "without a search_path"]
    weak.append(f"executable by {', '.join(function.callers)}" if function.callers else "")
    rights = "with its rights" if function.has_owners_rights else "with the caller's rights"
    details = ", ".join([f"of {function.owner}, {rights}", *filter(None, weak)])
    return f"{function.name}({function.arguments}) returns {function.result}: {details}"
