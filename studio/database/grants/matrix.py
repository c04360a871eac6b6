"""The matrix: who may do what in the database, and nobody else.

Rights are written as in GRANT. A right on a table holds for its columns of other programs too; a
right on columns for these alone.
"""

import re
from dataclasses import dataclass

# What the web process connects as.
APP = "studio_app"
# Owns the functions. Nobody signs in as it, and it has no right that they don't need.
LEDGER = "studio_ledger"
# The further role that may call release_session and use_session where FUNCTION_ROLES names none.
USUAL_CALLER = "service_role"


@dataclass(frozen=True)
class Table:
    """What the two roles may do with a table."""

    app: str
    ledger: str = ""
    # Other programs have it too: their rights on it are their own affair.
    is_shared: bool = False

    def rights(self, role: str) -> str:
        return {APP: self.app, LEDGER: self.ledger}[role]


@dataclass(frozen=True)
class Function:
    """Who may execute a function, besides its owner."""

    callers: tuple[str, ...] = ()
    # The roles of FUNCTION_ROLES may too.
    is_for_other_programs: bool = False


# Where an older version had its sessions, and what it gave on it: `setup_roles` takes that back.
OLD_SESSIONS = "django_session"

TABLES = {
    # Ours and other programs'. Nothing is deleted through the site: what another program's foreign
    # keys would take along with a client is not for the desk to lose.
    "orgs": Table("SELECT, INSERT, UPDATE", is_shared=True),
    "clients": Table("SELECT, INSERT, UPDATE", is_shared=True),
    "offers": Table("SELECT, INSERT, UPDATE", is_shared=True),
    "client_purchases": Table(
        # Every column but the count and what follows from it, the expiry, and the id.
        "SELECT, INSERT, UPDATE (org_id, client_id, offer_id, amount_paid_cents, currency,"
        " sessions_total, purchased_at, payment_status, payment_method, created_at)",
        "SELECT (id, org_id, sessions_used, sessions_total, expires_at),"
        " UPDATE (sessions_used, expires_at)",
        is_shared=True,
    ),
    # The ledgers, written by triggers alone, and what finds a client, likewise.
    "session_requests": Table("SELECT, INSERT", "SELECT"),
    "session_events": Table("SELECT", "SELECT, INSERT"),
    "expiry_events": Table("SELECT", "SELECT, INSERT"),
    "client_search_terms": Table("SELECT", "SELECT, INSERT, DELETE"),
    # Who gets a session back because a class was cancelled.
    "cancelled_classes": Table("SELECT, INSERT"),
    "cancelled_class_lines": Table("SELECT, INSERT"),
    # The site's people, and what Django keeps of them.
    "studio_user": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_user_groups": Table("SELECT, INSERT, DELETE"),
    "studio_user_user_permissions": Table("SELECT, INSERT, DELETE"),
    "studio_membership": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_policy": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_allowance": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_session": Table("SELECT, INSERT, UPDATE, DELETE"),
    # An account that is deleted takes its own entries along.
    "django_admin_log": Table("SELECT, INSERT, DELETE"),
    "auth_group": Table("SELECT"),
    "auth_group_permissions": Table("SELECT"),
    "auth_permission": Table("SELECT"),
    "django_content_type": Table("SELECT"),
    "django_migrations": Table("SELECT"),
}

FUNCTIONS = {
    "release_session(uuid)": Function((APP,), is_for_other_programs=True),
    "use_session(uuid)": Function((APP,), is_for_other_programs=True),
    "undo_reinstatement(uuid)": Function((APP,)),
    "hold_for_undo(uuid,bigint)": Function((APP,)),
    "extend_expiry(uuid,integer,date,text)": Function((APP,)),
    "undo_extension(uuid,bigint)": Function((APP,)),
    "correct_expiry(uuid,timestamp with time zone)": Function((APP,)),
    "fold_for_search(text)": Function((APP,)),
    "find_clients(uuid,text[],text[],integer)": Function((APP,)),
    "times_given_back(uuid,uuid[],text[],integer[])": Function((APP,)),
    "hold_times_given_back(uuid,uuid,text,integer)": Function((APP,)),
    "search_terms(text,text,text)": Function(),
    "keep_search_terms()": Function(),
    "made_by()": Function(),
    "event_to_reverse(uuid,text,bigint)": Function(),
    "hold_to_request()": Function(),
    "record_session_event()": Function(),
    "record_truncated_purchases()": Function(),
    "extended_expiry(timestamp with time zone,integer,date,text)": Function(),
    "extension_to_undo(uuid)": Function(),
    "record_expiry_event()": Function(),
    "refuse_to_forget()": Function(),
}

# A statement of the web process that waits for a lock gives up while a person still waits for it.
WEB_SETTINGS = {
    "lock_timeout": "3s",
    "statement_timeout": "4s",
    "idle_in_transaction_session_timeout": "10s",
    # To compile a search takes longer than to run it.
    "jit": "off",
}


def parsed(rights: str) -> set[tuple[str, str | None]]:
    """Each right with its column, or None for the whole table."""
    return {
        (privilege, column.strip() if column else None)
        for privilege, columns in re.findall(r"([A-Z]+)(?:\s*\(([^)]*)\))?", rights)
        for column in (columns.split(",") if columns else [None])
    }
