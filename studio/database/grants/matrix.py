"""The matrix of grants: the privileges of each role on each table and function.

Privileges are written as in GRANT. A privilege on a table includes columns that other programs add.
A privilege on columns covers the named columns only.
"""

import re
from dataclasses import dataclass

# The role as which the web process connects.
APP = "studio_app"
# The role that owns the functions. It cannot sign in, and has only the privileges they need.
LEDGER = "studio_ledger"
# The role that may also call release_session and use_session if FUNCTION_ROLES is empty.
USUAL_CALLER = "service_role"


@dataclass(frozen=True)
class Table:
    """The privileges of the two roles on a table."""

    app: str
    ledger: str = ""
    # Other programs use the table too. Studio does not manage their privileges on it.
    is_shared: bool = False

    def rights(self, role: str) -> str:
        return {APP: self.app, LEDGER: self.ledger}[role]


@dataclass(frozen=True)
class Function:
    """The roles that may execute a function, besides its owner."""

    callers: tuple[str, ...] = ()
    # The roles of FUNCTION_ROLES may execute it as well.
    is_for_other_programs: bool = False


# The table in which an older version kept its sessions. `setup_roles` revokes its grants.
OLD_SESSIONS = "django_session"

TABLES = {
    # Shared with other programs. No DELETE for the web process, because other programs' ON DELETE
    # CASCADE keys could remove their rows. Only undo_import deletes, what an import added.
    "orgs": Table("SELECT, INSERT, UPDATE", "SELECT (id)", is_shared=True),
    "clients": Table(
        "SELECT, INSERT, UPDATE",
        "SELECT (id, org_id, full_name, email, phone, notes, status),"
        " INSERT (id, org_id, full_name, email, phone, notes),"
        " UPDATE (full_name, email, phone, notes, status), DELETE",
        is_shared=True,
    ),
    "offers": Table("SELECT, INSERT, UPDATE", "SELECT (id, org_id), DELETE", is_shared=True),
    # The web process changes purchases only through the functions, which name the request.
    "client_purchases": Table(
        "SELECT",
        # The whole row: a migration of another program may replace use_session() by one that reads
        # every column and keeps our owner. It would fail for each of its callers.
        "SELECT,"
        " INSERT (id, org_id, client_id, offer_id, amount_paid_cents, currency, sessions_total,"
        " sessions_used, purchased_at, expires_at, payment_status, payment_method),"
        " UPDATE (client_id, sessions_total, sessions_used, expires_at, payment_status), DELETE",
        is_shared=True,
    ),
    # Only triggers write the append-only ledgers and the search terms.
    "session_requests": Table(
        # Every column except those that the database fills: asked_at and claimed_xact_id.
        "SELECT, INSERT (request_id, operation, purchase_id, event_id, actor_id, approved_by_id,"
        " reason, note, refusal, extend_days, extend_until, adjust_by, to_client_id,"
        " to_purchase_id, offer_id, refund_cents)",
        "SELECT",
    ),
    "session_events": Table("SELECT", "SELECT, INSERT"),
    "purchase_events": Table("SELECT", "SELECT, INSERT"),
    "expiry_events": Table("SELECT", "SELECT, INSERT"),
    "offer_events": Table("SELECT", "INSERT"),
    "client_requests": Table(
        # Every column except those that the database fills: asked_at and claimed_xact_id.
        "SELECT, INSERT (request_id, operation, org_id, client_id, other_client_id, event_id,"
        " actor_id, refusal, file_name)",
        "SELECT",
    ),
    # The personal values of an event can be erased, and nothing else can be changed.
    "client_events": Table(
        "SELECT",
        "SELECT, INSERT, UPDATE (full_name_before, full_name, email_before, email, phone_before,"
        " phone, notes_before, notes, erased_at)",
    ),
    "merged_clients": Table("SELECT", "SELECT, INSERT, DELETE"),
    # Locked by the count of an allowance.
    "allowance_locks": Table("", "SELECT, INSERT, UPDATE"),
    # The login that owns the tables makes the seals, by a function.
    "seals": Table("SELECT", "SELECT, INSERT"),
    "seal_leaves": Table("SELECT", "SELECT, INSERT"),
    "seal_salts": Table("SELECT", "SELECT, INSERT"),
    "client_search_terms": Table("SELECT", "SELECT, INSERT, DELETE"),
    # Lists of purchases that each get a session back because a class was cancelled.
    "cancelled_classes": Table("SELECT, INSERT"),
    "cancelled_class_lines": Table("SELECT, INSERT"),
    # Imports of files. A plan of a draft replaces its rows. A written row loses its contact data.
    "imports": Table(
        "SELECT, INSERT, UPDATE (content, choices, plan, state, offers, counts, rows_total,"
        " rows_done, packs_kept, clients_kept, started_at, worked_at, finished_at, undone_by_id,"
        " undone_at)",
        "SELECT (id, org_id, offers)",
    ),
    "import_rows": Table(
        "SELECT, INSERT, DELETE", "SELECT, UPDATE (full_name, email, phone, notes)"
    ),
    # Accounts of the site, and the tables of Django's own apps.
    "studio_user": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_user_groups": Table("SELECT, INSERT, DELETE"),
    "studio_user_user_permissions": Table("SELECT, INSERT, DELETE"),
    "studio_membership": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_pin": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_totp": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_passkey": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_recoverycode": Table("SELECT, INSERT, DELETE"),
    "studio_secondfactorrole": Table("SELECT, INSERT, DELETE"),
    "studio_ratelimit": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_policy": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_allowance": Table("SELECT, INSERT, UPDATE, DELETE"),
    "studio_finishedstep": Table("SELECT, INSERT"),
    # The login that owns the tables records each backup.
    "studio_backup": Table("SELECT"),
    "studio_session": Table("SELECT, INSERT, UPDATE, DELETE"),
    # Append-only. The database sets the id and the time.
    "studio_security_event": Table(
        "SELECT, INSERT (kind, org_id, account_id, actor_id, door, address, unknown_name, detail,"
        " log_id)"
    ),
    # Without DELETE, so that no action in the admin loses its record.
    "django_admin_log": Table("SELECT, INSERT"),
    "auth_group": Table("SELECT"),
    "auth_group_permissions": Table("SELECT"),
    "auth_permission": Table("SELECT"),
    "django_content_type": Table("SELECT"),
    "django_migrations": Table("SELECT"),
}

