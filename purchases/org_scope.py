"""The orgs whose rows a request sees: the setting of the row level security.

The statement that loads the session stores the member's org in a setting of the connection. That
costs no round trip. A request without a session would inherit it from an earlier request. So the
first other statement of a request clears the setting.
"""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from purchases.database import SQL_DIR, clear_org_ids, fetch_values, read_statement

SET_ORG_IDS = read_statement(SQL_DIR / "set_org_ids.sql")


class _Scope(threading.local):
    # Whether this request has set or cleared the setting. Commands have no request.
    is_of_request = True
    # Whether the connection of this thread may have a setting.
    may_be_set = False


_scope = _Scope()


def begin_request(**kwargs: Any) -> None:
    """Forget whose rows the request before saw. Django calls it when a request begins."""
    _scope.is_of_request = False


def show_only(org_id: UUID) -> None:
    """Show the rows of this org on the connection of this thread, which works for a request that
    another thread has answered."""
    set_by_statement()
    fetch_values(SET_ORG_IDS, {"org_id": org_id})


def set_by_statement() -> None:
    """Tell that the next statement sets the setting."""
    _scope.is_of_request = _scope.may_be_set = True


def not_set() -> None:
    """Tell that the statement returned no row, and so did not set the setting."""
    _scope.is_of_request = False


def watch(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Clear the setting before the first statement of a request. Django calls it for each new
    connection."""
    if _clear_first not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _clear_first)


def _clear_first(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    if not _scope.is_of_request:
        _scope.is_of_request = True
        if _scope.may_be_set:
            clear_org_ids(context["connection"])
            _scope.may_be_set = False
    return execute(sql, params, many, context)