FUNCTIONS = {
    "release_session(uuid)": Function((APP,), is_for_other_programs=True),
    "use_session(uuid)": Function((APP,), is_for_other_programs=True),
    "undo_event(uuid,bigint)": Function((APP,)),
    "lock_and_check_undo(uuid,bigint)": Function((APP,)),
    "correct_used(uuid,integer)": Function((APP,)),
    "correct_total(uuid,integer)": Function((APP,)),
    "move_use(uuid,uuid,bigint)": Function((APP,)),
    "undo_move(uuid,uuid,bigint)": Function((APP,)),
    "transfer_purchase(uuid,uuid)": Function((APP,)),
    "refund_purchase(uuid)": Function((APP,)),
    "receive_payment(uuid)": Function((APP,)),
    "sell_purchase(uuid,uuid,uuid,uuid,integer,integer,text,text,text,"
    "timestamp with time zone,timestamp with time zone)": Function((APP,)),
    "undo_change(uuid,bigint)": Function((APP,)),
    "write_import(uuid,integer,integer)": Function((APP,)),
    "undo_import(uuid,integer,integer)": Function((APP,)),
    "lock_and_check_undo_change(uuid,bigint)": Function((APP,)),
    "purchase_as_of(uuid,timestamp with time zone)": Function((APP,)),
    "extend_expiry(uuid,timestamp with time zone,integer,timestamp with time zone[])": Function(
        (APP,)
    ),
    "undo_extension(uuid,bigint)": Function((APP,)),
    "correct_expiry(uuid,timestamp with time zone)": Function((APP,)),
    "fold_for_search(text)": Function((APP,)),
    "similar_words(uuid,text)": Function((APP,)),
    "count_reinstatements(uuid,uuid[],text[],integer[])": Function((APP,)),
    "lock_and_count_reinstatements(uuid,uuid,text,integer)": Function((APP,)),
    "add_client(uuid,uuid,text,text,text,text)": Function((APP,)),
    "edit_client(uuid,text,text,text,text,text,text,text,text)": Function((APP,)),
    "merge_client(uuid,uuid,text[])": Function((APP,)),
    "lock_and_check_merge(uuid,uuid)": Function((APP,)),
    "undo_merge(uuid,bigint)": Function((APP,)),
    "lock_and_check_undo_merge(uuid,bigint)": Function((APP,)),
    "follow_merge()": Function(),
    "write_search_terms(uuid)": Function(),
    "refresh_merged_search_terms()": Function(),
    "erase_client(uuid)": Function(),
    "current_client_operation()": Function(),
    "record_client_event()": Function(),
    "record_truncated_clients()": Function(),
    "forbid_changed_client_event()": Function(),
    "search_terms(text,text,text)": Function(),
    "refresh_search_terms()": Function(),
    "current_db_role()": Function(),
    "current_operation()": Function(),
    "event_to_reverse(uuid,text,bigint)": Function(),
    "enforce_request()": Function(),
    "comes_with_ledger(text,regclass)": Function(),
    "enforce_caller()": Function(),
    "record_session_event()": Function(),
    "record_purchase_event()": Function(),
    "record_truncated_purchases()": Function(),
    "extended_expiry(timestamp with time zone,timestamp with time zone,integer,"
    "timestamp with time zone[])": Function(),
    "extension_to_undo(uuid)": Function(),
    "record_expiry_event()": Function(),
    "record_offer_event()": Function(),
    "forbid_change()": Function(),
    "keep_an_owner()": Function(),
    "refuse_without_event()": Function((APP,)),
    "ledger_rows()": Function((APP,)),
    "seal_hash(bytea,uuid,date,bigint,bigint[],bytea,timestamp with time zone,"
    "timestamp with time zone,xid8,pg_snapshot)": Function(),
    "seal_days(uuid[],date[],timestamp with time zone[])": Function(),
}

# Lock and statement timeouts are shorter than a person waits for a page.
WEB_SETTINGS = {
    "lock_timeout": "3s",
    "statement_timeout": "4s",
    "idle_in_transaction_session_timeout": "10s",
    # Compiling a search takes longer than running it.
    "jit": "off",
}


def parsed(rights: str) -> set[tuple[str, str | None]]:
    """Return pairs of privilege and column; the column is None for the whole table."""
    return {
        (privilege, column.strip() if column else None)
        for privilege, columns in re.findall(r"([A-Z]+)(?:\s*\(([^)]*)\))?", rights)
        for column in (columns.split(",") if columns else [None])
    }
